"""Intake of heartbeats (docs/work-order-api.md)."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from server.body import EventReader
from server.clock import Clock
from server.facts import EVENT_MEDIA_TYPE
from server.heartbeat import HeartbeatEvent
from server.problem import Problem
from server.settings import ServerSettings
from server.store import Store

_MOST_BYTES = 65_536


class HeartbeatIntake:
    """Checks heartbeats and keeps the newest of each box."""

    def __init__(self, settings: ServerSettings, store: Store, clock: Clock) -> None:
        self._events = EventReader(settings.secret_bytes, clock)
        self._store = store
        self._clock = clock

    async def take_in(self, request: Request) -> None:
        """Take in a heartbeat; one that comes late is as good as none, and no fault of the box.

        Raises:
            Problem: The request is not as the interface asks.
        """
        body = await self._events.read(request, _MOST_BYTES, "the most of a heartbeat")
        event = body.parse(HeartbeatEvent)
        if body.key != event.id or event.id.rpartition("@")[0] != event.data.box_id:
            detail = "Idempotency-Key and id must be the same: box_id, @ and sent_utc of data"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        await asyncio.to_thread(self._store.boxes.take_in, event.data, self._clock.now_utc())


def heartbeat_routes(intake: HeartbeatIntake) -> APIRouter:
    """Make the route that edge boxes use every minute."""
    routes = APIRouter(prefix="/api/v1", tags=["intake"])
    raw_body = {"requestBody": {"required": True, "content": {EVENT_MEDIA_TYPE: {"schema": {"type": "object"}}}}}

    @routes.post("/heartbeats", status_code=HTTPStatus.NO_CONTENT, openapi_extra=raw_body)
    async def take_in_heartbeat(request: Request) -> Response:
        """Take in how a box and its cameras do."""
        try:
            await intake.take_in(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes

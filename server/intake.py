"""Intake: what edge boxes send in (docs/work-order-api.md)."""

import asyncio
import json
import re
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from server.body import EventBody, EventReader, declared_digest, digest_problem, limited
from server.clock import Clock
from server.facts import EVENT_MEDIA_TYPE, INCIDENT_ID_PATTERN, IncidentEvent
from server.files import IncomingFile, MediaFiles
from server.incident import Incident, TakenIn
from server.media import LONGEST_MEDIA_NAME, MEDIA_NAME_PATTERN, ROLES, Media
from server.problem import Problem
from server.settings import ServerSettings
from server.store import Store

_CONTENT_TYPE_PATTERN = r"[\w.+-]+/[\w.+-]+(?:\s*;\s*[\w.+-]+=[\w.+\"-]+)*"
_LONGEST_CONTENT_TYPE = 100
_PIECE_BYTES = 1 << 20


class Intake:
    """Checks what arrives and stores it once."""

    def __init__(self, settings: ServerSettings, store: Store, files: MediaFiles, clock: Clock) -> None:
        self._settings = settings
        self._events = EventReader(settings.secret_bytes, clock)
        self._store = store
        self._files = files
        self._clock = clock
        self._log = structlog.get_logger("server.intake")

    async def take_in(self, request: Request) -> TakenIn:
        """Take in the facts of an incident.

        Raises:
            Problem: The request is not as the interface asks.
            KeyReusedError: Another payload was taken in under this key.
        """
        body = await self._events.read(request, self._settings.max_body_bytes, "max_body_bytes here")
        taken = await asyncio.to_thread(self._store.incidents.take_in, self._incident(body), body.sha256)
        self._log.info("incident taken in", incident_id=taken.incident_id, new=taken.is_new, order=taken.work_order_id)
        return taken

    async def take_media(self, incident_id: str, name: str, request: Request) -> bool:
        """Take in one file of evidence; return whether it was new.

        Raises:
            Problem: The request is not as the interface asks.
            UnknownIncidentError: The facts did not come before.
            OtherContentError: Another content is stored under that name.
            StorageError: The disk does not take it.
        """
        role = next((role for role in ROLES if role == request.headers.get("droptrace-role")), None)
        if role is None:
            raise Problem(HTTPStatus.BAD_REQUEST, f"droptrace-role must be one of {', '.join(ROLES)}")
        _check_name(name)
        content_type = request.headers.get("content-type", "application/octet-stream")
        if len(content_type) > _LONGEST_CONTENT_TYPE or not re.fullmatch(_CONTENT_TYPE_PATTERN, content_type):
            raise Problem(HTTPStatus.BAD_REQUEST, "Content-Type is not one")
        declared = declared_digest(request.headers)
        if (
            not re.match(INCIDENT_ID_PATTERN, incident_id)
            or await asyncio.to_thread(self._store.incidents.find, incident_id) is None
        ):
            raise Problem(HTTPStatus.NOT_FOUND, f"incident {incident_id} is not known; send its facts first")
        with self._files.receive() as incoming:
            await self._receive(request, incoming)
            if await asyncio.to_thread(incoming.finish) != declared:
                raise digest_problem()
            path = f"media/{incident_id}/{name}"
            media = Media(
                incident_id, name, role, content_type, incoming.size_bytes, declared, path, self._clock.now_utc()
            )
            is_new = await asyncio.to_thread(self._store.media.add, media, lambda: self._files.place(incoming, path))
        self._log.info("media taken in", incident_id=incident_id, name=name, bytes=media.size_bytes, new=is_new)
        return is_new

    async def _receive(self, request: Request, incoming: IncomingFile) -> None:
        waiting = bytearray()
        async for piece in limited(request, self._settings.max_media_bytes, "max_media_bytes here"):
            waiting += piece
            if len(waiting) >= _PIECE_BYTES:
                await asyncio.to_thread(incoming.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(incoming.write, bytes(waiting))

    def _incident(self, body: EventBody) -> Incident:
        event = body.parse(IncidentEvent)
        try:
            facts: dict[str, Any] = json.loads(body.content)["data"]
            json.dumps(facts, allow_nan=False)  # also the keys that are not known must be JSON in the database
        except ValueError as error:
            raise Problem(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
        if not body.key == event.id == event.data.incident_id:
            detail = "Idempotency-Key, id and data.incident_id must be the same"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        return self._record(event, facts)

    def _record(self, event: IncidentEvent, facts: dict[str, Any]) -> Incident:
        data, origin, building = event.data, event.data.origin, event.data.building
        return Incident(
            incident_id=data.incident_id,
            facts=facts,
            camera_id=data.camera_id,
            building_id=building.id if building else None,
            building_name=building.name if building else None,
            verdict=data.verdict,
            below_min_floor=data.below_min_floor,
            floor=origin.floor if origin else None,
            floor_low=origin.floor_low if origin else None,
            floor_high=origin.floor_high if origin else None,
            unit=origin.unit if origin else None,
            probability=origin.probability if origin else None,
            happened_utc=event.time,
            received_utc=self._clock.now_utc(),
            review_state="new",
        )


def intake_routes(intake: Intake) -> APIRouter:
    """Make the two routes that edge boxes use."""
    routes = APIRouter(prefix="/api/v1", tags=["intake"])
    raw_body = {"requestBody": {"required": True, "content": {EVENT_MEDIA_TYPE: {"schema": {"type": "object"}}}}}

    @routes.post("/incidents", status_code=HTTPStatus.CREATED, openapi_extra=raw_body)
    async def take_in_incident(request: Request) -> Response:
        """Take in the facts of an incident, once."""
        try:
            taken = await intake.take_in(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
        content = {"incident_id": taken.incident_id, "work_order_id": taken.work_order_id}
        return JSONResponse(content, HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK)

    @routes.put("/incidents/{incident_id}/media/{name:path}", status_code=HTTPStatus.CREATED)
    async def take_in_media(incident_id: str, name: str, request: Request) -> Response:
        """Take in a file of an incident's evidence, once."""
        try:
            is_new = await intake.take_media(incident_id, name, request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        content = {"incident_id": incident_id, "name": name}
        return JSONResponse(content, HTTPStatus.CREATED if is_new else HTTPStatus.OK)

    return routes


def _check_name(name: str) -> None:
    if len(name) > LONGEST_MEDIA_NAME or not re.fullmatch(MEDIA_NAME_PATTERN, name):
        detail = "the name may have letters, digits, '.', '_', '-', and '/' for one folder, and no part begins with '.'"
        raise Problem(HTTPStatus.BAD_REQUEST, detail)

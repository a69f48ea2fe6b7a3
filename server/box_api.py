"""The JSON interface that tells of boxes and cameras."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from server.box import BlindDay
from server.clock import Clock
from server.heartbeat import BoxHealth, CameraHealth, ProgramVersion
from server.problem import Problem
from server.store import Store
from server.watch import BoxWatch, CameraWatch, watch


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class BlindDayAnswer(_Answer):
    """How long a camera was blind on one day, UTC."""

    day: date
    total_s: float
    seconds: dict[str, float]

    @classmethod
    def of(cls, day: BlindDay) -> Self:
        """Put it into the form of the answer."""
        return cls(day=day.day, total_s=day.total_s, seconds=day.seconds)


class CameraAnswer(_Answer):
    """A camera as its box told last, and its last seven days; `complaints` says what is wrong, the gravest first."""

    camera_id: str
    state: str
    blind: bool
    complaints: tuple[str, ...]
    restarts_today: int
    memory_mb: float | None
    health: CameraHealth | None
    blind_days: list[BlindDayAnswer]

    @classmethod
    def of(cls, camera: CameraWatch) -> Self:
        """Put it into the form of the answer."""
        return cls(
            **camera.beat.model_dump(),
            blind=camera.is_blind,
            complaints=camera.complaints,
            blind_days=[BlindDayAnswer.of(day) for day in camera.blind_days],
        )


class BoxAnswer(_Answer):
    """A box as its newest heartbeat told; a silent one told it `age_s` seconds ago, and may be otherwise now."""

    box_id: str
    sent_utc: datetime
    received_utc: datetime
    age_s: float
    every_s: float
    silent: bool
    complaints: tuple[str, ...]
    program: ProgramVersion
    box: BoxHealth
    cameras: list[CameraAnswer]

    @classmethod
    def of(cls, one: BoxWatch) -> Self:
        """Put it into the form of the answer."""
        beat = one.box.heartbeat
        return cls(
            box_id=beat.box_id,
            sent_utc=beat.sent_utc,
            received_utc=one.box.received_utc,
            age_s=one.age_s,
            every_s=beat.every_s,
            silent=one.is_silent,
            complaints=one.complaints,
            program=beat.program,
            box=beat.box,
            cameras=[CameraAnswer.of(camera) for camera in one.cameras],
        )


class BoxList(_Answer):
    """All boxes and cameras, the worst first."""

    items: list[BoxAnswer]


def box_routes(store: Store, clock: Clock) -> APIRouter:
    """Make the routes under /api/v1/boxes."""
    routes = APIRouter(prefix="/api/v1", tags=["boxes"])

    @routes.get("/boxes")
    def list_boxes() -> BoxList:
        """Tell who watches, the worst first."""
        now_utc = clock.now_utc()
        return BoxList(items=[BoxAnswer.of(one) for one in watch(store.boxes.all(now_utc), now_utc)])

    @routes.delete("/boxes/{box_id:path}", status_code=HTTPStatus.NO_CONTENT)
    def forget_box(box_id: str) -> Response:
        """No longer show a box that was taken down, until it is heard again."""
        if not store.boxes.forget(box_id):
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such box")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes

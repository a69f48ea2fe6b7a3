"""Edge boxes: the newest heartbeat of each, and how long its cameras were blind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server import schema
from server.database import writing
from server.heartbeat import Heartbeat

DAYS_SHOWN = 7
DAYS_KEPT = 400
"""Of blind time: this season can be compared with that of a year ago, and the table does not grow for ever."""
_SILENT_AFTER_INTERVALS = 3
_boxes = schema.boxes
_blind_days = schema.blind_days


@dataclass(frozen=True, slots=True)
class BlindDay:
    """How long a camera was blind on one day, UTC: seconds by reason."""

    day: date
    seconds: dict[str, float]

    @property
    def total_s(self) -> float:
        """All reasons together."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Attributes:
        heartbeat: The newest one.
        received_utc: When that came, by the clock here.
        blind_days: Of each camera the last seven days, the latest first; a day on which nothing came is not among them.
    """

    heartbeat: Heartbeat
    received_utc: datetime
    blind_days: dict[str, tuple[BlindDay, ...]]

    def age_s(self, now_utc: datetime) -> float:
        """Tell how long ago the heartbeat came, seconds."""
        return max((now_utc - self.received_utc).total_seconds(), 0.0)

    def is_silent(self, now_utc: datetime) -> bool:
        """Tell whether three heartbeats in a row have stayed away."""
        return self.age_s(now_utc) >= _SILENT_AFTER_INTERVALS * self.heartbeat.every_s


class BoxStore:
    """Keeps boxes in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_in(self, heartbeat: Heartbeat, now_utc: datetime) -> bool:
        """Keep a heartbeat where it is the newest of its box.

        One that was sent before the one that is kept came late and is passed over. Where the box is silent by then its
        clock was set back, and the heartbeat is kept: otherwise it could not be heard until its clock is there again.

        Args:
            heartbeat: What came.
            now_utc: When.

        Returns:
            Whether it was kept.
        """
        try:
            return self._keep(heartbeat, now_utc)
        except IntegrityError:
            # The first one of this box came over another connection between the look and the insert.
            return self._keep(heartbeat, now_utc)

    def all(self, now_utc: datetime) -> tuple[Box, ...]:
        """Return all boxes, by name, with the blind time of the days before `now_utc`."""
        first_day = now_utc.date() - timedelta(days=DAYS_SHOWN - 1)
        days = select(_blind_days).where(_blind_days.c.day >= first_day, _blind_days.c.day <= now_utc.date())
        with self._engine.begin() as connection:
            boxes = connection.execute(select(_boxes).order_by(_boxes.c.box_id)).all()
            told = connection.execute(days.order_by(_blind_days.c.day.desc())).all()
        of_box: defaultdict[str, defaultdict[str, list[BlindDay]]] = defaultdict(lambda: defaultdict(list))
        for row in told:
            of_box[row.box_id][row.camera_id].append(BlindDay(row.day, row.seconds))
        return tuple(_box(row, {camera: tuple(each) for camera, each in of_box[row.box_id].items()}) for row in boxes)

    def forget(self, box_id: str) -> bool:
        """No longer show a box that was taken down, until it is heard again; its blind days are kept.

        Returns:
            Whether there was such a box.
        """
        with writing(self._engine).begin() as connection:
            return connection.execute(delete(_boxes).where(_boxes.c.box_id == box_id)).rowcount > 0

    def _keep(self, heartbeat: Heartbeat, now_utc: datetime) -> bool:
        this_box = _boxes.c.box_id == heartbeat.box_id
        values = {
            "sent_utc": heartbeat.sent_utc,
            "received_utc": now_utc,
            "heartbeat": heartbeat.model_dump(mode="json", by_alias=True),
        }
        with writing(self._engine).begin() as connection:
            row = connection.execute(select(_boxes).where(this_box).with_for_update()).one_or_none()
            if row is None:
                connection.execute(insert(_boxes).values(box_id=heartbeat.box_id, **values))
            elif _is_newer(heartbeat, _box(row, {}), now_utc):
                connection.execute(update(_boxes).where(this_box).values(**values))
            else:
                return False
            _count_blind_days(connection, heartbeat)
            _forget_old_days(connection, now_utc)
        return True


def _is_newer(heartbeat: Heartbeat, kept: Box, now_utc: datetime) -> bool:
    if kept.is_silent(now_utc):
        return heartbeat.sent_utc != kept.heartbeat.sent_utc
    return heartbeat.sent_utc > kept.heartbeat.sent_utc


def _count_blind_days(connection: Connection, heartbeat: Heartbeat) -> None:
    """Put what the box has counted of a day in place of what it had counted before."""
    # Where two cameras have one name the box is at fault, but must be heard all the same: the longer blind time stands.
    healths = [(camera.camera_id, camera.health) for camera in heartbeat.cameras if camera.health is not None]
    healths.sort(key=lambda one: sum(one[1].blind_s.values()))
    told = {(camera_id, health.day): health.blind_s for camera_id, health in healths}
    for (camera_id, day), seconds in told.items():
        key = {"box_id": heartbeat.box_id, "camera_id": camera_id, "day": day}
        connection.execute(delete(_blind_days).where(*(_blind_days.c[name] == value for name, value in key.items())))
        connection.execute(insert(_blind_days).values(seconds=seconds, **key))


def _forget_old_days(connection: Connection, now_utc: datetime) -> None:
    first_day = now_utc.date() - timedelta(days=DAYS_KEPT - 1)
    connection.execute(delete(_blind_days).where(_blind_days.c.day < first_day))


def _box(row: Row[Any], blind_days: dict[str, tuple[BlindDay, ...]]) -> Box:
    return Box(Heartbeat.model_validate(row.heartbeat), row.received_utc, blind_days)

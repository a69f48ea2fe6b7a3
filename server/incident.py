"""Incidents: what an edge box saw, taken in once."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Select, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from server import schema
from server.cursor import Cursor
from server.database import writing
from server.errors import KeyReusedError
from server.work_order import find_order, open_order

Verdict = Literal["confirmed", "suspected", "rejected"]
ReviewState = Literal["new", "confirmed", "refused"]
_incidents = schema.incidents


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident.

    Attributes:
        incident_id: The edge box's id for it.
        facts: All that the edge box said, as it said it.
        camera_id: The camera.
        building_id: The building it watches; None where the site names none.
        building_name: Its name for people.
        verdict: Of the edge box.
        below_min_floor: Whether it came from below the floor from which orders are sent.
        floor: Most probable floor; None without geometry.
        floor_low: Lower end of the 90 % interval of floors.
        floor_high: Upper end.
        unit: Most probable unit; None where the site names none.
        probability: Of this floor and unit together, 0..1.
        happened_utc: Release where known, otherwise detection.
        received_utc: When it was taken in here.
        review_state: What a person decided last; "new" before.
    """

    incident_id: str
    facts: dict[str, Any]
    camera_id: str
    building_id: str | None
    building_name: str | None
    verdict: Verdict
    below_min_floor: bool
    floor: int | None
    floor_low: int | None
    floor_high: int | None
    unit: str | None
    probability: float | None
    happened_utc: datetime
    received_utc: datetime
    review_state: ReviewState


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The answer to an intake: whether it was new here, and the order that follows (None until a person confirms)."""

    incident_id: str
    work_order_id: str | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to list; None stands for all. `from_utc` is included, `to_utc` is not."""

    camera: str | None = None
    building: str | None = None
    verdict: Verdict | None = None
    review: ReviewState | None = None
    from_utc: datetime | None = None
    to_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Some incidents, newest first, and the cursor for those after them (None at the end)."""

    items: tuple[Incident, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Places:
    """What a list can be narrowed to: ids of cameras; ids of buildings with their names."""

    cameras: tuple[str, ...]
    buildings: tuple[tuple[str, str], ...]


class IncidentStore:
    """Keeps incidents in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_in(self, incident: Incident, payload_sha256: str) -> TakenIn:
        """Store an incident and, for a confirmed one, open its work order: both or neither.

        Args:
            incident: The incident.
            payload_sha256: Digest of the request's body; the same incident with the same body is taken in once.

        Raises:
            KeyReusedError: Another body was taken in under this id.
        """
        known = self._taken_in_before(incident.incident_id, payload_sha256)
        if known is not None:
            return known
        try:
            with writing(self._engine).begin() as connection:
                connection.execute(insert(_incidents).values(payload_sha256=payload_sha256, **asdict(incident)))
                order_id = None
                if incident.verdict == "confirmed" and not incident.below_min_floor:
                    order_id = open_order(connection, incident.incident_id, incident.received_utc)
            return TakenIn(incident.incident_id, order_id, is_new=True)
        except IntegrityError:
            # The same one came over another connection between the look and the insert.
            known = self._taken_in_before(incident.incident_id, payload_sha256)
            if known is None:
                raise
            return known

    def find(self, incident_id: str) -> Incident | None:
        """Return an incident, or None."""
        with self._engine.begin() as connection:
            return find_incident(connection, incident_id)

    def page(self, wanted: IncidentFilter, after: Cursor | None, limit: int) -> IncidentPage:
        """List incidents, the latest first.

        Args:
            wanted: Which ones.
            after: Where the page before ended.
            limit: Most to return.
        """
        query = _narrowed(_select_incidents(), wanted)
        if after is not None:
            query = query.where(
                tuple_(_incidents.c.happened_utc, _incidents.c.incident_id) < after.as_tuple(_incidents.c.happened_utc)
            )
        query = query.order_by(_incidents.c.happened_utc.desc(), _incidents.c.incident_id.desc()).limit(limit + 1)
        with self._engine.begin() as connection:
            rows = connection.execute(query).mappings().all()
        items = tuple(Incident(**row) for row in rows[:limit])
        more = len(rows) > limit
        return IncidentPage(items, Cursor(items[-1].happened_utc, items[-1].incident_id).encode() if more else None)

    def count_new(self) -> int:
        """Count the incidents that nobody has decided on."""
        query = select(func.count()).select_from(_incidents).where(_incidents.c.review_state == "new")
        with self._engine.begin() as connection:
            return connection.execute(query).scalar_one()

    def places(self) -> Places:
        """Return the cameras and buildings that have incidents."""
        buildings = select(_incidents.c.building_id, func.max(_incidents.c.building_name))
        buildings = buildings.where(_incidents.c.building_id.is_not(None)).group_by(_incidents.c.building_id)
        with self._engine.begin() as connection:
            cameras = connection.execute(select(_incidents.c.camera_id).distinct()).scalars().all()
            named = connection.execute(buildings).all()
        return Places(tuple(sorted(cameras)), tuple(sorted((row[0], row[1] or row[0]) for row in named)))

    def _taken_in_before(self, incident_id: str, payload_sha256: str) -> TakenIn | None:
        with self._engine.begin() as connection:
            query = select(_incidents.c.payload_sha256).where(_incidents.c.incident_id == incident_id)
            stored = connection.execute(query).scalar_one_or_none()
            if stored is None:
                return None
            if stored != payload_sha256:
                raise KeyReusedError(f"incident {incident_id} was taken in with another payload; give it a new id")
            order = find_order(connection, incident_id)
            return TakenIn(incident_id, order.work_order_id if order else None, is_new=False)


def find_incident(connection: Connection, incident_id: str, *, for_update: bool = False) -> Incident | None:
    """Return an incident inside a transaction; with `for_update` it cannot change until the transaction ends."""
    query = _select_incidents().where(_incidents.c.incident_id == incident_id)
    row = connection.execute(query.with_for_update() if for_update else query).mappings().one_or_none()
    return None if row is None else Incident(**row)


def _select_incidents() -> Select[Any]:
    return select(*(_incidents.c[field.name] for field in fields(Incident)))


def _narrowed(query: Select[Any], wanted: IncidentFilter) -> Select[Any]:
    columns = (
        (_incidents.c.camera_id, wanted.camera),
        (_incidents.c.building_id, wanted.building),
        (_incidents.c.verdict, wanted.verdict),
        (_incidents.c.review_state, wanted.review),
    )
    for column, value in columns:
        if value is not None:
            query = query.where(column == value)
    if wanted.from_utc is not None:
        query = query.where(_incidents.c.happened_utc >= wanted.from_utc)
    if wanted.to_utc is not None:
        query = query.where(_incidents.c.happened_utc < wanted.to_utc)
    return query

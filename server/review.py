"""Reviews: what people decided, never changed afterwards."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, Select, func, insert, select, update

from server import schema
from server.database import writing
from server.errors import UnknownIncidentError
from server.incident import ReviewState, find_incident
from server.work_order import open_order, withdraw_order

Decision = Literal["confirm", "refuse"]
Reason = Literal["bird", "insect", "rain", "leaf", "laundry", "shake", "reflection", "other"]
REASONS: tuple[Reason, ...] = ("bird", "insect", "rain", "leaf", "laundry", "shake", "reflection", "other")
_reviews = schema.reviews
_incidents = schema.incidents


@dataclass(frozen=True, slots=True)
class Review:
    """One decision on an incident; a later one takes its place, but does not erase it.

    Attributes:
        incident_id: The incident.
        reviewer: Who decided.
        decision: "confirm" (a work order follows) or "refuse" (it is withdrawn).
        reason: Why it was refused; None for a confirmation.
        note: Free words.
        reviewed_utc: When.
    """

    incident_id: str
    reviewer: str
    decision: Decision
    reason: Reason | None
    note: str
    reviewed_utc: datetime


class ReviewStore:
    """Keeps reviews; there is nothing here that changes or deletes one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, review: Review) -> None:
        """Append a review, and open or withdraw the work order with it, in one transaction.

        Raises:
            UnknownIncidentError: There is no such incident.
        """
        state: ReviewState = "confirmed" if review.decision == "confirm" else "refused"
        with writing(self._engine).begin() as connection:
            if find_incident(connection, review.incident_id, for_update=True) is None:
                raise UnknownIncidentError(f"incident {review.incident_id} is not known")
            connection.execute(insert(_reviews).values(**asdict(review)))
            reviewed = update(_incidents).where(_incidents.c.incident_id == review.incident_id)
            connection.execute(reviewed.values(review_state=state))
            if review.decision == "confirm":
                open_order(connection, review.incident_id, review.reviewed_utc)
            else:
                withdraw_order(connection, review.incident_id, review.reviewed_utc)

    def all_of(self, incident_id: str) -> tuple[Review, ...]:
        """Return the reviews of an incident, the first first."""
        return self._read(_select().where(_reviews.c.incident_id == incident_id).order_by(_reviews.c.review_id))

    def latest(self) -> tuple[Review, ...]:
        """Return the last review of every incident that has one, by incident."""
        last = select(func.max(_reviews.c.review_id)).group_by(_reviews.c.incident_id)
        return self._read(_select().where(_reviews.c.review_id.in_(last)).order_by(_reviews.c.incident_id))

    def _read(self, query: Select[Any]) -> tuple[Review, ...]:
        with self._engine.begin() as connection:
            return tuple(Review(**row) for row in connection.execute(query).mappings())


def _select() -> Select[Any]:
    return select(*(_reviews.c[field.name] for field in fields(Review)))

"""The forms of the JSON answers; OpenAPI is made from them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from server.evidence_state import EvidenceState
from server.incident import Incident, ReviewState, Verdict
from server.media import Media, MediaRole
from server.review import Decision, Reason, Review
from server.work_order import OrderState, WorkOrder


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class IncidentSummary(_Answer):
    """An incident in a list."""

    incident_id: str
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


class IncidentList(_Answer):
    """A page of incidents, the latest first; `next_cursor` is null at the end."""

    items: list[IncidentSummary]
    next_cursor: str | None


class MediaAnswer(_Answer):
    """A file of evidence."""

    name: str
    role: MediaRole
    content_type: str
    size_bytes: int
    sha256: str
    stored_utc: datetime


class EvidenceAnswer(_Answer):
    """Whether all evidence is here."""

    state: str
    missing: list[str]
    different: list[str]
    listed: int


class ReviewAnswer(_Answer):
    """A person's decision."""

    reviewer: str
    decision: Decision
    reason: Reason | None
    note: str
    reviewed_utc: datetime


class WorkOrderAnswer(_Answer):
    """A work order."""

    work_order_id: str
    incident_id: str
    state: OrderState
    opened_utc: datetime
    changed_utc: datetime


class WorkOrderList(_Answer):
    """A page of work orders, those opened last first; `next_cursor` is null at the end."""

    items: list[WorkOrderAnswer]
    next_cursor: str | None


class IncidentDetail(IncidentSummary):
    """All that is known here of an incident; `facts` are as the edge box sent them."""

    facts: dict[str, Any]
    media: list[MediaAnswer]
    evidence: EvidenceAnswer
    reviews: list[ReviewAnswer]
    work_order: WorkOrderAnswer | None

    @classmethod
    def of(
        cls,
        incident: Incident,
        media: tuple[Media, ...],
        evidence: EvidenceState,
        reviews: tuple[Review, ...],
        work_order: WorkOrder | None,
    ) -> Self:
        """Put the parts together."""
        summary = IncidentSummary.model_validate(incident).model_dump()
        return cls(
            **summary,
            facts=incident.facts,
            media=[MediaAnswer.model_validate(file) for file in media],
            evidence=EvidenceAnswer.model_validate(evidence),
            reviews=[ReviewAnswer.model_validate(review) for review in reviews],
            work_order=None if work_order is None else WorkOrderAnswer.model_validate(work_order),
        )


class ReviewRequest(BaseModel):
    """What a person decides; a refusal needs a reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Decision
    reason: Reason | None = None
    note: str = Field(default="", max_length=2000)


class Health(_Answer):
    """Whether the command centre works."""

    status: str
    version: str

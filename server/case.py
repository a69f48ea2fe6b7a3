"""A case: an incident with all that was filed under it."""

from dataclasses import dataclass
from http import HTTPStatus

from server.clock import Clock
from server.evidence_state import EvidenceState, evidence_state
from server.facts import RecordingFacts
from server.files import MediaFiles
from server.incident import Incident
from server.media import Media
from server.problem import Problem
from server.recording import packaged_recording
from server.review import Decision, Reason, Review
from server.store import Store
from server.work_order import WorkOrder


@dataclass(frozen=True, slots=True)
class Case:
    """An incident, its files, the span of its clip, what people decided, and the order that follows."""

    incident: Incident
    media: tuple[Media, ...]
    recording: RecordingFacts | None
    evidence: EvidenceState
    reviews: tuple[Review, ...]
    work_order: WorkOrder | None


class Cases:
    """Opens cases and files decisions; the pages and the JSON interface both go through here."""

    def __init__(self, store: Store, files: MediaFiles, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    def open(self, incident_id: str) -> Case:
        """Gather a case.

        Raises:
            Problem: 404 where there is no such incident.
        """
        incident = self._store.incidents.find(incident_id)
        if incident is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such incident")
        media = self._store.media.all_of(incident_id)
        return Case(
            incident,
            media,
            packaged_recording(incident_id, media, self._files),
            evidence_state(incident_id, media, self._files),
            self._store.reviews.all_of(incident_id),
            self._store.work_orders.find(incident_id),
        )

    def decide(self, incident_id: str, reviewer: str, decision: Decision, reason: Reason | None, note: str) -> None:
        """File a decision.

        Raises:
            Problem: 422 where a refusal has no reason, or a confirmation has one.
            UnknownIncidentError: There is no such incident.
        """
        if decision == "refuse" and reason is None:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "reason: a refusal needs one")
        if decision == "confirm" and reason is not None:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "reason: is for refusals only")
        now_utc = self._clock.now_utc()
        self._store.reviews.add(Review(incident_id, reviewer, decision, reason, note.strip(), now_utc))

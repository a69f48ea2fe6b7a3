"""The facts of an incident in JSON: `incident.json`, the data of a work order, and the line that `detect` prints."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from evidence.clock import to_rfc3339
from evidence.errors import FactsError
from evidence.incident import Building, ClockReading, ClockSource, Incident, RecordingSpan
from floors.impact import DragClass, Impact
from floors.origin import Candidate, Origin
from tracking.fall import Fall, PathPoint, Verdict

SCHEMA = "droptrace.incident/1"
PROGRAM_NAME = "droptrace"

Item = TypeVar("Item")

_FALL_KEYS = (
    "incident_id",
    "camera_id",
    "verdict",
    "label",
    "score",
    "release_s",
    "first_s",
    "last_s",
    "release_px",
    "path",
    "origin",
    "impact",
    "reasons",
    "below_min_floor",
)


def incident_facts(incident: Incident, max_path_points: int | None = None) -> dict[str, object]:
    """Put an incident into its JSON form.

    Args:
        incident: What to describe.
        max_path_points: Thin the path to this many points, first and last kept; None keeps all of it.

    Returns:
        Plain values for JSON: seconds to 0.1 ms, pixels to 0.01, scores and probabilities to four digits.

    Raises:
        FactsError: If a number is not finite; the message names it.
    """
    fall = incident.fall
    path = fall.path if max_path_points is None else thin(fall.path, max_path_points)
    building, recording = incident.building, incident.recording
    return {
        "schema": SCHEMA,
        "incident_id": incident.incident_id,
        "box_id": incident.box_id,
        "camera_id": incident.camera_id,
        "building": None if building is None else {"id": building.id, "name": building.name},
        "verdict": fall.verdict,
        "label": fall.label,
        "score": _rounded("score", fall.score, 4),
        "release_s": _rounded("release_s", fall.release_s, 4),
        "first_s": _rounded("first_s", fall.first_s, 4),
        "last_s": _rounded("last_s", fall.last_s, 4),
        "release_px": [_rounded("release_px", value, 2) for value in fall.release_px],
        "path": [_path_facts(point) for point in path],
        "origin": None if fall.origin is None else _origin_facts(fall.origin),
        "impact": None if fall.impact is None else _impact_facts(fall.impact),
        "reasons": list(fall.reasons),
        "below_min_floor": fall.below_min_floor,
        "release_utc": None if incident.release_utc is None else to_rfc3339(incident.release_utc),
        "detected_utc": to_rfc3339(incident.detected_utc),
        "clock": {
            "source": incident.clock.source,
            "error_s": None if incident.clock.error_s is None else _rounded("clock.error_s", incident.clock.error_s, 4),
        },
        "frame": {"width": incident.frame_width_px, "height": incident.frame_height_px},
        "program": {"name": PROGRAM_NAME, "version": incident.program_version},
        "site_sha256": incident.site_sha256,
        "recording": None if recording is None else _recording_facts(recording),
    }


def fall_line(incident: Incident, package: Path | None) -> str:
    """Write the one JSON line that `detect` prints for a fall.

    Args:
        incident: The fall.
        package: Folder of its evidence package; None when none was written.

    Returns:
        JSON without line breaks.

    Raises:
        FactsError: If a number is not finite.
    """
    facts = incident_facts(incident)
    line = {key: facts[key] for key in _FALL_KEYS} | {"package": None if package is None else str(package)}
    return json.dumps(line, ensure_ascii=False)


def facts_bytes(facts: dict[str, object]) -> bytes:
    """Write facts as the bytes of `incident.json`: UTF-8, indented by one space, keys in their order."""
    return (json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def thin(items: Sequence[Item], most: int) -> tuple[Item, ...]:
    """Keep `most` items (two at least), evenly spread; first and last are among them."""
    most = max(2, most)
    if len(items) <= most:
        return tuple(items)
    step = (len(items) - 1) / (most - 1)
    return tuple(items[round(number * step)] for number in range(most))


def incident_from_facts(facts: object) -> Incident:
    """Read an incident back from its JSON form, checking every key; keys that are not known are passed over.

    Args:
        facts: What `json.loads` made of `incident.json`.

    Returns:
        The incident. Sizes along the path are not part of the facts and come back as 0.

    Raises:
        FactsError: If a key is missing or has another form; the message names the key.
    """
    try:
        return _Facts.model_validate(facts).to_incident()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise FactsError(f"these are not the facts of an incident: {key}: {first['msg']}") from error


def _rounded(key: str, value: float, digits: int) -> float:
    if not math.isfinite(value):
        raise FactsError(f"the incident's {key} is {value}; facts hold finite numbers only: correct what computes it")
    return round(float(value), digits)


def _path_facts(point: PathPoint) -> list[float]:
    return [
        _rounded("path time", point.time_s, 4),
        _rounded("path x", point.x_px, 2),
        _rounded("path y", point.y_px, 2),
    ]


def _origin_facts(origin: Origin) -> dict[str, object]:
    return {
        "floor": int(origin.floor),
        "floor_low": int(origin.floor_low),
        "floor_high": int(origin.floor_high),
        "unit": origin.unit,
        "probability": _rounded("origin.probability", origin.probability, 4),
        "candidates": [
            {
                "floor": int(candidate.floor),
                "unit": candidate.unit,
                "probability": _rounded("origin.candidates", candidate.probability, 4),
            }
            for candidate in origin.candidates
        ],
    }


def _impact_facts(impact: Impact) -> dict[str, object]:
    return {
        "time_s": _rounded("impact.time_s", impact.time_s, 3),
        "speed_m_s": _rounded("impact.speed_m_s", impact.speed_m_s, 2),
        "speed_sigma_m_s": _rounded("impact.speed_sigma_m_s", impact.speed_sigma_m_s, 2),
        "distance_m": _rounded("impact.distance_m", impact.distance_m, 2),
        "distance_sigma_m": _rounded("impact.distance_sigma_m", impact.distance_sigma_m, 2),
        "along_m": _rounded("impact.along_m", impact.along_m, 2),
        "along_sigma_m": _rounded("impact.along_sigma_m", impact.along_sigma_m, 2),
        "terminal_velocity_m_s": _rounded("impact.terminal_velocity_m_s", impact.terminal_velocity_m_s, 1),
        "drag_class": impact.drag_class,
        "drag_class_probability": _rounded("impact.drag_class_probability", impact.drag_class_probability, 3),
    }


def _recording_facts(recording: RecordingSpan) -> dict[str, object]:
    return {
        "name": recording.name,
        "start_s": _rounded("recording.start_s", recording.start_s, 4),
        "end_s": _rounded("recording.end_s", recording.end_s, 4),
    }


_Number = Annotated[float, Field(allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_IncidentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Candidate(_Part):
    floor: int
    unit: str | None
    probability: _Share

    def to_candidate(self) -> Candidate:
        return Candidate(self.floor, self.unit, self.probability)


class _Origin(_Part):
    floor: int
    floor_low: int
    floor_high: int
    unit: str | None
    probability: _Share
    candidates: tuple[_Candidate, ...]

    def to_origin(self) -> Origin:
        candidates = tuple(candidate.to_candidate() for candidate in self.candidates)
        return Origin(self.floor, self.floor_low, self.floor_high, self.unit, self.probability, candidates)


class _Impact(_Part):
    time_s: _Number
    speed_m_s: _Number
    speed_sigma_m_s: _Number
    distance_m: _Number
    distance_sigma_m: _Number
    along_m: _Number
    along_sigma_m: _Number
    terminal_velocity_m_s: _Number
    drag_class: DragClass
    drag_class_probability: _Share

    def to_impact(self) -> Impact:
        return Impact(**self.model_dump())


class _Building(_Part):
    id: str
    name: str


class _Clock(_Part):
    source: ClockSource
    error_s: _Number | None


class _Frame(_Part):
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]


class _Program(_Part):
    name: str
    version: str


class _Recording(_Part):
    name: str
    start_s: _Number
    end_s: _Number


class _Facts(_Part):
    schema_: Literal["droptrace.incident/1"] = Field(alias="schema")
    incident_id: _IncidentId
    box_id: str
    camera_id: str
    building: _Building | None
    verdict: Verdict
    label: str
    score: _Share
    release_s: _Number
    first_s: _Number
    last_s: _Number
    release_px: tuple[_Number, _Number]
    path: tuple[tuple[_Number, _Number, _Number], ...]
    origin: _Origin | None
    # Packages of version 0.1.0 have none.
    impact: _Impact | None = None
    reasons: tuple[str, ...]
    below_min_floor: bool
    release_utc: AwareDatetime | None
    detected_utc: AwareDatetime
    clock: _Clock
    frame: _Frame
    program: _Program
    site_sha256: str | None
    recording: _Recording | None

    def to_incident(self) -> Incident:
        building, recording = self.building, self.recording
        return Incident(
            incident_id=self.incident_id,
            box_id=self.box_id,
            camera_id=self.camera_id,
            building=None if building is None else Building(building.id, building.name),
            fall=self._to_fall(),
            detected_utc=self.detected_utc,
            release_utc=self.release_utc,
            clock=ClockReading(self.clock.source, self.clock.error_s),
            frame_width_px=self.frame.width,
            frame_height_px=self.frame.height,
            program_version=self.program.version,
            site_sha256=self.site_sha256,
            recording=None if recording is None else RecordingSpan(recording.name, recording.start_s, recording.end_s),
        )

    def _to_fall(self) -> Fall:
        return Fall(
            verdict=self.verdict,
            label=self.label,
            score=self.score,
            release_s=self.release_s,
            first_s=self.first_s,
            last_s=self.last_s,
            release_px=self.release_px,
            path=tuple(PathPoint(time_s, x_px, y_px, 0.0) for time_s, x_px, y_px in self.path),
            origin=None if self.origin is None else self.origin.to_origin(),
            reasons=self.reasons,
            below_min_floor=self.below_min_floor,
            impact=None if self.impact is None else self.impact.to_impact(),
        )

"""The incident as an edge box sends it: a CloudEvents envelope around the facts (docs/work-order-api.md)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

INCIDENT_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
EVENT_TYPE = "org.droptrace.incident"
EVENT_MEDIA_TYPE = "application/cloudevents+json"
_MOST_PATH_POINTS = 2000
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has characters that cannot be printed")
    return text


def _usable_utc(time: datetime) -> datetime:
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise ValueError(f"lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return time.astimezone(UTC)


IncidentId = Annotated[str, Field(pattern=INCIDENT_ID_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Probability = Annotated[float, Field(ge=0, le=1)]
Floor = Annotated[int, Field(ge=-100, le=1000)]
UtcTime = Annotated[AwareDatetime, AfterValidator(_usable_utc)]
PathPoint = Annotated[list[float], Field(min_length=3, max_length=4)]


class _Part(BaseModel):
    """Keys that are not known yet are kept, so that a newer edge box can talk to an older command centre."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


class CandidateFacts(_Part):
    """A floor and unit it may have come from."""

    floor: Floor
    unit: Name | None = None
    probability: Probability


class OriginFacts(_Part):
    """Which floor and unit it came from."""

    floor: Floor
    floor_low: Floor
    floor_high: Floor
    unit: Name | None = None
    probability: Probability
    candidates: list[CandidateFacts] = Field(default_factory=list, max_length=500)


class ImpactFacts(_Part):
    """How and where it meets the ground: metres out of the wall and along it, metres a second, with deviations."""

    speed_m_s: float
    speed_sigma_m_s: float
    distance_m: float
    distance_sigma_m: float
    along_m: float
    along_sigma_m: float
    drag_class: Literal["heavy", "light_solid", "flutters"]
    drag_class_probability: Probability


class BuildingFacts(_Part):
    """The building that the camera watches."""

    id: Name
    name: Name


class FrameFacts(_Part):
    """Size of the full frame, to which all pixels refer."""

    width: int = Field(gt=0, le=65_536)
    height: int = Field(gt=0, le=65_536)


class ClockFacts(_Part):
    """Where the wall-clock time came from."""

    source: Literal["system", "file", "none"]
    error_s: float | None = None


class RecordingFacts(_Part):
    """The span of the package's clip, in seconds of the source."""

    name: Name
    start_s: float
    end_s: float


class Facts(_Part):
    """What is known of one incident; the keys of `incident.json`."""

    facts_schema: Literal["droptrace.incident/1"] = Field(alias="schema")
    incident_id: IncidentId
    camera_id: Name
    box_id: Name
    verdict: Literal["confirmed", "suspected", "rejected"]
    label: Name
    score: Probability
    release_s: float
    first_s: float
    last_s: float
    release_px: Annotated[list[float], Field(min_length=2, max_length=2)]
    path: list[PathPoint] = Field(max_length=_MOST_PATH_POINTS)
    origin: OriginFacts | None
    impact: ImpactFacts | None = None
    reasons: list[str]
    below_min_floor: bool = False
    release_utc: UtcTime | None
    detected_utc: UtcTime
    clock: ClockFacts
    building: BuildingFacts | None
    frame: FrameFacts
    recording: RecordingFacts | None


class IncidentEvent(BaseModel):
    """The CloudEvents 1.0 envelope."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    specversion: Literal["1.0"]
    id: IncidentId
    source: Annotated[str, Field(min_length=1, max_length=600)]
    type: Literal["org.droptrace.incident"]
    time: UtcTime
    subject: Name
    data: Facts


def first_fault(error: ValidationError) -> str:
    """Say in one line where the first fault is and what it is."""
    fault: Any = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "body"
    return f"{place}: {fault['msg']}"

"""What the process of a camera tells its parent. Frames never cross; these few values do."""

from dataclasses import dataclass
from pathlib import Path

from evidence.incident import Incident


@dataclass(frozen=True, slots=True)
class Alive:
    """The process lives, whether or not its camera sends pictures."""


@dataclass(frozen=True, slots=True)
class FallJudged:
    """A fall was judged: its facts, before any evidence is written."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class PackageWritten:
    """The evidence of an incident stands in `folder`."""

    incident_id: str
    folder: Path


@dataclass(frozen=True, slots=True)
class PackageFailed:
    """The evidence of an incident could not be written; `reason` says why and what to do."""

    incident_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """So far the camera has been watched: frames, and presentation seconds."""

    frames: int
    time_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The recording is over, or the camera was told to stop."""

    frames: int
    time_s: float
    overloaded: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The camera cannot be watched; `reason` says what, where and what to do. `is_usage` tells wrong configuration."""

    reason: str
    is_usage: bool


Message = Alive | FallJudged | PackageWritten | PackageFailed | Progress | Ended | Failed

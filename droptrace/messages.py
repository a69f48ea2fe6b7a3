"""What the process of a camera tells its parent. Frames never cross; these few values do."""

from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True)
class Health:
    """How a camera does: told every few seconds, and at once when something changes. Plain values, ready for JSON.

    Attributes:
        camera: Its name, never with a password.
        told_utc: When this was told, RFC 3339.
        blind: Why nothing is seen now (`vision.blind_time.BlindReason`); None while it sees.
        blind_for_s: How long that has been so; 0 while it sees.
        day: The day of `blind_s`, UTC, such as "2026-11-27".
        blind_s: Seconds of that day in which nothing was seen, by reason; those of now are among them.
        ailments: What is wrong with its pictures (`vision.health.Ailment`), the gravest first.
        light: "day" or "night", by the brightness of its pictures; None before the first.
        standing: "in place", "moved" or "unknown", against the reference picture of its geometry; None without one.
        moved_px: How far right and down the scene has moved in the picture; None where that is not known.
        fps: Frames a second by their presentation times, of the last ten seconds; None where too few came.
        fps_arrived: Frames a second that came in the last ten seconds.
        fps_declared: What the stream says of itself, or None.
        frame_age_s: Seconds since the last frame came; None before the first.
        behind_s: How far the work is behind the camera, seconds; 0 before the first frame.
        frames: Frames that came since this process began.
        dropped: Frames and packets that were not looked at since then, by why (`vision.counts.Counts`); `overloaded`
            are frames in which so much changed at once that nothing could be seen.
        connections: How often the camera was connected to since then.
        clock_jumps: How often its own clock jumped since then.
        clock_drift_ppm: How much too fast its own clock goes, millionths; None before two minutes of a connection.
        decoder: What decodes its pictures now (`vision.decoder_kind.DecoderKind`); None before the first.
        evidence_held: Whether packets of the stream for evidence come; None where one stream is both.
    """

    camera: str
    told_utc: str
    blind: str | None
    blind_for_s: float
    day: str
    blind_s: dict[str, float]
    ailments: tuple[str, ...]
    light: str | None
    standing: str | None
    moved_px: tuple[float, float] | None
    fps: float | None
    fps_arrived: float
    fps_declared: float | None
    frame_age_s: float | None
    behind_s: float
    frames: int
    dropped: dict[str, int]
    connections: int
    clock_jumps: int
    clock_drift_ppm: float | None
    decoder: str | None
    evidence_held: bool | None

    def to_json(self) -> dict[str, object]:
        """Give it as a value that `json.dumps` takes, keys in their order."""
        return asdict(self)


Message = Alive | FallJudged | PackageWritten | PackageFailed | Progress | Ended | Failed | Health

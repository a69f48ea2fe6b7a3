"""What the tracker concludes: something fell."""

from dataclasses import dataclass, replace
from typing import Literal

from floors.impact import Impact
from floors.origin import Origin

Verdict = Literal["confirmed", "suspected", "rejected"]


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Where the object was at one time: presentation seconds, pixels of the full frame, size in pixels."""

    time_s: float
    x_px: float
    y_px: float
    size_px: float


@dataclass(frozen=True, slots=True)
class Fall:
    """A track that was judged.

    Attributes:
        verdict: "confirmed" (a work order follows), "suspected" (a person looks first) or "rejected".
        label: What it is held to be, such as "falling_object".
        score: Confidence, 0..1.
        release_s: When it left the hand, traced back; presentation seconds.
        first_s: First time seen.
        last_s: Last time seen.
        release_px: Where it left the hand (x, y), pixels.
        path: Observed path, in order of time.
        origin: Floor and unit with probabilities; None without geometry.
        reasons: Why it was judged so, one test a line, in words.
        below_min_floor: Whether it began below the floor from which incidents are sent on.
        impact: How and where it meets the ground; None where the geometry has no measured metres.
        mirrored: Where a facade of glass would show its mirror image at the times of its path; empty where the
            geometry does not tell how far it is before the wall.
        track_id: Number of the track that was judged, within its camera.
        evidence_nats: How much likelier gravity is than an even motion: logarithm of the likelihood ratio.
    """

    verdict: Verdict
    label: str
    score: float
    release_s: float
    first_s: float
    last_s: float
    release_px: tuple[float, float]
    path: tuple[PathPoint, ...]
    origin: Origin | None
    reasons: tuple[str, ...]
    below_min_floor: bool
    impact: Impact | None = None
    mirrored: tuple[PathPoint, ...] = ()
    track_id: int = 0
    evidence_nats: float = 0.0


def scaled(fall: Fall, across: float, down: float) -> Fall:
    """Tell a fall in the pixels of pictures of another size that show the same.

    Args:
        fall: In pixels of the pictures in which it was seen.
        across: How many times as wide the others are.
        down: How many times as high.
    """

    def moved(points: tuple[PathPoint, ...]) -> tuple[PathPoint, ...]:
        size = (across * down) ** 0.5
        return tuple(PathPoint(p.time_s, p.x_px * across, p.y_px * down, p.size_px * size) for p in points)

    x_px, y_px = fall.release_px
    return replace(fall, release_px=(x_px * across, y_px * down), path=moved(fall.path), mirrored=moved(fall.mirrored))


def without_floor(fall: Fall, why: str) -> Fall:
    """Take back where a fall came from and landed, since its geometry no longer holds.

    What it would have been is told in the last of its reasons, for a person to weigh; nothing is held back for being
    too low.

    Args:
        fall: A fall; one without an origin stays as it is.
        why: What is wrong with the geometry.
    """
    origin = fall.origin
    if origin is None:
        return fall
    floors = f"floor {origin.floor} ({origin.floor_low} to {origin.floor_high})"
    unit = f", unit {origin.unit}" if origin.unit is not None else ""
    reason = f"unsure: {why}; as the geometry stands it would be {floors}{unit}"
    return replace(fall, origin=None, impact=None, below_min_floor=False, reasons=(*fall.reasons, reason))

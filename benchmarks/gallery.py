"""Pictures of what went wrong."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.pictures import miss_thumbnail, package_thumbnail
from benchmarks.scoring import ClipScore, Judged, Missed
from benchmarks.truth import ClipTruth
from vision.clock import Clock

MOST_SHOTS = 60


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture with its words; `jpeg` is base64, or None where there is no picture."""

    title: str
    note: str
    jpeg: str | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Some shots of one kind, and how many there would be."""

    title: str
    count: int
    shots: tuple[Shot, ...]


def misses(scores: Iterable[ClipScore], clock: Clock) -> Gallery:
    """Show each true fall that was missed, but in probes; of clips that failed in words: their decoding is not safe."""
    missed = [(score, one) for score in scores if not score.truth.is_probe for one in score.missed]
    shots = (_miss(score, one, clock) for score, one in missed)
    return Gallery("Missed", len(missed), tuple(islice(shots, MOST_SHOTS)))


def false_alarms(scores: Iterable[ClipScore], folder_of: Callable[[ClipTruth], Path]) -> Gallery:
    """Show each confirmed fall that is no match.

    Args:
        scores: Of all clips.
        folder_of: Tells where the packages of a clip lie.
    """
    wrong = [(score, judged) for score in scores for judged in score.confirmed if judged.outcome != "matched"]
    shots = (_false(score, judged, folder_of(score.truth)) for score, judged in wrong)
    return Gallery("False alarms", len(wrong), tuple(islice(shots, MOST_SHOTS)))


def _miss(score: ClipScore, missed: Missed, clock: Clock) -> Shot:
    fall = score.truth.falls[missed.true_index]
    jpeg = None if score.failure is not None else miss_thumbnail(score.truth.clip, fall, clock)
    what = f"{fall.kind}, {fall.first_s:.2f} to {fall.last_s:.2f} s"
    where = "" if fall.floor is None else f", floor {fall.floor}"
    seen = f"{missed.seen_as}: {'; '.join(missed.reasons)}" if missed.seen_as else "no track follows it"
    if score.failure is not None:
        seen = "the clip failed"
    return Shot(_title(score.truth), f"{what}{where}; {seen}", _base64(jpeg))


def _false(score: ClipScore, judged: Judged, folder: Path) -> Shot:
    found = judged.found
    span = f"{found.path[0][0]:.2f} to {found.path[-1][0]:.2f} s, score {found.score:.2f}"
    kind = "duplicate" if judged.outcome == "duplicate" else "matches nothing"
    words = "; ".join((f"{kind}, {span}", *found.reasons))
    return Shot(_title(score.truth), words, _base64(package_thumbnail(found.package, folder)))


def _title(truth: ClipTruth) -> str:
    return f"{truth.suite}/{truth.name}"


def _base64(jpeg: bytes | None) -> str | None:
    return None if jpeg is None else base64.b64encode(jpeg).decode("ascii")

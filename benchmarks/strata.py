"""Recall by what makes a fall hard to see: the object's size, its contrast, and the condition (the suite)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.rates import Rate, wilson
from benchmarks.scoring import ClipScore
from benchmarks.truth import TrueFall

SIZES = ("<2", "2-4", "4-8", "8-16", ">16")
CONTRASTS = ("<20", "20-40", "40-80", ">80")
SIZE_EDGES_PX = (2.0, 4.0, 8.0, 16.0)
CONTRAST_EDGES = (20.0, 40.0, 80.0)
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Recall of the true falls of one suite, one class of size (px) and one of contrast (grey levels)."""

    suite: str
    size: str
    contrast: str
    recall: Rate


def size_class(fall: TrueFall) -> str:
    """Name the class of a fall's median size, pixels; an edge belongs to the larger."""
    size_px = median(point.size_px for point in fall.path)
    return SIZES[sum(size_px >= edge for edge in SIZE_EDGES_PX)]


def contrast_class(fall: TrueFall) -> str:
    """Name the class of a fall's contrast to the wall, grey levels; "?" where the truth does not tell it."""
    if fall.contrast is None:
        return UNKNOWN
    return CONTRASTS[sum(fall.contrast >= edge for edge in CONTRAST_EDGES)]


def stratify(scores: Sequence[ClipScore]) -> tuple[Stratum, ...]:
    """Tell the recall of each suite, size and contrast that has a true fall, in that order."""
    cells: dict[tuple[str, str, str], list[bool]] = {}
    for score in scores:
        for fall, found in score.falls_found:
            cells.setdefault((score.truth.suite, size_class(fall), contrast_class(fall)), []).append(found)
    contrasts = (*CONTRASTS, UNKNOWN)
    in_order = sorted(cells, key=lambda cell: (cell[0], SIZES.index(cell[1]), contrasts.index(cell[2])))
    return tuple(Stratum(*cell, wilson(sum(cells[cell]), len(cells[cell]))) for cell in in_order)


def pool(strata: Sequence[Stratum], **classes: str) -> Rate:
    """Add up the strata whose attributes have the values given, such as `suite="night", size="2-4"`."""
    chosen = [one.recall for one in strata if all(getattr(one, name) == value for name, value in classes.items())]
    return wilson(sum(rate.count for rate in chosen), sum(rate.total for rate in chosen))

"""Pairs of detections, some frames apart, that one falling object could have made: with each a track starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracking.association import in_order, inside_spans
from tracking.sighting import AREA, CONTRAST, DENSITY, DOWN, VARIANCE, Sightings, X

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairSettings:
    """Which pairs are looked for.

    Attributes:
        max_speed: Fastest fall, track units a second.
        sideways: Largest sideways step as a share of the downward one.
        max_area_ratio: Largest ratio of areas of two detections of one pair.
        max_pairs: Pairs of two frames; the ones in the quietest parts of the image come first.
        max_rare: Detections of a frame that are paired over several frames: those that stand out best.
    """

    max_speed: float
    sideways: float = 0.7
    max_area_ratio: float = 6.0
    max_pairs: int = 150
    max_rare: int = 30


@dataclass(frozen=True, slots=True)
class Earlier:
    """A frame to pair with the present one.

    Attributes:
        sightings: What was seen in it.
        serial: Its number.
        only_rare: Pair only what stands out best.
    """

    sightings: Sightings
    serial: int
    only_rare: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """P pairs, in the order of the earlier frames.

    Attributes:
        first: (P, COLUMNS) rows of `Sightings.table`, the earlier detections.
        second: (P, COLUMNS) rows of the later ones.
        first_index: (P,) indices of the earlier detections in their frames.
        second_index: (P,) indices of the later ones.
        first_serial: (P,) numbers of the earlier frames.
        first_s: (P,) times of those.
    """

    first: Array
    second: Array
    first_index: Indices
    second_index: Indices
    first_serial: Indices
    first_s: Array


def find_pairs(earlier: Sequence[Earlier], later: Sightings, settings: PairSettings) -> Pairs | None:
    """Pair the detections of earlier frames with those of a later one; None if there are no pairs.

    All frames are searched at once: in a calm scene each has a few detections, and what costs is the number of calls.

    Args:
        earlier: The earlier frames; those of which only the rarest count come last.
        later: The later frame.
        settings: Which pairs are looked for.
    """
    earlier = [each for each in earlier if len(each.sightings) and each.sightings.time_s < later.time_s]
    if not earlier or not len(later):
        return None
    table = np.concatenate([each.sightings.table for each in earlier])
    frame_s = np.array([each.sightings.time_s for each in earlier])
    frame = np.repeat(np.arange(len(earlier)), [len(each.sightings) for each in earlier])
    lowest = table[:, DOWN] + (settings.max_speed * (later.time_s - frame_s))[frame]
    first, second = _in_reach(earlier, later, table[:, DOWN], lowest, settings.max_rare)
    first, second = _possible(table, first, later.table, second, settings)
    if not len(first):
        return None
    first, second = in_order(first, second, len(later))
    of_frame = frame[first]
    if len(first) > settings.max_pairs:
        quiet = _quietest(of_frame, table[:, DENSITY][first] * later.density[second], settings.max_pairs)
        first, second, of_frame = first[quiet], second[quiet], of_frame[quiet]
    return Pairs(
        table.take(first, axis=0),
        later.table.take(second, axis=0),
        first - np.searchsorted(frame, of_frame),
        second,
        np.array([each.serial for each in earlier])[of_frame],
        frame_s[of_frame],
    )


def _in_reach(
    earlier: Sequence[Earlier], later: Sightings, highest: Array, lowest: Array, max_rare: int
) -> tuple[Indices, Indices]:
    """Pair by height: (P,) indices into all earlier detections, side by side, and into the later ones."""
    sizes = [len(each.sightings) for each in earlier]
    near = sum(size for each, size in zip(earlier, sizes, strict=True) if not each.only_rare)
    down = later.table[:, DOWN]
    if near == len(highest) or max(*sizes, len(later)) <= max_rare:
        return inside_spans(down, highest, lowest)
    begins = np.cumsum(sizes) - sizes
    rows = np.concatenate(
        [
            begin + each.sightings.rarest(max_rare)
            for begin, each in zip(begins.tolist(), earlier, strict=True)
            if each.only_rare
        ]
    )
    rare = later.rarest(max_rare)
    first, second = inside_spans(down, highest[:near], lowest[:near])
    far_first, far_second = inside_spans(down[rare], highest[rows], lowest[rows])
    return np.concatenate([first, rows[far_first]]), np.concatenate([second, rare[far_second]])


def _possible(
    earlier: Array, first: Indices, later: Array, second: Indices, settings: PairSettings
) -> tuple[Indices, Indices]:
    """Keep the pairs that one falling object could have made."""
    down = later[:, DOWN][second] - earlier[:, DOWN][first]
    sideways = np.abs(later[:, X][second] - earlier[:, X][first])
    # In rain one of twelve passes this, whatever its error, so the other tests wait.
    most_noise = 2 * np.sqrt(earlier[:, VARIANCE].max() + later[:, VARIANCE].max())
    near = np.flatnonzero(sideways < settings.sideways * down + most_noise)
    first, second, down, sideways = first[near], second[near], down[near], sideways[near]
    noise = 2 * np.sqrt(earlier[:, VARIANCE][first] + later[:, VARIANCE][second])
    possible = (down > noise) & (sideways < settings.sideways * down + noise)
    ratio = earlier[:, AREA][first] / later[:, AREA][second]
    possible &= (ratio < settings.max_area_ratio) & (ratio > 1 / settings.max_area_ratio)
    possible &= (earlier[:, CONTRAST][first] > 0) == (later[:, CONTRAST][second] > 0)
    return first[possible], second[possible]


def _quietest(frame: Indices, density: Array, most: int) -> Indices:
    """Tell the indices of at most so many pairs of each frame, those with the least product of densities.

    Where none of a frame are left out they keep their order, else the quietest comes first.
    """
    ends = np.searchsorted(frame, np.arange(frame[-1] + 1), "right").tolist()
    chosen = []
    for begin, end in zip([0, *ends], ends, strict=False):
        chosen.append(np.arange(begin, end))
        if end - begin > most:
            chosen[-1] = begin + np.argsort(density[begin:end], kind="stable")[:most]
    return np.concatenate(chosen)

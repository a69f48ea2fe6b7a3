"""Follows what was seen of an object back frame by frame, by its own motion and no model of a fall.

A thing thrown out of a window seems to rise at first to a camera below, and a curve that fits the fall does not fit
that. But it moves smoothly, and where it is seen in every frame its own last places tell the one before.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vision.detection import Detection

Array = NDArray[np.float64]

_LONGEST_GAP = 5
_SIZE_SHARE = 0.25


def follow_back(
    detections: Sequence[Detection],
    earlier: Sequence[tuple[Detection, ...]],
    reach_px: float,
    *,
    degree: int,
    points: int,
) -> tuple[Detection, ...]:
    """Put before a track's detections the earlier ones that continue it.

    Args:
        detections: In order of time.
        earlier: Detections of the frames before, oldest frame first; those not before the first are passed over.
        reach_px: How far from where it is expected a detection may lie, its size apart.
        degree: 1 where it moves evenly, 2 where it gains speed.
        points: How many of the first detections tell the motion.

    Returns:
        All detections, the earlier ones first.
    """
    found = list(detections)
    gap = 0
    for frame in reversed(earlier):
        if frame and frame[0].taken_s >= found[0].taken_s:
            continue
        nearest = _nearest(frame, found[:points], reach_px, degree) if frame else None
        gap = gap + 1 if nearest is None else 0
        if nearest is not None:
            found.insert(0, nearest)
        if gap >= _LONGEST_GAP:
            break
    return tuple(found)


def _nearest(frame: tuple[Detection, ...], first: list[Detection], reach_px: float, degree: int) -> Detection | None:
    x_px, y_px = _expected(first, frame[0].taken_s, degree)
    distance = [float(np.hypot(d.x_px - x_px, d.y_px - y_px)) for d in frame]
    nearest = frame[int(np.argmin(distance))]
    reach_px += _SIZE_SHARE * max(nearest.width_px, nearest.height_px)
    return nearest if min(distance) <= reach_px else None


def _expected(first: list[Detection], time_s: float, degree: int) -> tuple[float, float]:
    """Prolong the curve through the first detections to an earlier time."""
    since_s = np.array([d.taken_s for d in first]) - time_s
    basis = np.vander(since_s, min(degree, len(first) - 1) + 1, increasing=True)
    places = np.array([(d.x_px, d.y_px) for d in first])
    curve: Array = np.linalg.lstsq(basis, places, rcond=None)[0]
    return float(curve[0, 0]), float(curve[0, 1])

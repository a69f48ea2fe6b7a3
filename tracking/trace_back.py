"""Follows a fall back towards the hand, through detections that were too few or too slow to start a track."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tracking.image_fall import ImageFall
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]

Fit = Callable[[list[Detection]], ImageFall]

_REACH = 0.0035
"""How far from the fitted path a detection may lie, as a share of the frame's height: 4 px of 1080."""
_LONGEST_GAP = 5
_REFIT_AFTER = 3
_BEFORE_TOP_S = 0.12


def trace_back(track: Track, fall: ImageFall, fit: Fit, height_px: int) -> list[Detection]:
    """Extend a track to its earlier detections.

    Walks back frame by frame along the fitted path, takes the detection nearest to it, and fits again after a few:
    the path near its top is only as well known as the points next to it.

    Args:
        track: The track, with the detections of the frames before it.
        fall: Its fit.
        fit: Fits a list of detections anew.
        height_px: Height of the frame.

    Returns:
        All detections, the earlier ones first.
    """
    found: list[Detection] = list(track.detections)
    new, gap = 0, 0
    for detections in reversed(track.earlier):
        if gap >= _LONGEST_GAP or (detections and detections[0].taken_s < fall.top_s - _BEFORE_TOP_S):
            break
        # In a quiet scene a frame that missed the object is an empty one.
        nearest = _nearest(detections, fall, _REACH * height_px) if detections else None
        if nearest is None:
            gap += 1
            continue
        gap = 0
        found.insert(0, nearest)
        new += 1
        if new % _REFIT_AFTER == 0:
            fall = fit(found)
    return found


def _nearest(detections: tuple[Detection, ...], fall: ImageFall, reach_px: float) -> Detection | None:
    x_px, y_px = fall.at(np.array([detections[0].taken_s]))[0]
    distance = [float(np.hypot(d.x_px - x_px, d.y_px - y_px)) for d in detections]
    index = int(np.argmin(distance))
    near = distance[index] <= reach_px + 0.25 * max(detections[index].width_px, detections[index].height_px)
    return detections[index] if near else None

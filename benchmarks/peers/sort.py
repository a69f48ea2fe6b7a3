"""SORT: boxes joined by overlap with a predicted box (Bewley et al., Simple online and realtime tracking, 2016)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks.peers.blob import Blob, Trail
from benchmarks.peers.kalman import Gaussian, LinearModel, predict, update

Array = NDArray[np.float64]

MIN_IOU = 0.3
MAX_AGE = 1
MIN_HITS = 3

_VELOCITY_VARIANCE = 1e4


def _box_model() -> LinearModel:
    """Model middle, area and aspect of a box (section 3.2): all but the aspect at constant velocity."""
    motion = np.eye(7)
    motion[[0, 1, 2], [4, 5, 6]] = 1.0
    return LinearModel(
        motion=motion,
        motion_noise=np.diag([1.0, 1.0, 10.0, 0.01, 0.1, 0.1, 0.1]),
        measurement=np.eye(4, 7),
        measurement_noise=np.diag([1.0, 1.0, 10.0, 0.1]),
    )


@dataclass(slots=True)
class _Track:
    state: Gaussian
    trail: Trail = field(default_factory=Trail)
    missed: int = 0


class SortTracker:
    """Tracks of boxes. A box that moves on by more than its own size a picture does not overlap, and is lost."""

    def __init__(self, min_iou: float = MIN_IOU, max_age: int = MAX_AGE, min_hits: int = MIN_HITS) -> None:
        """Start without tracks.

        Args:
            min_iou: Least overlap of a box with a predicted one.
            max_age: Pictures that a track lives without a box.
            min_hits: Boxes that a track must have to be told of.
        """
        self._min_iou = min_iou
        self._max_age = max_age
        self._min_hits = min_hits
        self._model = _box_model()
        self._tracks: list[_Track] = []

    def step(self, time_s: float, blobs: Sequence[Blob]) -> list[Trail]:
        """Take in a picture's blobs; give the trails that ended."""
        for track in self._tracks:
            track.state = predict(track.state, self._model)
            track.missed += 1
        overlaps = iou(_boxes([_box_of(track.state) for track in self._tracks]), _boxes(blobs))
        free = set(range(len(blobs)))
        for i, j in np.column_stack(linear_sum_assignment(-overlaps)).tolist():
            if overlaps[i, j] >= self._min_iou:
                free.discard(j)
                track, blob = self._tracks[i], blobs[j]
                track.state = update(track.state, self._model, _measure(blob))
                track.trail.add(time_s, blob)
                track.missed = 0
        ended = [track for track in self._tracks if track.missed > self._max_age]
        self._tracks = [track for track in self._tracks if track.missed <= self._max_age]
        self._tracks += [_begin(time_s, blobs[j]) for j in sorted(free)]
        return self._told(ended)

    def finish(self) -> list[Trail]:
        """Give the trails that had not ended."""
        ended, self._tracks = self._tracks, []
        return self._told(ended)

    def _told(self, tracks: Sequence[_Track]) -> list[Trail]:
        return [track.trail for track in tracks if len(track.trail.blobs) >= self._min_hits]


def iou(first: Array, second: Array) -> Array:
    """Give (N, M) intersections over unions of boxes (N, 4) and (M, 4): left, top, right, bottom."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.prod(np.clip(high - low, 0.0, None), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    shares: Array = common / (areas[0][:, None] + areas[1][None, :] - common)
    return shares


def _boxes(blobs: Sequence[Blob]) -> Array:
    rows = [(b.left_px, b.top_px, b.left_px + b.width_px, b.top_px + b.height_px) for b in blobs]
    return np.array(rows, np.float64).reshape(-1, 4)


def _measure(blob: Blob) -> Array:
    area_px = blob.width_px * blob.height_px
    return np.array([blob.x_px, blob.y_px, area_px, blob.width_px / blob.height_px])


def _box_of(state: Gaussian) -> Blob:
    x_px, y_px, area_px, aspect = state.mean[:4]
    width_px = float(np.sqrt(max(area_px, 1.0) * max(aspect, 0.01)))
    height_px = max(area_px, 1.0) / width_px
    return Blob(float(x_px - (width_px - 1) / 2), float(y_px - (height_px - 1) / 2), width_px, float(height_px))


def _begin(time_s: float, blob: Blob) -> _Track:
    variances = np.array([10.0, 10.0, 10.0, 10.0, *[_VELOCITY_VARIANCE] * 3])
    track = _Track(Gaussian(np.concatenate((_measure(blob), np.zeros(3))), np.diag(variances)))
    track.trail.add(time_s, blob)
    return track

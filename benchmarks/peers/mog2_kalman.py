"""Background subtraction, a Kalman filter joined by predicted position, and a quadratic fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from benchmarks.peers.blob import Blob, Trail
from benchmarks.peers.downward import goes_down
from benchmarks.peers.foreground import mog2_foreground
from benchmarks.peers.kalman import Gaussian, LinearModel, predict, update
from benchmarks.peers.pipeline import Recipe

Array = NDArray[np.float64]

REACH_PX = 40.0
MAX_AGE = 3
MAX_RESIDUAL_PX = 3.0
MAX_RESIDUAL_SHARE = 0.05

_FAR = 1e6


def _point_model() -> LinearModel:
    """Model x and y at constant velocity."""
    motion = np.eye(4)
    motion[[0, 1], [2, 3]] = 1.0
    return LinearModel(motion, np.diag([1.0, 1.0, 2.0, 2.0]), np.eye(2, 4), 2.0 * np.eye(2))


@dataclass(slots=True)
class _Track:
    state: Gaussian
    trail: Trail = field(default_factory=Trail)
    missed: int = 0


class PositionTracker:
    """Tracks of points; a blob goes on a track whose predicted position is near."""

    def __init__(self, reach_px: float = REACH_PX, max_age: int = MAX_AGE) -> None:
        """Start without tracks: none reaches farther than `reach_px`, nor lives `max_age` pictures without a blob."""
        self._reach_px = reach_px
        self._max_age = max_age
        self._model = _point_model()
        self._tracks: list[_Track] = []

    def step(self, time_s: float, blobs: Sequence[Blob]) -> list[Trail]:
        """Take in a picture's blobs; give the trails that ended."""
        for track in self._tracks:
            track.state = predict(track.state, self._model)
            track.missed += 1
        free = set(range(len(blobs)))
        points_px = _points([(blob.x_px, blob.y_px) for blob in blobs])
        predicted_px = _points([track.state.mean[:2] for track in self._tracks])
        distances_px = np.linalg.norm(predicted_px[:, None] - points_px[None], axis=2)
        costs = np.where(distances_px <= self._reach_px, distances_px, _FAR)
        for i, j in np.column_stack(linear_sum_assignment(costs)).tolist():
            if costs[i, j] < _FAR:
                free.discard(j)
                track = self._tracks[i]
                track.state = update(track.state, self._model, points_px[j])
                track.trail.add(time_s, blobs[j])
                track.missed = 0
        ended = [track.trail for track in self._tracks if track.missed > self._max_age]
        self._tracks = [track for track in self._tracks if track.missed <= self._max_age]
        self._tracks += [_begin(time_s, blobs[j]) for j in sorted(free)]
        return ended

    def finish(self) -> list[Trail]:
        """Give the trails that had not ended."""
        ended, self._tracks = [track.trail for track in self._tracks], []
        return ended


def falls_quadratically(trail: Trail, frame_height_px: int) -> bool:
    """Tell whether a trail goes down as a parabola of time that opens downward in the picture (y grows down)."""
    if not goes_down(trail, frame_height_px):
        return False
    rows_px = trail.path_px()[:, 1]
    times_s = np.array(trail.times_s) - trail.times_s[0]
    curve = np.polyfit(times_s, rows_px, 2)
    residual_px = float(np.sqrt(np.mean((np.polyval(curve, times_s) - rows_px) ** 2)))
    return bool(curve[0] > 0 and residual_px <= max(MAX_RESIDUAL_PX, MAX_RESIDUAL_SHARE * (rows_px[-1] - rows_px[0])))


def mog2_kalman(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    """Find falls by MOG2, Kalman filters joined by predicted position, and a quadratic fit; nothing is written."""
    del out
    return Recipe("mog2_kalman", mog2_foreground, PositionTracker, falls_quadratically).find(clip, site)


def _points(rows: Sequence[Sequence[float] | Array]) -> Array:
    return np.array(rows, np.float64).reshape(-1, 2)


def _begin(time_s: float, blob: Blob) -> _Track:
    state = Gaussian(np.array([blob.x_px, blob.y_px, 0.0, 0.0]), np.diag([2.0, 2.0, 100.0, 100.0]))
    return _Track(state, Trail([time_s], [blob]))

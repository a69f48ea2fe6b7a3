"""The filter of a track that lives: filterpy's, to be loaded with the first of them.

filterpy brings `scipy.stats` along, 70 MB in the process of each camera (docs/design/0013-memory.md), and one that has
seen nothing yet does without.
"""

import numpy as np
from filterpy.kalman import KalmanFilter
from numpy.typing import NDArray

from tracking.motion import MotionModel, measurement_matrix

Array = NDArray[np.float64]


class TrackFilter:
    """filterpy's Kalman filter with the time step of each frame."""

    def __init__(self, model: MotionModel, mean: Array, covariance: Array) -> None:
        """Start from a (size,) mean and a (size, size) covariance."""
        self._model = model
        self._filter = KalmanFilter(dim_x=model.size, dim_z=2, dim_u=1)
        self._filter.x = mean.copy()
        self._filter.P = covariance.copy()
        self._filter.H = measurement_matrix(model.size)

    @property
    def position(self) -> Array:
        """Tell the (2,) position, x and down."""
        return np.asarray(self._filter.x[[0, 2]], np.float64)

    @property
    def velocity(self) -> Array:
        """Tell the (2,) velocity, a second."""
        return np.asarray(self._filter.x[[1, 3]], np.float64)

    @property
    def mean(self) -> Array:
        """Tell the (size,) state."""
        return np.asarray(self._filter.x, np.float64)

    @property
    def covariance(self) -> Array:
        """Tell the (size, size) covariance of the state."""
        return np.asarray(self._filter.P, np.float64)

    def predict(self, dt_s: float) -> None:
        """Move the state ahead by `dt_s` seconds."""
        self._filter.predict(
            u=np.ones(1),
            B=self._model.drift(dt_s)[:, None],
            F=self._model.transition(dt_s),
            Q=self._model.process_noise(dt_s),
        )

    def update(self, position: Array, noise: Array) -> None:
        """Correct the state by a (2,) position of (2, 2) covariance `noise`."""
        self._filter.update(position, R=noise)

"""Kalman's predict and update: filterpy for the tracks that live, the same over arrays for the many that are tentative.

filterpy costs 38 us a track and frame; a tree starts hundreds of tracks that live for three frames. A test holds the
two to each other.
"""

import numpy as np
from filterpy.kalman import KalmanFilter
from numpy.typing import NDArray

from tracking.motion import MotionModel, measurement_matrix

Array = NDArray[np.float64]


def predict_many(model: MotionModel, mean: Array, covariance: Array, dt_s: float) -> tuple[Array, Array]:
    """Predict (N, size) means and (N, size, size) covariances `dt_s` seconds ahead."""
    transition = model.transition(dt_s)
    size = model.size
    # F P F' of all at once is one product with F (x) F; of many small matrices NumPy makes as many small products.
    twice = (transition[:, None, :, None] * transition[None, :, None, :]).reshape(size * size, size * size)
    moved = (covariance.reshape(-1, size * size) @ twice.T).reshape(-1, size, size)
    return mean @ transition.T + model.drift(dt_s), moved + model.process_noise(dt_s)


def innovation_covariances(covariance: Array, noise: Array) -> Array:
    """Make the (N, 2, 2) covariances of measured minus predicted position; `noise` is (N, 2, 2) of the measured."""
    return np.asarray(covariance[:, :3:2, :3:2] + noise)


def measurement_noise(variance: Array, velocity: Array, timing_sigma_s: float) -> Array:
    """Make the (N, 2, 2) covariances of measured positions.

    Args:
        variance: (N,) variance of each coordinate.
        velocity: (N, 2) velocities: an error of the time is an error along the motion.
        timing_sigma_s: Error of the time at which the picture was taken.
    """
    along = velocity[:, :, None] * velocity[:, None, :] * timing_sigma_s**2
    return np.asarray(variance[:, None, None] * np.eye(2) + along)


def update_many(mean: Array, covariance: Array, position: Array, noise: Array) -> tuple[Array, Array]:
    """Update (N, size) means with (N, 2) measured positions of (N, 2, 2) covariance; Joseph form."""
    size = mean.shape[1]
    matrix = measurement_matrix(size)
    gain = covariance @ matrix.T @ np.linalg.inv(innovation_covariances(covariance, noise))
    keep = np.eye(size) - gain @ matrix
    innovation = position - mean[:, [0, 2]]
    return (
        mean + (gain @ innovation[:, :, None])[:, :, 0],
        keep @ covariance @ keep.transpose(0, 2, 1) + gain @ noise @ gain.transpose(0, 2, 1),
    )


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

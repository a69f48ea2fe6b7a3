"""Kalman's predict and update over arrays: of the few tracks that live, and of the many that are tentative.

A test holds them to filterpy. That costs 38 us a track and frame, where a tree starts hundreds of tracks that live for
three frames, and pulls `scipy.stats` into the process of each camera: docs/design/0013-memory.md.
"""

import numpy as np
from numpy.typing import NDArray

from tracking.motion import MotionModel, measurement_matrix

Array = NDArray[np.float64]


def predict_many(model: MotionModel, mean: Array, covariance: Array, dt_s: float) -> tuple[Array, Array]:
    """Predict (N, size) means and (N, size, size) covariances `dt_s` seconds ahead."""
    transition = model.transition(dt_s)
    return (
        mean @ transition.T + model.drift(dt_s),
        transition @ covariance @ transition.T + model.process_noise(dt_s),
    )


def innovation_covariances(covariance: Array, noise: Array) -> Array:
    """Make the (N, 2, 2) covariances of measured minus predicted position; `noise` is (N, 2, 2) of the measured."""
    return np.asarray(covariance[:, [0, 2]][:, :, [0, 2]] + noise)


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
    """The filter of one track, with the time step of each frame."""

    def __init__(self, model: MotionModel, mean: Array, covariance: Array) -> None:
        """Start from a (size,) mean and a (size, size) covariance."""
        self._model = model
        self._means = mean[None]
        self._covariances = covariance[None]

    @property
    def position(self) -> Array:
        """Tell the (2,) position, x and down."""
        return self.mean[[0, 2]]

    @property
    def velocity(self) -> Array:
        """Tell the (2,) velocity, a second."""
        return self.mean[[1, 3]]

    @property
    def mean(self) -> Array:
        """Tell the (size,) state."""
        return np.asarray(self._means[0])

    @property
    def covariance(self) -> Array:
        """Tell the (size, size) covariance of the state."""
        return np.asarray(self._covariances[0])

    def predict(self, dt_s: float) -> None:
        """Move the state ahead by `dt_s` seconds."""
        self._means, self._covariances = predict_many(self._model, self._means, self._covariances, dt_s)

    def update(self, position: Array, noise: Array) -> None:
        """Correct the state by a (2,) position of (2, 2) covariance `noise`."""
        self._means, self._covariances = update_many(self._means, self._covariances, position[None], noise[None])

"""Kalman's predict and update over arrays: of the few tracks that live, and of the many that are tentative.

A test holds them to filterpy. That costs 38 us a track and frame, where a tree starts hundreds of tracks that live for
three frames, and pulls `scipy.stats` into the process of each camera: docs/design/0013-memory.md.
"""

import numpy as np
from numpy.typing import NDArray

from tracking.motion import MotionModel, measurement_matrix

Array = NDArray[np.float64]

_POSITION = np.s_[:3:2]
"""Where x and y stand in a state."""


def predict_many(model: MotionModel, mean: Array, covariance: Array, dt_s: float) -> tuple[Array, Array]:
    """Predict (..., size) means and (..., size, size) covariances `dt_s` seconds ahead."""
    transition = model.transition(dt_s)
    size = model.size
    # F P F' of all at once is one product with F (x) F; of many small matrices NumPy makes as many small products.
    twice = (transition[:, None, :, None] * transition[None, :, None, :]).reshape(size * size, size * size)
    moved = (covariance.reshape(-1, size * size) @ twice.T).reshape(covariance.shape)
    return mean @ transition.T + model.drift(dt_s), moved + model.process_noise(dt_s)


def innovation_covariances(covariance: Array, noise: Array) -> Array:
    """Make the (..., 2, 2) covariances of measured minus predicted position; `noise` is (..., 2, 2) of the measured."""
    return np.asarray(covariance[..., _POSITION, _POSITION] + noise)


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
    """Update (..., size) means with (..., 2) measured positions of (..., 2, 2) covariance; Joseph form."""
    size = mean.shape[-1]
    gain = covariance[..., _POSITION] @ np.linalg.inv(innovation_covariances(covariance, noise))
    keep = np.eye(size) - gain @ measurement_matrix(size)
    innovation = position - mean[..., _POSITION]
    return (
        mean + (gain @ innovation[..., None])[..., 0],
        keep @ covariance @ keep.swapaxes(-1, -2) + gain @ noise @ gain.swapaxes(-1, -2),
    )


class TrackFilter:
    """The filter of one track, with the time step of each frame.

    Attributes:
        mean: (size,) state.
        covariance: (size, size) of the state.
    """

    def __init__(self, model: MotionModel, mean: Array, covariance: Array) -> None:
        """Start from a (size,) mean and a (size, size) covariance."""
        self.mean = mean
        self.covariance = covariance
        self._model = model

    @property
    def position(self) -> Array:
        """Tell the (2,) position, x and down."""
        return self.mean[_POSITION]

    @property
    def velocity(self) -> Array:
        """Tell the (2,) velocity, a second."""
        return self.mean[1:4:2]

    def predict(self, dt_s: float) -> None:
        """Move the state ahead by `dt_s` seconds."""
        self.mean, self.covariance = predict_many(self._model, self.mean, self.covariance, dt_s)

    def update(self, position: Array, noise: Array) -> None:
        """Correct the state by a (2,) position of (2, 2) covariance `noise`."""
        self.mean, self.covariance = update_many(self.mean, self.covariance, position, noise)

"""Kalman's predict and update over arrays, for the many tracks that are tentative.

filterpy costs 38 us a track and frame; a tree starts hundreds of tracks that live for three frames. A test holds the
two to each other.
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

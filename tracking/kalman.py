"""Kalman's predict and update over arrays, for the many tracks that are tentative.

filterpy costs 38 us a track and frame; a tree starts hundreds of tracks that live for three frames. A test holds the
two to each other.
"""

import numpy as np
from numpy.typing import NDArray

from tracking.motion import MotionModel, measurement_matrix

Array = NDArray[np.float64]


def predict_many(model: MotionModel, mean: Array, covariance: Array, dt_s: float) -> tuple[Array, Array]:
    """Predict (N, size) means and (N, size, size) covariances `dt_s` seconds ahead."""
    transition = model.transition(dt_s)
    size = model.size
    # F P F' of all at once is one product with F (x) F; of many small matrices NumPy makes as many small products.
    twice = (transition[:, None, :, None] * transition[None, :, None, :]).reshape(size * size, size * size)
    moved = covariance.reshape(-1, size * size) @ twice.T + model.process_noise(dt_s).ravel()
    return mean @ transition.T + model.drift(dt_s), moved.reshape(-1, size, size)


def innovation_covariances(covariance: Array, noise: Array) -> Array:
    """Make the (N, 2, 2) covariances of measured minus predicted position; `noise` is (N, 2, 2) of the measured."""
    return np.asarray(covariance[:, :3:2, :3:2] + noise)


def measurement_noise(variance: Array | float, velocity: Array, timing_sigma_s: float) -> Array:
    """Make the (N, 2, 2) covariances of measured positions.

    Args:
        variance: (N,) variance of each coordinate; one number if it is the same for all.
        velocity: (N, 2) velocities: an error of the time is an error along the motion.
        timing_sigma_s: Error of the time at which the picture was taken.
    """
    x, y = velocity.T
    noise = np.empty((len(velocity), 2, 2))
    noise[:, 0, 0] = variance + x * x * timing_sigma_s**2
    noise[:, 1, 1] = variance + y * y * timing_sigma_s**2
    noise[:, 0, 1] = noise[:, 1, 0] = x * y * timing_sigma_s**2
    return noise


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

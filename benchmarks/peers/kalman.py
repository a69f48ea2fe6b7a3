"""A Kalman filter of the textbook (Kalman, 1960), a step a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """How a state of n numbers moves on by a picture and is measured by m.

    Attributes:
        motion: (n, n) state to next state.
        motion_noise: (n, n) covariance added by that.
        measurement: (m, n) state to measurement.
        measurement_noise: (m, m) covariance of a measurement.
    """

    motion: Array
    motion_noise: Array
    measurement: Array
    measurement_noise: Array


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian:
    """Mean (n,) and covariance (n, n) of a state."""

    mean: Array
    covariance: Array


def predict(state: Gaussian, model: LinearModel) -> Gaussian:
    """Move on by one picture."""
    covariance = model.motion @ state.covariance @ model.motion.T + model.motion_noise
    return Gaussian(model.motion @ state.mean, covariance)


def update(state: Gaussian, model: LinearModel, measured: Array) -> Gaussian:
    """Take in a measurement (m,)."""
    across = model.measurement @ state.covariance
    innovation_covariance = across @ model.measurement.T + model.measurement_noise
    gain = np.linalg.solve(innovation_covariance, across).T
    mean = state.mean + gain @ (measured - model.measurement @ state.mean)
    return Gaussian(mean, state.covariance - gain @ across)

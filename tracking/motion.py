"""How a thing that falls moves, as a linear system with the time step as an argument.

Positions are (x, down): in pixels down is the image's y; in facade metres it is minus the height. So a fall has a
positive velocity and a positive acceleration in both.

States: x, velocity of x, down, velocity down, and in `FreeAcceleration` the acceleration down.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STANDARD_GRAVITY_M_S2 = 9.80665


class MotionModel(Protocol):
    """A linear motion model over positions (x, down)."""

    @property
    def size(self) -> int:
        """Tell the number of state variables."""
        ...

    @property
    def least_acceleration(self) -> float:
        """Tell the acceleration down that all that falls has, at the least."""
        ...

    def transition(self, dt_s: float) -> Array:
        """Make the (size, size) state transition matrix."""
        ...

    def drift(self, dt_s: float) -> Array:
        """Make the (size,) change of state by the known input, gravity."""
        ...

    def process_noise(self, dt_s: float) -> Array:
        """Make the (size, size) covariance of what the model does not know."""
        ...

    def start(self, first: Array, second: Array, dt_s: Array, variance: Array) -> tuple[Array, Array]:
        """Start states from pairs of positions.

        Args:
            first: (N, 2) positions at the earlier time.
            second: (N, 2) positions `dt_s` later.
            dt_s: (N,) seconds between the two.
            variance: (N,) variance of each coordinate of a measured position.

        Returns:
            Means (N, size) and covariances (N, size, size) at the later time.
        """
        ...


def measurement_matrix(size: int) -> Array:
    """Make the (2, size) matrix that reads the position out of a state."""
    matrix = np.zeros((2, size))
    matrix[0, 0] = matrix[1, 2] = 1.0
    return matrix


def _axis_transition(dt_s: float) -> Array:
    return np.array([[1.0, dt_s], [0.0, 1.0]])


def _white_acceleration(dt_s: float, density: float) -> Array:
    """Covariance of position and velocity under white acceleration (Bar-Shalom et al. 2001, eq. 6.2.2-4)."""
    return density * np.array([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]])


def _start_axes(
    size: int, first: Array, second: Array, dt_s: Array, variance: Array, drift: Array
) -> tuple[Array, Array]:
    """Fill positions and velocities from pairs; `drift` is the (N,) velocity gained over half a step."""
    count = len(second)
    mean, covariance = np.zeros((count, size)), np.zeros((count, size, size))
    velocity = (second - first) / dt_s[:, None]
    for axis, at in ((0, 0), (1, 2)):
        mean[:, at] = second[:, axis]
        mean[:, at + 1] = velocity[:, axis]
        covariance[:, at, at] = variance
        covariance[:, at, at + 1] = covariance[:, at + 1, at] = variance / dt_s
        covariance[:, at + 1, at + 1] = 2 * variance / dt_s**2
    mean[:, 3] += drift
    return mean, covariance


@dataclass(frozen=True, slots=True)
class GravityInput:
    """A fall in facade metres: gravity is a known input, what is left (drag, parallax) is noise.

    Attributes:
        acceleration_m_s2: Input acceleration, downwards.
        noise_m2_s3: Density of the white acceleration noise in height and across.
    """

    acceleration_m_s2: float = STANDARD_GRAVITY_M_S2
    noise_m2_s3: float = 6.0
    size: int = 4

    @property
    def least_acceleration(self) -> float:
        """Tell three tenths of gravity: drag takes its part. See `MotionModel`."""
        return 0.3 * self.acceleration_m_s2

    def transition(self, dt_s: float) -> Array:
        """Make the transition matrix. See `MotionModel`."""
        matrix = np.zeros((4, 4))
        matrix[:2, :2] = matrix[2:, 2:] = _axis_transition(dt_s)
        return matrix

    def drift(self, dt_s: float) -> Array:
        """Make the change by gravity. See `MotionModel`."""
        return np.array([0.0, 0.0, self.acceleration_m_s2 * dt_s**2 / 2, self.acceleration_m_s2 * dt_s])

    def process_noise(self, dt_s: float) -> Array:
        """Make the noise covariance. See `MotionModel`."""
        matrix = np.zeros((4, 4))
        matrix[:2, :2] = matrix[2:, 2:] = _white_acceleration(dt_s, self.noise_m2_s3)
        return matrix

    def start(self, first: Array, second: Array, dt_s: Array, variance: Array) -> tuple[Array, Array]:
        """Start from pairs: their mean velocity plus half a step of gravity. See `MotionModel`."""
        return _start_axes(4, first, second, dt_s, variance, self.acceleration_m_s2 * dt_s / 2)


@dataclass(frozen=True, slots=True)
class FreeAcceleration:
    """A fall in pixels without geometry: the acceleration is unknown and grows, so it is part of the state.

    Attributes:
        prior_px_s2: Expected acceleration when a track starts.
        prior_sigma_px_s2: Its standard deviation.
        growth_px2_s5: Density of the white jerk: along one fall the image's acceleration grows three to seven times.
        sway_px2_s3: Density of the white acceleration across.
    """

    prior_px_s2: float
    prior_sigma_px_s2: float
    growth_px2_s5: float
    sway_px2_s3: float
    size: int = 5

    @classmethod
    def for_height(cls, height_px: int) -> "FreeAcceleration":
        """Scale to a frame's height: a tower fills it, so a fall takes one to three seconds to cross it."""
        return cls(0.5 * height_px, 0.5 * height_px, (1.2 * height_px) ** 2, (0.12 * height_px) ** 2)

    @property
    def least_acceleration(self) -> float:
        """Tell a tenth of the usual one: nobody knows how far away it is. See `MotionModel`."""
        return 0.1 * self.prior_px_s2

    def transition(self, dt_s: float) -> Array:
        """Make the transition matrix. See `MotionModel`."""
        matrix = np.eye(5)
        matrix[:2, :2] = matrix[2:4, 2:4] = _axis_transition(dt_s)
        matrix[2, 4], matrix[3, 4] = dt_s**2 / 2, dt_s
        return matrix

    def drift(self, dt_s: float) -> Array:
        """Return no change: there is no known input. See `MotionModel`."""
        del dt_s
        return np.zeros(5)

    def process_noise(self, dt_s: float) -> Array:
        """Make the noise covariance; white jerk down, Bar-Shalom et al. 2001, eq. 6.2.3-4. See `MotionModel`."""
        matrix = np.zeros((5, 5))
        matrix[:2, :2] = _white_acceleration(dt_s, self.sway_px2_s3)
        t = dt_s
        matrix[2:, 2:] = self.growth_px2_s5 * np.array(
            [[t**5 / 20, t**4 / 8, t**3 / 6], [t**4 / 8, t**3 / 3, t**2 / 2], [t**3 / 6, t**2 / 2, t]]
        )
        return matrix

    def start(self, first: Array, second: Array, dt_s: Array, variance: Array) -> tuple[Array, Array]:
        """Start from pairs with the prior acceleration. See `MotionModel`."""
        mean, covariance = _start_axes(5, first, second, dt_s, variance, self.prior_px_s2 * dt_s / 2)
        mean[:, 4] = self.prior_px_s2
        covariance[:, 3, 3] += (self.prior_sigma_px_s2 * dt_s / 2) ** 2
        covariance[:, 4, 4] = self.prior_sigma_px_s2**2
        covariance[:, 3, 4] = covariance[:, 4, 3] = self.prior_sigma_px_s2**2 * dt_s / 2
        return mean, covariance

"""The fall as a height over time, where floors are only drawn on the picture.

Height is then counted in floors of an assumed size, and the scale of time may be wrong too (recordings may run fast),
so the acceleration is free within wide limits: f(t) = f0 + v (t - t0) - a (t - t0)^2 / 2, in the hand before t0.
Drag is left out: what it and the depth of the throw change is allowed for in the error of the release floor.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.floor_map import ASSUMED_FLOOR_M
from floors.least_squares import solve
from floors.trajectory import GRAVITY_M_S2

Array = NDArray[np.float64]

_UP_M_S, _UP_SIGMA_M_S = 0.3, 0.6
_HIDDEN_SIGMA_S = 0.5
_LOG_SIGMA = 1.0
_SIZE = 4
_MODEL_SIGMA = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class FloorProfile:
    """A fall along the floors.

    Attributes:
        release_floor: Floor number at release; 7.0 is the lower edge of floor 7.
        release_sigma: Its standard deviation, floors.
        release_s: When it was released.
        release_sigma_s: Standard deviation of that.
        gravity_ratio: Acceleration by gravity, for floors of the assumed size.
        cost_per_point: Half the robust sum of squares by the number of points; about one half for a true fall.
    """

    release_floor: float
    release_sigma: float
    release_s: float
    release_sigma_s: float
    gravity_ratio: float
    cost_per_point: float


def fit_floor_profile(times_s: Array, floors: Array, sigmas: Array) -> FloorProfile | None:
    """Fit a fall to floor numbers (N,) with their standard deviations (N,), floors; None where no fall fits."""
    problem = _Profile(times_s, floors, sigmas)
    gravity = np.log(GRAVITY_M_S2 / ASSUMED_FLOOR_M)
    start = np.array([floors[0], times_s[0] - 0.2, _UP_M_S / ASSUMED_FLOOR_M, gravity])
    solution = solve(problem, start, pairs=len(times_s))
    if solution is None:
        return None
    release_floor, release_s, _, log_gravity = solution.parameters
    excess = max(1.0, 2 * solution.cost / max(len(times_s) - _SIZE, 1))
    deviations = np.sqrt(np.maximum(np.diag(solution.covariance) * excess, 0.0))
    return FloorProfile(
        release_floor=float(release_floor),
        release_sigma=float(np.hypot(deviations[0], _MODEL_SIGMA)),
        release_s=float(release_s),
        release_sigma_s=float(deviations[1]),
        gravity_ratio=float(np.exp(log_gravity - gravity)),
        cost_per_point=solution.cost / len(times_s),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """Residuals of (release floor, release time, upward speed, log acceleration); heights as pairs with a zero."""

    times_s: Array
    floors: Array
    sigmas: Array

    def residuals(self, parameters: Array) -> Array:
        return self.linearise(parameters)[0]

    def linearise(self, parameters: Array) -> tuple[Array, Array]:
        count = len(self.times_s)
        floor, release_s, up, log_gravity = parameters
        if abs(log_gravity) > 5:
            return np.full(2 * count + 3, np.inf), np.zeros((2 * count + 3, _SIZE))
        since = np.maximum(self.times_s - release_s, 0.0)
        gravity = np.exp(log_gravity)
        heights = floor + up * since - 0.5 * gravity * since**2
        slopes = np.stack(
            (
                np.ones(count),
                np.where(since > 0, gravity * since - up, 0.0),
                since,
                -0.5 * gravity * since**2,
            ),
            axis=1,
        )
        residuals = np.zeros(2 * count + 3)
        jacobian = np.zeros((2 * count + 3, _SIZE))
        residuals[: 2 * count : 2] = (heights - self.floors) / self.sigmas
        jacobian[: 2 * count : 2] = slopes / self.sigmas[:, None]
        expected = np.log(GRAVITY_M_S2 / ASSUMED_FLOOR_M)
        residuals[2 * count :] = (
            (release_s - self.times_s[0]) / _HIDDEN_SIGMA_S,
            (up * ASSUMED_FLOOR_M - _UP_M_S) / _UP_SIGMA_M_S,
            (log_gravity - expected) / _LOG_SIGMA,
        )
        deviations = (_HIDDEN_SIGMA_S, _UP_SIGMA_M_S / ASSUMED_FLOOR_M, _LOG_SIGMA)
        jacobian[[2 * count, 2 * count + 1, 2 * count + 2], [1, 2, 3]] = 1 / np.array(deviations)
        return residuals, jacobian

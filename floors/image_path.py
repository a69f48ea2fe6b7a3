"""The smooth path of a fall in the picture alone, and the noise around it, without any geometry.

A body in free fall before a pinhole camera is seen at quotients of quadratic functions of time with one common
denominator, since position is quadratic in time and projection divides by depth. So eight numbers describe every fall,
however the camera stands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.least_squares import solve

Array = NDArray[np.float64]

_SIZE = 8
_ROUNDS = 4
_TILT_SIGMA = 1.5
_LEAST_DEPTH = 0.05
_LONGEST_HIDDEN_S = 1.5
_SUPPORTED_S = 0.2
_SMALLEST_SIGMA_PX = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class ImagePath:
    """The path of a fall as a rational function of time.

    Attributes:
        origin_s: Time that the coefficients count from.
        span_s: Seconds of one unit of their time.
        across: (3,) coefficients of the numerator of x, pixels.
        down: (3,) of the numerator of y.
        depth: (3,) of the denominator; the first is 1.
        residual_rms_px: Root mean square distance of the points from the path.
        sigma_px: Standard deviation of a coordinate of a slow point, as the misses show it.
        timing_sigma_s: Standard deviation of the time stamps, as the misses of fast points show it.
        cost_per_point: Half the robust sum of squares by the number of points, for that noise.
        release_s: When its motion down the picture began; the first sight where the path does not tell.
        release_sigma_s: Standard deviation of it.
    """

    origin_s: float
    span_s: float
    across: Array
    down: Array
    depth: Array
    residual_rms_px: float
    sigma_px: float
    timing_sigma_s: float
    cost_per_point: float
    release_s: float
    release_sigma_s: float

    def path(self, times_s: Array) -> Array:
        """Give pixels (N, 2) at times (N,)."""
        powers = _powers((times_s - self.origin_s) / self.span_s)
        below = powers @ self.depth
        return np.stack((powers @ self.across / below, powers @ self.down / below), axis=1)

    def speeds(self, times_s: Array) -> Array:
        """Give speeds (N,), pixels a second, at times (N,)."""
        step = 1e-4 * self.span_s
        ahead, behind = self.path(times_s + step), self.path(times_s - step)
        result: Array = np.linalg.norm(ahead - behind, axis=1) / (2 * step)
        return result

    def sigmas(self, times_s: Array) -> Array:
        """Give the standard deviation (N,), pixels, of a coordinate at times (N,): of place and of time together."""
        return np.hypot(self.sigma_px, self.timing_sigma_s * self.speeds(times_s))


def fit_image_path(times_s: Array, points_px: Array, sigma_px: float) -> ImagePath:
    """Fit a fall to (N,) times and (N, 2) pixels, of standard deviation `sigma_px` or more; N is 5 at least."""
    origin, span = float(times_s[0]), float(times_s[-1] - times_s[0])
    powers = _powers((times_s - origin) / span)
    middle = points_px.mean(axis=0)
    local = points_px - middle
    spread = np.full(len(times_s), sigma_px)
    parameters = np.concatenate((*np.linalg.lstsq(powers, local, rcond=None)[0].T, np.zeros(2)))
    slow_px, late_s, cost = sigma_px, 0.0, 0.0
    covariance = np.zeros((_SIZE, _SIZE))
    for _ in range(_ROUNDS):
        solution = solve(_Rational(powers, local, spread), parameters, pairs=len(times_s))
        if solution is None:
            break
        parameters, covariance, cost = solution.parameters, solution.covariance, solution.cost
        path = _path(powers, parameters)
        slow_px, late_s, spread = _noise(path - local, path, times_s, sigma_px)
    misses = _path(powers, parameters) - local
    depth = np.array([1.0, *parameters[6:]])
    release, release_sigma = _release(parameters, covariance)
    supported = release_sigma * span < _SUPPORTED_S and -_LONGEST_HIDDEN_S / span < release < 0.5
    return ImagePath(
        origin_s=origin,
        span_s=span,
        across=parameters[:3] + middle[0] * depth,
        down=parameters[3:6] + middle[1] * depth,
        depth=depth,
        residual_rms_px=float(np.sqrt((misses**2).sum(axis=1).mean())),
        sigma_px=slow_px,
        timing_sigma_s=late_s,
        cost_per_point=cost / len(times_s),
        release_s=origin + (release * span if supported else 0.0),
        release_sigma_s=release_sigma * span if supported else _SUPPORTED_S,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rational:
    """Residuals of a rational path: x (3), y (3), denominator (2), which a mild belief keeps small."""

    powers: Array
    local_px: Array
    spread_px: Array

    def residuals(self, parameters: Array) -> Array:
        below = self.powers @ np.array([1.0, *parameters[6:]])
        misses = (_path(self.powers, parameters) - self.local_px) / self.spread_px[:, None]
        if np.min(below) < _LEAST_DEPTH:
            misses[:] = np.inf
        return np.concatenate((misses.ravel(), parameters[6:] / _TILT_SIGMA))

    def linearise(self, parameters: Array) -> tuple[Array, Array]:
        count = len(self.powers)
        scale = 1 / (self.spread_px * (self.powers @ np.array([1.0, *parameters[6:]])))
        path = _path(self.powers, parameters)
        scaled = self.powers * scale[:, None]
        jacobian = np.zeros((2 * count + 2, _SIZE))
        jacobian[: 2 * count : 2, :3] = scaled
        jacobian[1 : 2 * count : 2, 3:6] = scaled
        jacobian[: 2 * count, 6:] = -(path[:, :, None] * scaled[:, None, 1:]).reshape(-1, 2)
        jacobian[[-2, -1], [6, 7]] = 1 / _TILT_SIGMA
        return self.residuals(parameters), jacobian


def fit_straight(times_s: Array, points_px: Array) -> float:
    """Give the root mean square distance, pixels, of (N, 2) points from even motion along a straight line."""
    since = times_s - times_s.mean()
    spread = float(since @ since)
    local = points_px - points_px.mean(axis=0)
    misses = local - since[:, None] * (since @ local)[None] / spread
    return float(np.sqrt((misses**2).sum(axis=1).mean()))


def _powers(since: Array) -> Array:
    return np.stack((np.ones_like(since), since, since * since), axis=1)


def _path(powers: Array, parameters: Array) -> Array:
    below = powers @ np.array([1.0, *parameters[6:]])
    result: Array = np.stack((powers @ parameters[:3], powers @ parameters[3:6]), axis=1) / below[:, None]
    return result


def _noise(misses: Array, path: Array, times_s: Array, least_px: float) -> tuple[float, float, Array]:
    """Part the misses (N, 2) into those of place and those of time.

    Returns:
        Standard deviation of a coordinate of a slow point (pixels), of the time stamps (seconds), and of each point.
    """
    speeds = np.linalg.norm(np.gradient(path, times_s, axis=0), axis=1)
    freedom = max(1 - 4 / len(times_s), 0.3)
    squares = (misses**2).sum(axis=1) / (2 * freedom)
    slow = speeds <= np.median(speeds)
    slow_px = max(float(np.sqrt(np.median(squares[slow]) / 0.69)), least_px, _SMALLEST_SIGMA_PX)
    fast = ~slow
    extra = np.maximum(squares[fast] - slow_px**2, 0.0) / np.maximum(speeds[fast], 1.0) ** 2
    late_s = float(np.sqrt(np.median(extra) / 0.69 * 2)) if np.any(fast) else 0.0
    return slow_px, late_s, np.hypot(slow_px, late_s * speeds)


def _release(solved: Array, covariance: Array) -> tuple[float, float]:
    """Find where y stands still, in units of the span, with its standard deviation; infinite where it never does."""

    def still(values: Array) -> float:
        y0, y1, y2 = values[3:6]
        d1, d2 = values[6:8]
        # Numerator of the derivative of the quotient.
        roots = np.roots([y2 * d1 - y1 * d2, 2 * (y2 - y0 * d2), y1 - y0 * d1])
        real = roots[np.abs(roots.imag) < 1e-9].real
        before = real[real < 0.5]
        return float(before[np.argmin(np.abs(before))]) if len(before) else np.inf

    here = still(solved)
    if not np.isfinite(here):
        return 0.0, np.inf
    steps = np.sqrt(np.maximum(np.diag(covariance), 0)) * 1e-3 + 1e-12
    slopes = np.array([(still(solved + np.eye(8)[i] * steps[i]) - here) / steps[i] for i in range(8)])
    if not np.all(np.isfinite(slopes)):
        return 0.0, np.inf
    return here, float(np.sqrt(max(slopes @ covariance @ slopes, 0.0)))

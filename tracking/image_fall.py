"""A fall as one camera sees it when no geometry is known, and what it must be told from.

Under a pinhole camera a point with constant acceleration along a straight line in space is seen at

    y = (p + q s) / (1 - c s),   x = (a + b tau + d s) / (1 - c s),   s = tau^2 / 2,   tau = t - t0,

with t0 the top of the fall and c the approach towards the camera (Hartley & Zisserman, Multiple View Geometry, 6.1:
image coordinates are quotients of functions linear in space). A thing that moves evenly, a car or a bird, is seen at
the same quotients with tau in the place of s. Given t0 and c both are linear, so a grid over those two and a weighted
linear fit at each finds the best of all: no start values, no local minima. A parabola in y(t) would miss real falls
by 7 to 26 px.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TOPS = 24
_APPROACHES = 14
_REFINEMENTS = 2
_ROUNDS = 3
_ROBUST = 2.5
"""Deviations from which on a point counts less; from twice as many on it disagrees."""
_FINALISTS = 10
_RISING_COST = 1e6


@dataclass(frozen=True, slots=True)
class ImageFall:
    """A fitted motion in the image.

    Attributes:
        chi: Root mean square of the residuals over their expected errors, outliers weighed down; infinite where no
            motion down the picture fits at all.
        residual_px: The same in pixels.
        top_s: Time at which the vertical speed is zero, seconds; for an even motion that of the first sight.
        approach: c, a second squared (fall) or a second (even motion).
        along_y: (2,) p and q.
        along_x: (3,) a, b and d; d is 0 for an even motion.
        inliers: (N,) whether each point agrees with the fit.
    """

    chi: float
    residual_px: float
    top_s: float
    approach: float
    along_y: Array
    along_x: Array
    inliers: NDArray[np.bool_]

    def at(self, times_s: Array) -> Array:
        """Tell the (N, 2) pixels of a fall at (N,) times."""
        basis_y, basis_x = _basis((times_s - self.top_s)[None], np.array([self.approach]), even=False)
        return np.column_stack([basis_x[0] @ self.along_x, basis_y[0] @ self.along_y])


def fit_fall(times_s: Array, points_px: Array, sigma_px: Array, timing_sigma_s: float = 0.0) -> ImageFall:
    """Fit a fall under gravity.

    Args:
        times_s: (N,) times, five or more, ascending.
        points_px: (N, 2) x and y.
        sigma_px: (N,) expected error of each coordinate.
        timing_sigma_s: Expected error of the times.
    """
    span = times_s[-1] - times_s[0]
    tops = times_s[0] + np.concatenate([-np.geomspace(1.6, 0.02, _TOPS - 6), np.linspace(0.0, 0.35 * span, 6)])
    best = _search(times_s, points_px, sigma_px, timing_sigma_s, tops, np.linspace(0.0, 0.93, _APPROACHES), even=False)
    step_s, step_share = 0.08 + 0.08 * abs(times_s[0] - best.top_s), 0.08
    for _ in range(_REFINEMENTS):
        tops = best.top_s + np.linspace(-step_s, step_s, 15)
        share = best.approach * _largest(times_s[-1] - best.top_s)
        shares = np.clip(share + np.linspace(-step_share, step_share, 9), 0.0, 0.97)
        best = _search(times_s, points_px, sigma_px, timing_sigma_s, tops, shares, even=False)
        step_s, step_share = step_s / 4, step_share / 4
    return best


def fit_even(times_s: Array, points_px: Array, sigma_px: Array, timing_sigma_s: float = 0.0) -> ImageFall:
    """Fit an even motion seen in perspective: what a car, a bird or a gondola does. Arguments as in `fit_fall`."""
    path = times_s, points_px, sigma_px, timing_sigma_s
    shares = np.concatenate([-np.geomspace(3.0, 0.1, 8), np.linspace(0.0, 0.95, 24)])
    best = _search(*path, times_s[:1], shares, even=True)
    span_s = times_s[-1] - times_s[0]
    # As wide as the grid is there, then finer: between its lines a car that comes near is missed by a pixel or two.
    step = 0.05 + 0.6 * max(-best.approach * span_s, 0.0)
    for _ in range(_REFINEMENTS):
        shares = np.minimum(best.approach * span_s + np.linspace(-step, step, 15), 0.97)
        best = min(best, _search(*path, times_s[:1], shares, even=True), key=lambda fit: fit.chi)
        step /= 6
    return best


def expected_errors_px(times_s: Array, points_px: Array, sigma_px: Array, timing_sigma_s: float) -> Array:
    """Tell the (N,) expected errors of points, of which those of their times are a part. Arguments as in `fit_fall`."""
    speed = np.abs(np.gradient(points_px[:, 1], times_s)) if len(times_s) > 1 else np.zeros(1)
    return np.asarray(np.hypot(sigma_px, speed * timing_sigma_s))


def robust_errors(miss_px: Array, sigma_px: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Sum up (..., N) distances from a path by their errors: chi, residual_px and inliers as in `ImageFall`."""
    ratio = miss_px / sigma_px
    factor = _weights(ratio)
    mass = factor.sum(axis=-1)
    chi = np.sqrt((factor * ratio**2).sum(axis=-1) / mass)
    residual = np.sqrt((factor * miss_px**2).sum(axis=-1) / mass)
    return chi, residual, ratio < 2 * _ROBUST


def _weights(ratio: Array) -> Array:
    """Weigh points by how many deviations they are off (Huber's weights, squared)."""
    return np.asarray(np.minimum(1.0, _ROBUST / np.maximum(ratio, 1e-9)) ** 2)


def _largest(tau_s: float) -> float:
    return tau_s**2 / 2


def _search(
    times_s: Array,
    points_px: Array,
    sigma_px: Array,
    timing_sigma_s: float,
    tops_s: Array,
    shares: Array,
    *,
    even: bool,
) -> ImageFall:
    """Try every top with every approach; an approach is given as the share of what would reach the camera."""
    sigma = expected_errors_px(times_s, points_px, sigma_px, timing_sigma_s)
    reach = np.abs(times_s - tops_s[:, None]).max(axis=1)
    approaches = shares / np.maximum(reach if even else reach**2 / 2, 1e-9)[:, None]
    costs = _costs(times_s, tops_s, approaches, points_px, sigma, even=even)
    # The best two approaches of every top, and of those the best: reweighting is dear, so only they are finished.
    chosen = np.argsort(costs, axis=1)[:, :2]
    rows = np.repeat(np.arange(len(tops_s)), chosen.shape[1])
    columns = chosen.ravel()
    finalists = np.argsort(costs[rows, columns], kind="stable")[:_FINALISTS]
    rows, columns = rows[finalists], columns[finalists]
    fits = _robust(times_s, tops_s[rows], approaches[rows, columns], points_px, sigma, even=even)
    best = min((fit for fit in fits if even or not _rises(fit)), key=lambda fit: fit.chi, default=None)
    # What only rises is no fall.
    none = np.zeros(len(times_s), bool)
    return best or replace(fits[0], chi=math.inf, residual_px=math.inf, inliers=none)


def _costs(times_s: Array, tops_s: Array, approaches: Array, points_px: Array, sigma: Array, *, even: bool) -> Array:
    """Fit every one of (T, A) approaches to (T,) tops, all at once; return the mean miss of each, (T, A)."""
    shape = approaches.shape
    tau = np.repeat(times_s - tops_s[:, None], shape[1], axis=0)
    basis_y, basis_x = _basis(tau, approaches.ravel(), even=even)
    weights = np.broadcast_to(1 / sigma**2, tau.shape)
    along_y = _solve(basis_y, points_px[:, 1], weights)
    along_x = _solve(basis_x, points_px[:, 0], weights)
    miss_y = (basis_y @ along_y[:, :, None])[:, :, 0] - points_px[:, 1]
    miss_x = (basis_x @ along_x[:, :, None])[:, :, 0] - points_px[:, 0]
    # The mean of absolute misses, not of squares: one ghost must not choose the top of the fall.
    cost = (np.hypot(miss_y, miss_x) / sigma).mean(axis=1)
    if not even:
        cost = np.where(along_y[:, 1] + approaches.ravel() * along_y[:, 0] <= 0, _RISING_COST + cost, cost)
    return np.asarray(cost.reshape(shape))


def _rises(fit: ImageFall) -> bool:
    """Tell whether gravity would pull up along the motion: such a fit is none."""
    return bool(fit.along_y[1] + fit.approach * fit.along_y[0] <= 0)


def _basis(tau: Array, approaches: Array, *, even: bool) -> tuple[Array, Array]:
    """Make the (B, N, 2) basis of y and the (B, N, 3) basis of x for B approaches, each with its (B, N) times."""
    parameter = tau if even else tau**2 / 2
    scale = 1 / np.maximum(1 - approaches[:, None] * parameter, 1e-3)
    ones = np.ones_like(tau)
    third = np.zeros_like(tau) if even else parameter
    basis_y = np.stack([ones, parameter], axis=2) * scale[:, :, None]
    basis_x = np.stack([ones, tau, third], axis=2) * scale[:, :, None]
    return basis_y, basis_x


def _solve(basis: Array, values: Array, weights: Array) -> Array:
    """Solve least squares for a stack of (B, N, K) bases with weights (B, N); returns (B, K)."""
    weighted = basis * weights[:, :, None]
    normal = weighted.transpose(0, 2, 1) @ basis
    size = basis.shape[2]
    ridge = 1e-9 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(size)
    right = weighted.transpose(0, 2, 1) @ values
    return np.asarray(np.linalg.solve(normal + ridge, right[:, :, None])[:, :, 0])


def _robust(
    times_s: Array, tops_s: Array, approaches: Array, points_px: Array, sigma: Array, *, even: bool
) -> list[ImageFall]:
    """Fit with Tukey-like reweighting (Huber's weights) so that some wrong points do not bend the path; B at once."""
    basis_y, basis_x = _basis(times_s - tops_s[:, None], approaches, even=even)
    base = 1 / sigma**2
    ratio = np.zeros(basis_y.shape[:2])
    for _ in range(_ROUNDS):
        weights = base * _weights(ratio)
        along_y = _solve(basis_y, points_px[:, 1], weights)
        along_x = _solve(basis_x, points_px[:, 0], weights)
        miss_y = (basis_y @ along_y[:, :, None])[:, :, 0] - points_px[:, 1]
        miss_x = (basis_x @ along_x[:, :, None])[:, :, 0] - points_px[:, 0]
        miss = np.hypot(miss_y, miss_x)
        ratio = miss / sigma
    chi, residual, inliers = robust_errors(miss, sigma)
    return [
        ImageFall(float(chi[i]), float(residual[i]), float(tops_s[i]), float(approaches[i]), y, x, inliers[i])
        for i, (y, x) in enumerate(zip(along_y, along_x, strict=True))
    ]

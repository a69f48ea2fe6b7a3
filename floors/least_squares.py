"""Robust non-linear least squares for small dense problems with long curved valleys.

The release of a fall that is seen late lies at the end of a narrow bent valley (time, upward speed, height and distance
trade against each other), in which plain Levenberg-Marquardt creeps. Each step therefore gets a second-order
correction along the valley: Transtrum and Sethna, "Improvements to the Levenberg-Marquardt algorithm for nonlinear
least-squares minimization" (2012), geodesic acceleration. Weights of outliers after Huber (1964).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Takes parameters before and after a step; gives those to try.
Confine = Callable[[Array, Array], Array]

_SMALLEST_GAIN = 2e-3
_WORTH_BENDING = 0.02
_PROBE = 0.1
_MOST_BEND = 0.75
_HARDER, _EASIER = 3.0, 5.0
_MAX_DAMPING = 1e8
_FIRST_STEPS = 8
_HUBER = 2.5
_MEDIAN_LENGTH = 1.18  # of a pair of unit normal numbers


class Model(Protocol):
    """What is fitted: M residuals, in units of their standard deviations, of P parameters."""

    def residuals(self, parameters: Array) -> Array:
        """Give the residuals (M,); not finite where the parameters are impossible."""
        ...

    def linearise(self, parameters: Array) -> tuple[Array, Array]:
        """Give the residuals (M,) and their Jacobian (M, P)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the solver stopped.

    Attributes:
        parameters: (P,) best parameters.
        covariance: (P, P) of the parameters, for residuals of unit variance.
        residuals: (M,) at the best parameters, unweighted.
        cost: Half the robust sum of squares.
    """

    parameters: Array
    covariance: Array
    residuals: Array
    cost: float


def solve(
    model: Model,
    start: Array,
    pairs: int = 0,
    confine: Confine | None = None,
    rounds: int = 60,
    give_up: float = np.inf,
) -> Solution | None:
    """Minimise the sum of squared residuals.

    Args:
        model: Gives residuals and Jacobian.
        start: (P,) first guess.
        pairs: The first 2 * pairs residuals are (x, y) of that many measured points, which may be outliers: they
            are weighted by Huber's loss on their length. The rest count in full.
        confine: Bends a step that leaves what is possible.
        rounds: Most steps that are tried.
        give_up: Cost over which it is hopeless after the first steps: then the solver stops, to spare time.

    Returns:
        The solution; None where the model is not finite at the start.
    """
    parameters = start
    residuals, jacobian = model.linearise(parameters)
    if not np.all(np.isfinite(residuals)):
        return None
    damping = 1e-3
    for turn in range(rounds):
        threshold = _threshold(residuals, pairs)
        cost, weights = _robust(residuals, pairs, threshold)
        if turn >= _FIRST_STEPS and cost > give_up:
            break
        local = _Local(residuals, jacobian, weights, damping)
        if local.gain < _SMALLEST_GAIN:
            break
        step = local.bend(model, parameters) if local.gain > _WORTH_BENDING else local.step
        accepted = False
        if step is not None:
            trial = parameters + step if confine is None else confine(parameters, parameters + step)
            trial_residuals, trial_jacobian = model.linearise(trial)
            accepted = _robust(trial_residuals, pairs, threshold)[0] <= cost
        if accepted:
            parameters, residuals, jacobian = trial, trial_residuals, trial_jacobian
            damping = max(damping / _EASIER, 1e-9)
        else:
            damping *= _HARDER
            if damping > _MAX_DAMPING:
                break
    cost, weights = _robust(residuals, pairs, _HUBER)
    normal = (jacobian * weights[:, None]).T @ jacobian
    covariance: Array = np.linalg.pinv(normal, hermitian=True).astype(np.float64)
    return Solution(parameters, covariance, residuals, cost)


class _Local:
    """The problem linearised at one place, damped."""

    def __init__(self, residuals: Array, jacobian: Array, weights: Array, damping: float) -> None:
        self._residuals = residuals
        self._jacobian = jacobian
        self._weighted = jacobian * weights[:, None]
        normal = self._weighted.T @ jacobian
        self._scale = np.diag(normal) + 1e-12
        self._inverse = np.linalg.inv(normal + damping * np.diag(self._scale))
        gradient = self._weighted.T @ residuals
        self.step: Array = -self._inverse @ gradient
        self.gain = float(-(gradient @ self.step))

    def bend(self, model: Model, parameters: Array) -> Array | None:
        """Correct the step for the curvature along it; None where the step is too long for that to hold."""
        probe = model.residuals(parameters + _PROBE * self.step)
        if not np.all(np.isfinite(probe)):
            return self.step
        curvature = 2 / _PROBE * ((probe - self._residuals) / _PROBE - self._jacobian @ self.step)
        correction: Array = -0.5 * self._inverse @ (self._weighted.T @ curvature)
        if 2 * self._length(correction) > _MOST_BEND * self._length(self.step):
            return None
        return self.step + correction

    def _length(self, step: Array) -> float:
        return float(np.sqrt(step @ (self._scale * step)))


def _threshold(residuals: Array, pairs: int) -> float:
    """Give the length over which a point is an outlier: wide while most points are far off, so that all pull."""
    points = residuals[: 2 * pairs].reshape(-1, 2)
    middle = float(np.median((points * points).sum(axis=1))) if pairs else 0.0
    return _HUBER * max(1.0, float(np.sqrt(middle)) / _MEDIAN_LENGTH)


def _robust(residuals: Array, pairs: int, threshold: float) -> tuple[float, Array]:
    """Give half the robust sum of squares and the weights (M,) that make the plain one equal in slope."""
    weights = np.ones_like(residuals)
    if not np.all(np.isfinite(residuals)):
        return np.inf, weights
    points = residuals[: 2 * pairs].reshape(-1, 2)
    lengths = np.sqrt((points * points).sum(axis=1))
    far = lengths > threshold
    rest = residuals[2 * pairs :]
    losses = np.where(far, threshold * (lengths - 0.5 * threshold), 0.5 * lengths * lengths)
    weights[: 2 * pairs] = np.repeat(np.where(far, threshold / np.maximum(lengths, threshold), 1.0), 2)
    return float(losses.sum() + 0.5 * (rest @ rest)), weights

"""From a release height with its error to probabilities of floors and units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.origin import Candidate, Origin

Array = NDArray[np.float64]

_FREEDOM = 8.0
_INTERVAL = 0.9
_TOLD = 0.99
# Hands release between the slab and over the head, mostly over a sill: metres above the slab, relative density.
_REACH_M = (0.0, 0.7, 0.9, 1.9, 2.2)
_REACH_DENSITY = (0.3, 0.6, 1.0, 1.0, 0.3)
_REACH_STEP_M = 0.05
_LEAST_SIGMA_M = 0.05


@dataclass(frozen=True, slots=True)
class Column:
    """A unit's span along the facade, in the unit of the estimate that it is compared with."""

    name: str
    left: float
    right: float


def posterior(
    height_m: float,
    height_sigma_m: float,
    boundaries_m: Sequence[float],
    x: float | None = None,
    x_sigma: float = 0.0,
    columns: Sequence[Column] = (),
) -> Origin:
    """Give the probabilities of floors and units.

    The errors have the tails of Student's t, so that one wrong assumption does not exclude a household.

    Args:
        height_m: Release height, metres over the ground.
        height_sigma_m: Its standard deviation.
        boundaries_m: Borders between floors, rising, the lower edge of floor 1 first.
        x: Where along the facade it was released; None where that is unknown.
        x_sigma: Its standard deviation.
        columns: Units, in the same unit as `x`; none where the site names none.
    """
    floors = floor_probabilities(height_m, height_sigma_m, boundaries_m)
    units: list[tuple[str | None, float]] = [(None, 1.0)]
    if columns:
        units = list(zip([column.name for column in columns], _units(x, x_sigma, columns), strict=True))
    low, high = _interval(floors)
    joint = [
        Candidate(index + 1, name, float(floor) * share) for index, floor in enumerate(floors) for name, share in units
    ]
    joint.sort(key=lambda candidate: -candidate.probability)
    told = np.cumsum([candidate.probability for candidate in joint])
    kept = tuple(joint[: int(np.searchsorted(told, _TOLD)) + 1])
    best_floor = int(np.argmax(floors)) + 1
    best = next(candidate for candidate in joint if candidate.floor == best_floor)
    return Origin(best_floor, low, high, best.unit, best.probability, kept)


def floor_probabilities(height_m: float, height_sigma_m: float, boundaries_m: Sequence[float]) -> Array:
    """Give the probability (F,) of each floor."""
    borders = np.asarray(boundaries_m, dtype=np.float64)
    sigma = max(height_sigma_m, _LEAST_SIGMA_M)
    odds = np.empty(len(borders) - 1)
    for index, (slab, ceiling) in enumerate(zip(borders, borders[1:], strict=False)):
        above = np.arange(0.5 * _REACH_STEP_M, min(_REACH_M[-1], ceiling - slab), _REACH_STEP_M)
        prior = np.interp(above, _REACH_M, _REACH_DENSITY)
        misses = (height_m - slab - above) / sigma
        log_likelihood = -0.5 * (_FREEDOM + 1) * np.log1p(misses * misses / _FREEDOM)
        odds[index] = float(prior @ np.exp(log_likelihood)) / float(prior.sum())
    result: Array = odds / odds.sum()
    return result


def _units(x: float | None, x_sigma: float, columns: Sequence[Column]) -> list[float]:
    """Share the probability among units; the outer ones have all beyond them."""
    if x is None:
        return [1.0 / len(columns)] * len(columns)
    sigma = max(x_sigma, 1e-3)
    shares = []
    for column in columns:
        nearest = min(max(x, column.left), column.right)
        inside = _between((column.left - x) / sigma, (column.right - x) / sigma)
        # What lies beside all windows belongs to the nearest one.
        beyond = (1 + ((nearest - x) / sigma) ** 2 / _FREEDOM) ** (-0.5 * (_FREEDOM + 1))
        shares.append(inside + 1e-6 * beyond)
    total = sum(shares)
    return [share / total for share in shares]


def _between(low: float, high: float) -> float:
    """Tell the chance that a number of Student's t distribution of eight degrees of freedom lies between two."""
    if low < 0 < high:
        return 1.0 - _beyond(low) - _beyond(high)
    return abs(_beyond(low) - _beyond(high))


def _beyond(deviations: float) -> float:
    """Tell the chance that such a number lies beyond one, on its own side of 0.

    That is (1 - s p) / 2 (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.4). Multiplied by 1 + s p and
    divided by it, what far out would be the difference of two equal numbers is a sum: exact as far as one can see.
    """
    y = _FREEDOM / (_FREEDOM + deviations**2)
    s, p = abs(deviations) / math.sqrt(_FREEDOM + deviations**2), 1 + y * (1 / 2 + y * (3 / 8 + y * 5 / 16))
    return y**4 * (35 / 64 + y * (7 / 32 + y * (35 / 256 + y * 25 / 256))) / (1 + s * p) / 2


def _interval(floors: Array) -> tuple[int, int]:
    """Give the shortest run of floors that has 90 %; of several the most probable."""
    sums = np.concatenate(([0.0], np.cumsum(floors)))
    for length in range(1, len(floors) + 1):
        shares = sums[length:] - sums[:-length]
        best = int(np.argmax(shares))
        if shares[best] >= _INTERVAL - 1e-12:
            return best + 1, best + length
    return 1, len(floors)

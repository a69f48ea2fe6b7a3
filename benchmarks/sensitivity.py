"""How faint an object may be: recall over signal to noise, beside what no detector can do better.

The signal to noise of one frame is the output of a filter matched to the object over its standard deviation; the truth
of the suite `sensitivity` tells it, measured in the decoded pictures. Integration along a known path over N frames
gains a factor of sqrt(N), so in white Gaussian noise the ideal detector finds an object with probability

    P(found) = Q(threshold - snr * sqrt(N)),    threshold = Q^-1(P(false)),

Q being the upper tail of the normal distribution (Kay, Fundamentals of Statistical Signal Processing, vol. II:
Detection Theory, 1998, section 4.3, the energy of the signal being N snr^2). It is asked once a frame whether a fall
begins, and P(false) is such that it errs as often as is aimed at. It is told the path, the shape and the noise, and
looks at one path alone: a detector must search all of them, so it lies above the bound by what searching costs.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

import numpy as np
from numpy.typing import NDArray

from benchmarks.goals import FALSE_ALARMS_AN_HOUR
from benchmarks.scoring import ClipScore

Array = NDArray[np.float64]

LEAST_SNR = 0.05
_QUESTIONS_AN_HOUR = 25 * 3600
_WIDTHS = np.geomspace(0.02, 1.0, 60)
_MIDDLES = 400
_BEYOND = 4.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A true fall of known signal to noise: frames in which it is in view, and whether a confirmed one matches it."""

    snr: float
    frames: int
    found: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Recall over signal to noise, as a logistic curve in its logarithm.

    Attributes:
        trials: Falls.
        found: Those found.
        snr_50: Where half is found; None where all or none are, so that there is no such place.
        low: Lower end of its 95 % interval.
        high: Upper end.
        width: Width of the curve, in the natural logarithm of the signal to noise.
    """

    trials: tuple[Trial, ...]
    found: int
    snr_50: float | None
    low: float | None
    high: float | None
    width: float | None

    def recall(self, snr: float) -> float | None:
        """Tell the fitted recall."""
        if self.snr_50 is None or self.width is None:
            return None
        return float(_logistic(math.log(max(snr, LEAST_SNR)), np.array(math.log(self.snr_50)), np.array(self.width)))


def measure_sensitivity(scores: Iterable[ClipScore]) -> Sensitivity | None:
    """Fit recall over signal to noise; None where no truth tells it."""
    trials = tuple(
        Trial(fall.snr, len(fall.path), found)
        for score in scores
        for fall, found in score.falls_found
        if fall.snr is not None
    )
    return fit_sensitivity(trials) if trials else None


def fit_sensitivity(trials: Sequence[Trial]) -> Sensitivity:
    """Fit a logistic curve in the logarithm of the signal to noise.

    Places are medians and 95 % intervals of the posterior under even priors over the logarithms of middle and width
    (Gelman et al., Bayesian Data Analysis, section 3.7): where the found are wholly apart from the missed, the
    likeliest curve is a step of no width, and its usual interval means nothing.
    """
    found = np.array([trial.found for trial in trials])
    if found.all() or not found.any():
        return Sensitivity(tuple(trials), int(found.sum()), None, None, None, None)
    places = np.log(np.maximum([trial.snr for trial in trials], LEAST_SNR))
    middles = np.linspace(places.min() - math.log(_BEYOND), places.max() + math.log(_BEYOND), _MIDDLES)
    likelihood = np.zeros((len(middles), len(_WIDTHS)))
    for place, was_found in zip(places.tolist(), found.tolist(), strict=True):
        share = np.clip(_logistic(place, middles[:, None], _WIDTHS[None, :]), 1e-12, 1 - 1e-12)
        likelihood += np.log(share if was_found else 1 - share)
    posterior = np.exp(likelihood - likelihood.max())
    low, middle, high = np.exp(_quantiles(middles, posterior.sum(axis=1), (0.025, 0.5, 0.975))).tolist()
    (width,) = np.exp(_quantiles(np.log(_WIDTHS), posterior.sum(axis=0), (0.5,))).tolist()
    return Sensitivity(tuple(trials), int(found.sum()), middle, low, high, width)


def ideal_recall(snr: float, frames: int, false_alarms_an_hour: float = FALSE_ALARMS_AN_HOUR) -> float:
    """Tell with which probability the ideal detector finds an object that is in view in so many frames."""
    return 1.0 - NormalDist().cdf(_threshold(false_alarms_an_hour) - snr * math.sqrt(frames))


def ideal_snr_50(frames: int, false_alarms_an_hour: float = FALSE_ALARMS_AN_HOUR) -> float:
    """Tell the signal to noise at which the ideal detector finds half."""
    return _threshold(false_alarms_an_hour) / math.sqrt(frames)


def half_text(one: Sensitivity) -> str:
    """Write where half is found, with its interval."""
    if one.snr_50 is None:
        return "finds all" if one.found else "finds none"
    return f"half at {one.snr_50:.2f} ({one.low:.2f} to {one.high:.2f})"


def typical_frames(trials: Sequence[Trial]) -> int:
    """Tell the median number of frames that a fall is in view."""
    return round(median(trial.frames for trial in trials))


def ratio_to_best(ours: Sensitivity, others: Iterable[Sensitivity | None]) -> float | None:
    """Divide the signal to noise at which we find half by the least of the others.

    Returns:
        The ratio; below 1 is better. None where there is none: one who finds nothing has no such place.
    """
    places = [other.snr_50 for other in others if other is not None and other.snr_50 is not None]
    return ours.snr_50 / min(places) if places and ours.snr_50 is not None else None


def _threshold(false_alarms_an_hour: float) -> float:
    return -NormalDist().inv_cdf(false_alarms_an_hour / _QUESTIONS_AN_HOUR)


def _logistic(place: float, middle: Array, width: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(np.clip((middle - place) / width, -700.0, 700.0))))


def _quantiles(values: Array, weights: Array, shares: Sequence[float]) -> Array:
    return np.interp(shares, (np.cumsum(weights) - weights / 2) / weights.sum(), values)

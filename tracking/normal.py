"""The normal distribution by the standard library: `scipy.special` takes 23 MB in the process of each camera."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LOWEST = -37.0
"""Below this the chance is too small for a double, and anything so unlikely is as good as anything else."""
_ROOT_HALF = math.sqrt(0.5)


def log_normal_cdf(deviations: float) -> float:
    """Tell the logarithm of the chance that a standard normal number is below `deviations`, exact in both tails."""
    if deviations > 0:
        return math.log1p(-math.erfc(deviations * _ROOT_HALF) / 2)
    return math.log(math.erfc(-max(deviations, _LOWEST) * _ROOT_HALF) / 2)


def log_normal_cdfs(deviations: Array) -> Array:
    """Tell that of each number of an array, which may have any shape; the strengths of a frame are a few hundred."""
    logarithms = [log_normal_cdf(each) for each in deviations.ravel().tolist()]
    return np.array(logarithms, np.float64).reshape(deviations.shape)

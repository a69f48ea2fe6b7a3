"""How well a detection's strength fits a track: what clutter makes is mostly just seen, an object keeps its strength.

Amplitude information in the likelihood ratio, after Lerro & Bar-Shalom, IEEE Trans. AES 29 (1993). Strength is the
logarithm of a detection's signal to threshold, 0 for what is just seen.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tracking.normal import log_normal_cdfs

Array = NDArray[np.float64]

CLUTTER_DECAY = 2.5
"""Clutter's strength falls off exponentially; measured at 2.2 to 2.9 on recordings of trees, rain and walls."""
OBJECT_SIGMA = 0.8
"""An object turns and passes bright and dark walls: its strength varies by a factor of two."""
START_STRENGTH = 1.2


def log_chance_seen(expected: Array) -> Array:
    """Tell the logarithms of the chances that objects of expected mean strengths are seen: below 0 nothing is."""
    return log_normal_cdfs(expected / OBJECT_SIGMA)


def strength_gain(strength: Array, expected: Array, log_seen: Array) -> Array:
    """Tell the log-likelihood ratio of strengths under an object of the expected strength against clutter.

    Args:
        strength: Strengths of detections.
        expected: Mean strengths of tracks; all shapes broadcast against each other.
        log_seen: What `log_chance_seen` tells of those; it costs most, and a track has many detections in reach.
    """
    deviation = (strength - expected) / OBJECT_SIGMA
    # What is only just seen has half of a normal distribution.
    of_object = -0.5 * deviation**2 - math.log(OBJECT_SIGMA * math.sqrt(2 * math.pi)) - log_seen
    return np.asarray(of_object + CLUTTER_DECAY * strength - math.log(CLUTTER_DECAY))


def follow(expected: Array, measured: Array | NDArray[np.int64]) -> Array:
    """Move what a track is expected to show, its strength or extent, a fifth of the way towards what was measured."""
    return np.asarray(expected + 0.2 * (measured - expected))

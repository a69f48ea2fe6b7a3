"""How well a detection's extent fits a track: noise makes single pixels, and an object keeps its size.

Extent is the binary logarithm of a detection's area in pixels, rounded: what clutter makes is counted by it
(`tracking.clutter`), so a blob of four pixels among ten thousand specks of one stands out as what it is.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLASSES = 7
"""Extents told apart: 1, 2, 3 to 5, 6 to 11, 12 to 22, 23 to 45 and more pixels of area."""
OBJECT_SIGMA = 1.0
"""The area of an object that turns, smears and passes bright and dark walls varies by a factor of two."""
_EXTENTS = np.arange(CLASSES)


def extents(area_px: Array) -> NDArray[np.int64]:
    """Class (M,) areas, pixels of 1 and more, from 0 on."""
    return np.minimum(np.rint(np.log2(np.maximum(area_px, 1.0))), CLASSES - 1).astype(np.int64)


def log_weights(expected: Array) -> Array:
    """Tell the logarithms of the sums of the weights of all extents, for objects whose mean extents are expected."""
    weight = -0.5 * ((_EXTENTS - expected[..., None]) / OBJECT_SIGMA) ** 2
    return np.asarray(np.log(np.exp(weight).sum(axis=-1)))


def extent_chance(extent: Array | NDArray[np.int64], expected: Array, log_weight: Array) -> Array:
    """Tell the logarithm of the probability of extents of an object whose mean extent is expected.

    Args:
        extent: Extents of detections.
        expected: Mean extents of tracks; all shapes broadcast against each other.
        log_weight: What `log_weights` tells of those.
    """
    return np.asarray(-0.5 * ((extent - expected) / OBJECT_SIGMA) ** 2 - log_weight)

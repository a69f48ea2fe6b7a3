"""Which detection belongs to which track: by predicted position, never by overlap.

A falling object moves many times its own size between two frames, so boxes of consecutive frames do not touch.
"""

import numpy as np
from numpy.typing import NDArray

from tracking.linear_assignment import linear_sum_assignment

Array = NDArray[np.float64]
GATE = 30.0
"""Squared Mahalanobis distance beyond which a detection cannot belong to a track.

Wide: the likelihood decides, and a camera that loses a frame shows a strong object 4.5 deviations ahead."""

_NEVER = -1e6


def squared_mahalanobis(predicted: Array, spread: Array, position: Array) -> tuple[Array, Array]:
    """Measure every position against every prediction.

    Args:
        predicted: (N, 2) predicted positions.
        spread: (N, 2, 2) innovation covariances.
        position: (M, 2) measured positions.

    Returns:
        (N, M) squared Mahalanobis distances and (N,) log determinants of the covariances.
    """
    a, b, d = spread[:, 0, 0, None], spread[:, 0, 1, None], spread[:, 1, 1, None]
    determinant = a * d - b * b
    x = position[None, :, 0] - predicted[:, 0, None]
    y = position[None, :, 1] - predicted[:, 1, None]
    return (d * x * x - 2 * b * x * y + a * y * y) / determinant, np.log(determinant[:, 0])


def assign(gain: Array) -> list[tuple[int, int]]:
    """Pair tracks and detections so that their joint likelihood is the largest.

    Args:
        gain: (N, M) log-likelihood gains of track n taking detection m; -inf where that cannot be.

    Returns:
        Pairs (track, detection).
    """
    if not gain.size:
        return []
    rows, columns = linear_sum_assignment(np.where(np.isfinite(gain), gain, _NEVER), maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if np.isfinite(gain[r, c])]

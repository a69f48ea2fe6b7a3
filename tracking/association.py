"""Which detection belongs to which track: by predicted position, never by overlap.

A falling object moves many times its own size between two frames, so boxes of consecutive frames do not touch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    step = position.T[:, None, :] - predicted.T[:, :, None]
    distance, log_determinant = _squared_mahalanobis(step[0], step[1], spread[:, None])
    return distance, log_determinant[:, 0]


def _squared_mahalanobis(across: Array, along: Array, spread: Array) -> tuple[Array, Array]:
    """Measure (...) steps by (..., 2, 2) covariances: squared distances, and log determinants."""
    a, b, d = spread[..., 0, 0], spread[..., 0, 1], spread[..., 1, 1]
    determinant = a * d - b * b
    distance = (d * across * across - 2 * b * across * along + a * along * along) / determinant
    return distance, np.log(determinant)


@dataclass(frozen=True, slots=True)
class GatedPairs:
    """P pairs of a track and a detection within its gate, ordered by track, then by detection.

    Attributes:
        track: (P,) indices of tracks.
        detection: (P,) indices of detections.
        distance: (P,) squared Mahalanobis distances.
        log_determinant: (P,) logarithms of the determinants of the tracks' innovation covariances.
    """

    track: NDArray[np.int64]
    detection: NDArray[np.int64]
    distance: Array
    log_determinant: Array


def gated_pairs(predicted: Array, spread: Array, position: Array) -> GatedPairs:
    """Find the detections in reach of each of many tracks. Arguments as of `squared_mahalanobis`.

    Along each axis alone no point of the gate's ellipse is farther off than its deviation there times the gate's root,
    so a box tells most pairs apart before anything is squared.
    """
    # By columns throughout: NumPy chooses from one in a fifteenth of the time of rows of two.
    x, y = position.T
    predicted_x, predicted_y = predicted.T
    reach_x, reach_y = np.sqrt(GATE * spread[:, 0, 0]), np.sqrt(GATE * spread[:, 1, 1])
    track, detection = inside_spans(y, predicted_y - reach_y, predicted_y + reach_y)
    near = np.flatnonzero(np.abs(x[detection] - predicted_x[track]) <= reach_x[track])
    track, detection = in_order(track[near], detection[near], len(position))
    across, along = x[detection] - predicted_x[track], y[detection] - predicted_y[track]
    distance, log_determinant = _squared_mahalanobis(across, along, spread.take(track, axis=0))
    inside = distance <= GATE
    return GatedPairs(track[inside], detection[inside], distance[inside], log_determinant[inside])


def inside_spans(values: Array, low: Array, high: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find which of (M,) values lie in each of N spans, from (N,) `low` to (N,) `high`, both included.

    Sorting once and listing what lies between costs a tenth of asking every pair, where few of them match.

    Returns:
        (P,) indices of spans and (P,) indices of values, ordered by span, then by value.
    """
    order = np.argsort(values)
    ordered = values[order]
    first = np.searchsorted(ordered, low, "left")
    count = np.maximum(np.searchsorted(ordered, high, "right") - first, 0)
    span = np.repeat(np.arange(len(low)), count)
    return span, order[np.arange(len(span)) + np.repeat(first - np.cumsum(count) + count, count)]


def in_order(
    first: NDArray[np.int64], second: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order (P,) pairs of indices by the first, then by the second, of which there are `count`."""
    both = np.sort(first * count + second)
    first = both // count
    return first, both - first * count


def assign(gain: Array) -> list[tuple[int, int]]:
    """Pair tracks and detections so that their joint likelihood is the largest.

    Args:
        gain: (N, M) log-likelihood gains of track n taking detection m; -inf where that cannot be.

    Returns:
        Pairs (track, detection).
    """
    if not gain.size:
        return []
    # With the first track that lives, as `tracking.track_filter`.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.where(np.isfinite(gain), gain, _NEVER), maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if np.isfinite(gain[r, c])]

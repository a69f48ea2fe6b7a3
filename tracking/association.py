"""Which detection belongs to which track: by predicted position, never by overlap.

A falling object moves many times its own size between two frames, so boxes of consecutive frames do not touch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

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
    step = position[None, :, :] - predicted[:, None, :]
    distance, log_determinant = _squared_mahalanobis(step, spread[:, None])
    return distance, log_determinant[:, 0]


def _squared_mahalanobis(step: Array, spread: Array) -> tuple[Array, Array]:
    """Measure (..., 2) steps by (..., 2, 2) covariances: squared distances, and log determinants."""
    a, b, d = spread[..., 0, 0], spread[..., 0, 1], spread[..., 1, 1]
    determinant = a * d - b * b
    x, y = step[..., 0], step[..., 1]
    return (d * x * x - 2 * b * x * y + a * y * y) / determinant, np.log(determinant)


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
    across, along = np.sqrt(GATE * spread[:, 0, 0]), np.sqrt(GATE * spread[:, 1, 1])
    track, detection = inside_spans(position[:, 1], predicted[:, 1] - along, predicted[:, 1] + along)
    near = np.abs(position[detection, 0] - predicted[track, 0]) <= across[track]
    track, detection = track[near], detection[near]
    distance, log_determinant = _squared_mahalanobis(position[detection] - predicted[track], spread[track])
    inside = distance <= GATE
    return GatedPairs(track[inside], detection[inside], distance[inside], log_determinant[inside])


def inside_spans(values: Array, low: Array, high: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find which of (M,) values lie in each of N spans, from (N,) `low` to (N,) `high`, both included.

    Sorting once and listing what lies between costs a tenth of asking every pair, where few of them match.

    Returns:
        (P,) indices of spans and (P,) indices of values, ordered by both.
    """
    order = np.argsort(values)
    ordered = values[order]
    first = np.searchsorted(ordered, low, "left")
    count = np.maximum(np.searchsorted(ordered, high, "right") - first, 0)
    span = np.repeat(np.arange(len(low)), count)
    value = order[np.arange(len(span)) + np.repeat(first - np.cumsum(count) + count, count)]
    sequence = np.sort(span * len(values) + value)
    return span, sequence - span * len(values)


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

"""When a fall found is a true one: the rule of the contract, and nothing else."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tracking.fall import PathPoint

TOLERANCE_PX = 15.0
REFERENCE_HEIGHT_PX = 1080
SHARE_OF_TIMES = 0.4
FEWEST_HITS = 5
SHARE_OF_DESCENT = 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a fall found follows a true one that it matches.

    Attributes:
        hits: At how many of the truth's times it lies within the tolerance.
        median_px: Median distance over the truth's times inside its own span, pixels.
    """

    hits: int
    median_px: float


def hits_needed(true_times: int) -> int:
    """Count the hits that a true fall with so many times asks for: 40 % of all of them, and five at least."""
    return max(FEWEST_HITS, math.ceil(round(SHARE_OF_TIMES * true_times, 9)))


def agree(
    found_path: Sequence[tuple[float, float, float]], true_path: Sequence[PathPoint], frame_height_px: int
) -> Agreement | None:
    """Compare a path found with a true one; None where they do not match.

    The path found is interpolated linearly at the truth's times that lie inside its own span, ends included. The
    tolerance at a time is the larger of 15 px (scaled up with frames higher than 1080) and the object's size then. As
    the tolerance may differ from time to time, "the median distance is within it" is read as: the median of distance /
    tolerance is at most 1; where the tolerance is the same all along this is the plain median. The descent is that
    from the first to the last of the truth's times inside, down positive, for both.

    Args:
        found_path: (time_s, x_px, y_px) in order of time.
        true_path: In order of time.
        frame_height_px: Height of the frame, pixels.
    """
    times_s, x_px, y_px = np.asarray(found_path, dtype=np.float64).T
    truth = np.asarray([(p.time_s, p.x_px, p.y_px, p.size_px) for p in true_path], dtype=np.float64)
    inside = truth[(truth[:, 0] >= times_s[0]) & (truth[:, 0] <= times_s[-1])]
    needed = hits_needed(len(truth))
    if len(inside) < needed:
        return None
    found_x_px = np.interp(inside[:, 0], times_s, x_px)
    found_y_px = np.interp(inside[:, 0], times_s, y_px)
    distance_px = np.hypot(found_x_px - inside[:, 1], found_y_px - inside[:, 2])
    tolerance_px = np.maximum(TOLERANCE_PX * max(1.0, frame_height_px / REFERENCE_HEIGHT_PX), inside[:, 3])
    hits = int(np.count_nonzero(distance_px <= tolerance_px))
    if hits < needed or np.median(distance_px / tolerance_px) > 1.0:
        return None
    if found_y_px[-1] - found_y_px[0] < SHARE_OF_DESCENT * (inside[-1, 2] - inside[0, 2]):
        return None
    return Agreement(hits, float(np.median(distance_px)))


def assign(agreements: Mapping[tuple[int, int], Agreement]) -> dict[int, int]:
    """Give each fall found one true fall at most, and each true fall one found, best first.

    Args:
        agreements: For each pair (index of the found, index of the true) that matches, how well.

    Returns:
        Index of the true fall for each index of a found one that got one. Best is: most hits, then smallest median
        distance, then the earlier in the lists.
    """
    by_quality = sorted(agreements, key=lambda pair: (-agreements[pair].hits, agreements[pair].median_px, pair))
    true_of_found: dict[int, int] = {}
    for found, true in by_quality:
        if found not in true_of_found and true not in true_of_found.values():
            true_of_found[found] = true
    return true_of_found

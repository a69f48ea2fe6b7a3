"""A fall whose air resistance shows: what is light all but stops gaining speed, and no fit without drag follows it.

A paper cup falls at 9 m/s in the end. From the 19th floor it flies so for three seconds of five, and in the picture
gravity alone fits that no better than an even motion does. The fit in space knows drag.
"""

from dataclasses import replace

import numpy as np

from floors.projection import Facade
from floors.tracing import trace_origin
from tracking.image_fall import expected_errors_px, robust_errors
from tracking.physics_tests import Motion, Seen

_LEAST_S = 2.5
_LEAST_FLOORS = 6.0
"""What is seen for less is followed in the picture too. Birds dive for a second, which drag and wind would explain."""
_LEAST_FLOORS_S = 2.0
"""In the later half: 6 m/s, where leaves sink at a third of it. To fit what is no fall takes ten times as long."""
_WORST_CHI = 4.0
"""Twice what cups have in the picture, a third of what birds and leaves have."""
_LEAST_TERMINAL_M_S = 7.0
"""What sinks is told as such (`tracking.sinking`), and snow falls at up to 5 m/s."""
_MORE_NUMBERS = 3
"""Drag, and wind both ways: so many numbers more than the fit in the picture has, each of which costs a nat."""


def with_drag(motion: Motion, facade: Facade, timing_sigma_s: float) -> Motion:
    """Give a motion that was followed for long the fall that fits best in space, if it fits better.

    Args:
        motion: What was seen, with its fits in the picture.
        facade: Geometry with metres.
        timing_sigma_s: Error of the times.

    Returns:
        The motion with the errors of the fit in space, as if three numbers more had been bought for a nat each.
    """
    seen = motion.seen
    if motion.fall.chi > _WORST_CHI or not _is_far_and_fast(seen):
        return motion
    traced = trace_origin(facade, seen.times_s, seen.points_px, seen.sizes_px)
    if traced is None or traced.fit is None or traced.fit.terminal_velocity_m_s < _LEAST_TERMINAL_M_S:
        return motion
    sigma_px = expected_errors_px(seen.times_s, seen.points_px, seen.sigma_px, timing_sigma_s)
    miss_px = np.hypot(*(traced.fit.path(seen.times_s) - seen.points_px).T)
    raw_chi, residual_px, inliers = robust_errors(miss_px, sigma_px)
    chi = float(raw_chi * np.exp(_MORE_NUMBERS / len(miss_px)))
    if chi >= motion.fall.chi:
        return motion
    return replace(motion, fall=replace(motion.fall, chi=chi, residual_px=float(residual_px), inliers=inliers))


def _is_far_and_fast(seen: Seen) -> bool:
    half = len(seen.times_s) // 2
    if seen.floors is None or seen.times_s[-1] - seen.times_s[0] < _LEAST_S:
        return False
    floors_s = (seen.floors[half] - seen.floors[-1]) / (seen.times_s[-1] - seen.times_s[half])
    return bool(floors_s >= _LEAST_FLOORS_S and seen.floors[0] - seen.floors[-1] >= _LEAST_FLOORS)

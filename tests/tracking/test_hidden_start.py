"""What was seen before a thing was hidden is left out where it fits no fall."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import GRAVITY_M_S2, HEIGHT_PX, LookingUp, frame_times, free_fall_px, track_of
from tracking.hidden_start import cut_hidden_start
from tracking.judge import Judge

Array = NDArray[np.float64]
BEFORE_S = frame_times(0.4, 0.6)
AFTER_S = frame_times(0.8, 2.0)
ALL_S = np.concatenate([BEFORE_S, AFTER_S])
ALL_FRAMES = 40
"""From 0.4 to 1.96 s, 25 a second."""


def throw_px(times_s: Array) -> Array:
    """Throw from the 14th floor, a metre a second away from the wall."""
    fallen_m = 40.2 - GRAVITY_M_S2 * times_s**2 / 2
    away_m = 0.1 + 1.0 * times_s
    return LookingUp().project(np.column_stack([np.full_like(times_s, -3.0), WALL_M - away_m, fallen_m - EYE_M]))


def test_track_begins_where_its_thing_came_out_again() -> None:
    track = track_of(ALL_S, free_fall_px(ALL_S), frames=ALL_FRAMES)
    cut = cut_hidden_start(track)
    assert cut is not None
    assert cut.detections == track.detections[5:]
    # By hand: ten frames lie before 0.8 s, five with a detection and five without; thirty are left, and all are known.
    assert (cut.frames, cut.earlier) == (30, ((),) * 10)
    assert cut.watched_frames == track.watched_frames


@pytest.mark.parametrize(
    "times_s",
    [
        pytest.param(frame_times(0.2, 2.0), id="always seen"),
        pytest.param(np.concatenate([BEFORE_S, frame_times(0.72, 2.0)]), id="hidden for three frames"),
        pytest.param(np.concatenate([frame_times(0.4, 1.6), frame_times(1.8, 2.0)]), id="hidden near its end"),
    ],
)
def test_track_without_such_a_moment_is_not_cut(times_s: Array) -> None:
    assert cut_hidden_start(track_of(times_s, free_fall_px(times_s))) is None


def test_last_such_moment_counts() -> None:
    times_s = np.concatenate([frame_times(0.0, 0.2), frame_times(0.4, 0.6), AFTER_S])
    cut = cut_hidden_start(track_of(times_s, free_fall_px(times_s), frames=50))
    assert cut is not None
    assert cut.detections[0].taken_s == AFTER_S[0]


def test_fall_behind_leaves_that_stirred_is_judged_by_what_was_seen_well() -> None:
    points_px = throw_px(ALL_S)
    # As leaves did before a rendered fall: near the path, but as slow as nothing is that has fallen for so long.
    points_px[:5] = points_px[5] + (throw_px(BEFORE_S) - points_px[5]) * 0.6
    whole = track_of(ALL_S, points_px, frames=ALL_FRAMES, noise_px=0.2)
    fall = Judge(HEIGHT_PX, facade(7)).judge(whole)
    assert fall.verdict == "confirmed", fall.reasons
    assert fall.first_s == AFTER_S[0]
    assert fall.origin is not None
    assert fall.origin.floor == 14


def test_fall_whose_beginning_fits_keeps_it() -> None:
    fall = Judge(HEIGHT_PX, facade(7)).judge(track_of(ALL_S, throw_px(ALL_S), frames=ALL_FRAMES, noise_px=0.2))
    assert fall.verdict == "confirmed"
    assert fall.first_s == BEFORE_S[0]


def test_what_is_no_fall_is_none_without_its_beginning_either() -> None:
    # As if on a lift that starts: a third of gravity.
    slow = track_of(ALL_S, throw_px(ALL_S * np.sqrt(0.33)), frames=ALL_FRAMES, noise_px=0.2)
    assert Judge(HEIGHT_PX, facade(7)).judge(slow).verdict == "rejected"

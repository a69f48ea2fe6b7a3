"""Falls followed in pieces are judged as one, and what was followed too far as far as it was one thing."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import (
    GRAVITY_M_S2,
    HEIGHT_PX,
    LookingUp,
    car_px,
    frame_times,
    free_fall_px,
    track_of,
)
from tracking.judge import Judge
from tracking.pieces import PieceJudge, cut_ends, join
from tracking.track import Track

Array = NDArray[np.float64]
FIRST_S, SECOND_S = frame_times(0.2, 1.0), frame_times(1.4, 1.96)
WATCHED = ((),) * 50
"""Frames without a detection before the first: the scene is known."""


def judge() -> PieceJudge:
    return PieceJudge(Judge(HEIGHT_PX, None), HEIGHT_PX)


def piece(times_s: Array, *, aside_px: float = 0.0, later_s: float = 0.0) -> Track:
    return watched(times_s, free_fall_px(times_s - later_s) + (aside_px, 0.0))


def watched(times_s: Array, points_px: Array, frames: int | None = None) -> Track:
    return replace(track_of(times_s, points_px, frames=frames, noise_px=0.3), earlier=WATCHED)


def throw_px(times_s: Array) -> Array:
    """Throw from the 14th floor, a metre a second away from the wall."""
    fallen_m = 40.2 - GRAVITY_M_S2 * times_s**2 / 2
    away_m = 0.1 + 1.0 * times_s
    return LookingUp().project(np.column_stack([np.full_like(times_s, -3.0), WALL_M - away_m, fallen_m - EYE_M]))


def test_two_pieces_of_one_fall_are_confirmed_with_the_second() -> None:
    pieces = judge()
    assert pieces.judge(piece(FIRST_S)).verdict == "rejected"
    fall = pieces.judge(piece(SECOND_S))
    assert fall.verdict == "confirmed", fall.reasons
    assert (fall.first_s, fall.last_s) == (FIRST_S[0], SECOND_S[-1])
    # By hand: 20 and 14 frames were looked at while it was in view; the ten between them hid it.
    assert "passed: seen in 34 of 34 frames" in fall.reasons
    assert fall.reasons[-1] == "is followed in two pieces, between which it was lost for 0.44 s"


def test_second_piece_alone_is_refused() -> None:
    assert judge().judge(piece(SECOND_S)).verdict == "rejected"


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(piece(SECOND_S, aside_px=40.0), id="beside it"),
        pytest.param(piece(SECOND_S, later_s=0.5), id="behind it"),
        pytest.param(piece(frame_times(1.84, 2.3)), id="hidden for too long"),
        pytest.param(piece(frame_times(0.9, 1.4)), id="at the same time"),
    ],
)
def test_pieces_of_two_things_stay_apart(second: Track) -> None:
    pieces = judge()
    pieces.judge(piece(FIRST_S))
    assert pieces.judge(second).verdict == "rejected"


def test_three_pieces_are_joined_too() -> None:
    pieces = judge()
    verdicts = [pieces.judge(piece(frame_times(*span))).verdict for span in ((0.2, 0.6), (0.8, 1.2), (1.4, 1.9))]
    assert verdicts == ["rejected", "rejected", "confirmed"]


def test_car_in_pieces_is_no_fall() -> None:
    pieces = judge()
    for span in ((0.2, 1.0), (1.4, 2.2), (2.6, 3.4)):
        times_s = frame_times(*span)
        assert pieces.judge(watched(times_s, car_px(times_s))).verdict == "rejected"


def test_pieces_before_a_wall_lead_to_the_floor() -> None:
    pieces = PieceJudge(Judge(HEIGHT_PX, facade(7)), HEIGHT_PX)
    first_s, second_s = frame_times(0.1, 0.6), frame_times(1.1, 1.5)
    pieces.judge(watched(first_s, throw_px(first_s)))
    fall = pieces.judge(watched(second_s, throw_px(second_s)))
    assert fall.verdict == "confirmed", fall.reasons
    assert fall.origin is not None
    assert fall.origin.floor == 14


def test_fall_that_was_mistaken_for_something_else_ends_where_it_was_lost() -> None:
    fallen_s, else_s = frame_times(0.2, 2.0), frame_times(2.16, 3.0)
    last = free_fall_px(fallen_s)[-1]
    elsewhere = last + np.column_stack([400 * (else_s - 2.0), 60 * (else_s - 2.0)])
    points_px = np.concatenate([free_fall_px(fallen_s), elsewhere])
    track = watched(np.concatenate([fallen_s, else_s]), points_px, frames=70)
    assert Judge(HEIGHT_PX, None).judge(track).verdict == "rejected"
    fall = judge().judge(track)
    assert fall.verdict == "confirmed", fall.reasons
    assert fall.last_s == fallen_s[-1]
    assert "without what was followed after" in fall.reasons[-1]


def test_cut_ends_are_the_longest_first() -> None:
    times_s = np.concatenate([frame_times(0.0, 0.48), frame_times(0.64, 1.0), frame_times(1.2, 1.4)])
    track = track_of(times_s, free_fall_px(times_s), frames=35)
    # By hand: 1.36 s are 34 steps of a frame; the first 9 to 0.96 s are 24 of them, those to 0.44 s are 11.
    assert [(len(head.detections), head.frames) for head in cut_ends(track)] == [(21, 25), (12, 12)]


def test_track_without_a_gap_has_no_end_to_cut() -> None:
    times_s = frame_times(0.0, 1.0)
    assert cut_ends(track_of(times_s, free_fall_px(times_s))) == []
    # Twelve pictures a second: what is missed once is missed for 0.16 s, and nothing can be told from that.
    slow_s = np.delete(frame_times(0.0, 2.0, 12.5), 12)
    assert cut_ends(track_of(slow_s, free_fall_px(slow_s))) == []


def test_whole_has_what_its_pieces_have() -> None:
    first, second = piece(FIRST_S), piece(SECOND_S)
    whole = join(first, second)
    assert whole.detections == (*first.detections, *second.detections)
    assert (whole.frames, whole.score, whole.earlier) == (34, first.score + second.score, first.earlier)


def test_pieces_are_forgotten_with_time() -> None:
    pieces = judge()
    held = piece(FIRST_S)
    mine = sys.getrefcount(held)
    pieces.judge(held)
    # By hand: it ends at 0.96 s, and 0.8 and 8 s later nothing that is still followed can have begun soon after it.
    pieces.judge(piece(frame_times(9.0, 9.72), later_s=8.9))
    assert sys.getrefcount(held) > mine
    pieces.judge(piece(frame_times(9.1, 9.82), later_s=8.9))
    assert sys.getrefcount(held) == mine

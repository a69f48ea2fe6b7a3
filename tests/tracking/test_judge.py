"""What is confirmed, what is not, and that the reasons say why."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import (
    GRAVITY_M_S2,
    HEIGHT_PX,
    LookingUp,
    car_px,
    dot,
    frame_times,
    free_fall_px,
    track_of,
)
from tracking.fall import Fall
from tracking.judge import Judge
from tracking.track import Track

Array = NDArray[np.float64]

FALL_S = frame_times(0.2, 2.3)


def judged(track: Track) -> Fall:
    return Judge(HEIGHT_PX, None).judge(track)


def failed_reasons(fall: Fall) -> list[str]:
    return [reason for reason in fall.reasons if reason.startswith("failed: ")]


def line_px(start: tuple[float, float], speed_px_s: tuple[float, float]) -> Callable[[Array], Array]:
    return lambda times_s: np.array(start) + times_s[:, None] * np.array(speed_px_s)


def swinging_px(times_s: Array) -> Array:
    """Laundry on a line: 60 px to and fro, 25 px up and down."""
    return np.column_stack([900 + 60 * np.sin(4 * times_s), 400 + 25 * np.cos(8 * times_s)])


def sliding_and_swinging_px(times_s: Array) -> Array:
    """A rope let down evenly while it swings up and down by 60 px."""
    return np.column_stack([np.full_like(times_s, 900.0), 200 + 200 * times_s + 60 * np.sin(9 * times_s)])


def test_fall_is_confirmed_and_every_test_gives_its_reason() -> None:
    fall = judged(track_of(FALL_S, free_fall_px(FALL_S)))
    assert fall.verdict == "confirmed"
    assert len(fall.reasons) >= 6
    assert all(reason.startswith("passed: ") for reason in fall.reasons)
    for words in ("seen in 53 of 53 frames", "moves down 34%", "takes 2.08 s", "6 px large", "gravity", "even motion"):
        assert any(words in reason for reason in fall.reasons), words


def test_confirmed_fall_tells_when_and_where_it_was_let_go() -> None:
    fall = judged(track_of(FALL_S, free_fall_px(FALL_S)))
    assert fall.release_s == pytest.approx(0.0, abs=0.1)
    assert fall.release_px == pytest.approx(tuple(free_fall_px(np.zeros(1))[0]), abs=2.0)
    assert (fall.first_s, fall.last_s) == (FALL_S[0], FALL_S[-1])
    assert len(fall.path) == len(FALL_S)
    assert fall.origin is None
    assert not fall.below_min_floor


@pytest.mark.parametrize(
    ("path", "times_s", "words"),
    [
        (line_px((200, 300), (400, 4)), frame_times(0, 2), "moves down"),
        (line_px((200, 200), (350, 200)), frame_times(0, 2), "sideways"),
        (line_px((900, 100), (60, 420)), frame_times(0, 2), "even motion"),
        (car_px, frame_times(0, 3.2), "even motion"),
        (line_px((900, 100), (0, 90)), frame_times(0, 9), "takes"),
        (line_px((900, 100), (0, 90)), frame_times(0, 4), "even motion"),
        (swinging_px, frame_times(0, 4), "moves down"),
        (sliding_and_swinging_px, frame_times(0, 3), "agrees with a fall under gravity"),
    ],
    ids=[
        "bird flies level",
        "bird glides down",
        "bird dives",
        "car",
        "gondola",
        "gondola in part",
        "laundry",
        "rope",
    ],
)
def test_what_does_not_fall_is_not_confirmed_and_the_reason_says_why(
    path: Callable[[Array], Array], times_s: Array, words: str
) -> None:
    fall = judged(track_of(times_s, path(times_s)))
    assert fall.verdict != "confirmed"
    assert any(words in reason for reason in failed_reasons(fall)), fall.reasons


def test_fall_that_was_seen_too_seldom_is_rejected() -> None:
    seldom = track_of(FALL_S[::4], free_fall_px(FALL_S[::4]), frames=len(FALL_S))
    fall = judged(seldom)
    assert fall.verdict == "rejected"
    assert failed_reasons(fall)[0] == "failed: seen in 14 of 53 frames"


def test_fall_that_was_seen_a_few_times_only_is_rejected() -> None:
    times_s = FALL_S[40:44]
    fall = judged(track_of(times_s, free_fall_px(times_s)))
    assert fall.verdict == "rejected"
    assert any("seen" in reason for reason in failed_reasons(fall))


def test_large_thing_is_rejected_for_its_size() -> None:
    fall = judged(track_of(FALL_S, free_fall_px(FALL_S), size_px=200.0))
    assert fall.verdict == "rejected"
    assert any("200 px large" in reason for reason in failed_reasons(fall))


def test_path_that_is_known_too_badly_to_tell_is_not_confirmed() -> None:
    # 20 px of noise hide the 3 px by which an even motion would miss.
    fall = judged(track_of(FALL_S, free_fall_px(FALL_S), size_px=100.0, noise_px=10.0))
    assert fall.verdict != "confirmed"
    assert any("even motion" in reason for reason in failed_reasons(fall))


def test_ghosts_are_left_out_of_the_path_of_a_confirmed_fall() -> None:
    points_px = free_fall_px(FALL_S)
    points_px[[10, 30]] += [60.0, -50.0]
    fall = judged(track_of(FALL_S, points_px))
    assert fall.verdict == "confirmed"
    assert len(fall.path) == len(FALL_S) - 2
    assert FALL_S[30] not in [point.time_s for point in fall.path]


def test_score_grows_with_the_track_and_falls_with_doubt() -> None:
    weak, strong = (judged(track_of(FALL_S, free_fall_px(FALL_S), score=score)) for score in (15.0, 60.0))
    bird = judged(track_of(FALL_S, line_px((900, 100), (60, 420))(FALL_S), score=60.0))
    assert 0.5 < weak.score < strong.score < 1.0
    assert bird.score <= 0.5


def test_detections_before_the_track_on_its_path_are_found_again() -> None:
    times_s = frame_times(0.04, 2.3)
    points_px = free_fall_px(times_s)
    earlier = tuple(
        (dot(float(t), float(x) + 200, 50.0), dot(float(t), float(x), float(y)))
        for t, (x, y) in zip(times_s[:8], points_px[:8], strict=True)
    )
    late = track_of(times_s[8:], points_px[8:])
    track = Track(1, late.detections, late.frames, late.score, 0.0, earlier)
    fall = judged(track)
    assert fall.verdict == "confirmed"
    assert fall.first_s <= 0.2
    assert all(abs(point.x_px - 908) < 30 for point in fall.path)


def throw_px(times_s: Array, height_m: float = 40.2) -> Array:
    """Throw from the 14th floor (39 to 42 m), a metre a second away from the wall, where unit 01 is."""
    fallen_m = height_m - GRAVITY_M_S2 * times_s**2 / 2
    away_m = 0.1 + 1.0 * times_s
    return LookingUp().project(np.column_stack([np.full_like(times_s, -3.0), WALL_M - away_m, fallen_m - EYE_M]))


@pytest.mark.parametrize(("min_floor", "is_below"), [(7, False), (14, False), (15, True)])
def test_with_geometry_the_floor_and_the_unit_are_named(min_floor: int, is_below: bool) -> None:
    times_s = frame_times(0.2, 1.9)
    fall = Judge(HEIGHT_PX, facade(min_floor)).judge(track_of(times_s, throw_px(times_s)))
    assert fall.verdict == "confirmed", fall.reasons
    assert fall.origin is not None
    assert (fall.origin.floor, fall.origin.unit) == (14, "01")
    assert fall.release_s == pytest.approx(0.0, abs=0.1)
    assert any("of gravity" in reason for reason in fall.reasons)
    assert fall.below_min_floor is is_below


def test_with_geometry_a_way_of_less_than_two_floors_is_no_fall() -> None:
    times_s = frame_times(0.0, 0.8)
    fall = Judge(HEIGHT_PX, facade(7)).judge(track_of(times_s, throw_px(times_s)))
    assert fall.verdict == "rejected"
    assert any("floors" in reason for reason in failed_reasons(fall))


def test_with_geometry_a_slow_acceleration_is_no_fall() -> None:
    # As if on a lift that starts: a fifth of gravity.
    times_s = frame_times(0.0, 3.4)
    slow_px = throw_px(times_s * np.sqrt(0.2))
    fall = Judge(HEIGHT_PX, facade(7)).judge(track_of(times_s, slow_px))
    assert fall.verdict == "rejected"
    assert any("of gravity" in reason for reason in failed_reasons(fall)), fall.reasons


@pytest.mark.parametrize(
    ("from_m", "along_m_s", "verdict"),
    [
        pytest.param(-3.0, 0.8, "confirmed", id="thrown from a window"),
        pytest.param(-15.0, 0.8, "rejected", id="begins beside the building"),
        pytest.param(-3.0, 8.0, "rejected", id="dives along the wall"),
    ],
)
def test_throw_begins_at_the_wall(from_m: float, along_m_s: float, verdict: str) -> None:
    tau = FALL_S - 0.1
    fallen = 45.0 - EYE_M - GRAVITY_M_S2 * tau**2 / 2
    out = np.full_like(tau, WALL_M) - 0.3 - 1.4 * tau
    path = LookingUp().project(np.column_stack([from_m + along_m_s * tau, out, fallen]))
    fall = Judge(HEIGHT_PX, facade()).judge(track_of(FALL_S, path))
    assert fall.verdict == verdict
    assert any("m along the wall" in reason for reason in fall.reasons)

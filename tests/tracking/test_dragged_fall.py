"""What is light stops gaining speed, and is a fall all the same."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import GRAVITY_M_S2, HEIGHT_PX, LookingUp, frame_times, track_of
from tracking.dragged_fall import with_drag
from tracking.image_fall import fit_even, fit_fall
from tracking.judge import Judge
from tracking.physics_tests import Limits, Motion, Seen, is_clear
from tracking.sighting import measured_sigma_px
from tracking.track import Track

Array = NDArray[np.float64]
FALL_S = frame_times(0.04, 6.0)
CUP_M_S = 7.5
RELEASE_M = 52.2
"""On the 18th floor, from 51 to 54 m."""


def dragged_px(times_s: Array, terminal_m_s: float) -> Array:
    """Throw a thing up and out that ends up at a speed, in a wind along the wall; integrated in steps of 1 ms."""
    place_m, velocity_m_s = np.array([-3.0, RELEASE_M, 0.3]), np.array([0.0, 1.5, 1.2])
    wind_m_s, gravity_m_s2 = np.array([1.0, 0.0, 0.0]), np.array([0.0, -GRAVITY_M_S2, 0.0])
    places_m = [place_m]
    for _ in range(round(1000 * float(times_s[-1]))):
        through_air = velocity_m_s - wind_m_s
        drag = GRAVITY_M_S2 / terminal_m_s**2 * float(np.linalg.norm(through_air)) * through_air
        velocity_m_s = velocity_m_s + 0.001 * (gravity_m_s2 - drag)
        place_m = place_m + 0.001 * velocity_m_s
        places_m.append(place_m)
    return seen_px(np.array(places_m)[np.rint(1000 * times_s).astype(int)])


def seen_px(places_m: Array) -> Array:
    """Project (N, 3) places: along the wall, above the ground, out of the wall."""
    right_m, height_m, out_m = places_m.T
    return LookingUp().project(np.column_stack([right_m, WALL_M - out_m, height_m - EYE_M]))


def seen_of(track: Track) -> Seen:
    rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in track.detections])
    return Seen(
        detections=track.detections,
        frames=track.frames,
        watched_frames=track.watched_frames,
        height_px=HEIGHT_PX,
        times_s=rows[:, 0],
        points_px=rows[:, 1:3],
        sizes_px=rows[:, 3],
        sigma_px=measured_sigma_px(rows[:, 3], rows[:, 4]),
        floors=facade(7).floors_of(rows[:, 1:3]),
    )


def motion_of(times_s: Array, points_px: Array) -> Motion:
    seen = seen_of(track_of(times_s, points_px, noise_px=0.2, size_px=3.0))
    path = seen.times_s, seen.points_px, seen.sigma_px
    return Motion(seen, fit_fall(*path), fit_even(*path))


def test_cup_that_falls_evenly_in_the_end_is_fitted_with_drag_to_the_noise() -> None:
    motion = motion_of(FALL_S, dragged_px(FALL_S, CUP_M_S))
    dragged = with_drag(motion, facade(7), 0.0)
    assert dragged.fall.residual_px < 0.35
    assert dragged.fall.chi < motion.fall.chi / 3
    assert dragged.fall.inliers.all()
    assert is_clear(dragged, Limits())


def test_three_numbers_more_cost_a_nat_each() -> None:
    motion = motion_of(FALL_S, dragged_px(FALL_S, CUP_M_S))
    # By hand: residuals of 0.2 px both ways are 0.2 * sqrt(2) px off, over the error that is expected of 3 px things.
    sigma_px = float(np.median(motion.seen.sigma_px))
    expected = 0.2 * np.sqrt(2) / sigma_px * np.exp(3 / len(FALL_S))
    assert with_drag(motion, facade(7), 0.0).fall.chi == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(
    ("times_s", "terminal_m_s"),
    [
        pytest.param(FALL_S, 3.0, id="sinks as cloth does"),
        pytest.param(FALL_S, 6.3, id="falls as fast as large flakes"),
        pytest.param(FALL_S[-40:], CUP_M_S, id="seen for less than two seconds"),
        pytest.param(FALL_S[:70], CUP_M_S, id="seen for four floors"),
    ],
)
def test_what_drag_shall_not_explain_is_left_as_it_is(times_s: Array, terminal_m_s: float) -> None:
    motion = motion_of(times_s, dragged_px(times_s, terminal_m_s))
    assert with_drag(motion, facade(7), 0.0) is motion


def test_what_is_far_from_any_fall_is_not_fitted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    points_px = dragged_px(FALL_S, CUP_M_S)
    points_px[:, 0] += 40.0 * np.sin(4.0 * FALL_S)
    motion = motion_of(FALL_S, points_px)
    assert motion.fall.chi > 4.0
    monkeypatch.setattr("tracking.dragged_fall.trace_origin", None)
    assert with_drag(motion, facade(7), 0.0) is motion


def test_cup_is_confirmed_with_its_floor() -> None:
    track = track_of(FALL_S, dragged_px(FALL_S, CUP_M_S), noise_px=0.2, size_px=3.0)
    fall = Judge(HEIGHT_PX, facade(7)).judge(track)
    assert fall.verdict == "confirmed", fall.reasons
    assert fall.origin is not None
    assert (fall.origin.floor, fall.origin.unit) == (18, "01")
    assert fall.release_s == pytest.approx(0.0, abs=0.1)


def test_bird_that_goes_down_evenly_as_fast_as_a_cup_is_none() -> None:
    places_m = np.column_stack([np.full_like(FALL_S, -3.0), RELEASE_M - CUP_M_S * FALL_S, np.ones_like(FALL_S)])
    bird = track_of(FALL_S, seen_px(places_m), noise_px=0.2, size_px=3.0)
    assert Judge(HEIGHT_PX, facade(7)).judge(bird).verdict == "rejected"

"""Falls and even motions as a pinhole camera sees them, with exact truth."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import FPS, car_px, frame_times, free_fall_px
from tracking.image_fall import ImageFall, fit_even, fit_fall

Array = NDArray[np.float64]


def fitted(times_s: Array, points_px: Array, timing_sigma_s: float = 0.0) -> ImageFall:
    return fit_fall(times_s, points_px, np.ones(len(times_s)), timing_sigma_s)


def spoilt(points_px: Array, share: float, rng: np.random.Generator) -> tuple[Array, NDArray[np.int64]]:
    """Move a share of the points by 30 to 90 px each way."""
    chosen = rng.choice(len(points_px), round(share * len(points_px)), replace=False)
    moved = points_px.copy()
    moved[chosen] += rng.uniform(30, 90, (len(chosen), 2)) * rng.choice([-1, 1], (len(chosen), 2))
    return moved, chosen


@pytest.mark.parametrize("hidden_s", [0.0, 0.2, 0.4, 0.6])
def test_fall_before_a_camera_that_looks_up_is_fitted_exactly(hidden_s: float) -> None:
    times_s = frame_times(hidden_s, 2.3)
    fall = fitted(times_s, free_fall_px(times_s))
    assert fall.residual_px < 0.1
    assert fall.top_s == pytest.approx(0.0, abs=0.05)
    assert fall.inliers.all()


def test_parabola_misses_the_fall_that_is_fitted_exactly() -> None:
    times_s = frame_times(0.0, 2.6)
    points_px = free_fall_px(times_s)
    parabola = np.polyval(np.polyfit(times_s, points_px[:, 1], 2), times_s)
    assert np.abs(parabola - points_px[:, 1]).max() > 7
    assert fitted(times_s, points_px).residual_px < 0.1


def test_approach_is_what_the_projection_makes_it() -> None:
    # Depth is 25 cos 45 + (45 - g s) sin 45 with s = tau^2 / 2: so c is g sin 45 over (25 cos 45 + 45 sin 45) = g / 70.
    times_s = frame_times(0.0, 2.3)
    assert fitted(times_s, free_fall_px(times_s)).approach == pytest.approx(9.80665 / 70, rel=0.01)


def test_path_is_told_back_to_the_release_that_was_hidden() -> None:
    times_s = frame_times(0.4, 2.3)
    fall = fitted(times_s, free_fall_px(times_s))
    hidden_s = frame_times(0.0, 0.4)
    assert fall.at(hidden_s) == pytest.approx(free_fall_px(hidden_s), abs=1.0)


def test_times_may_count_from_anywhere_and_frames_may_be_lost() -> None:
    rng = np.random.default_rng(1)
    kept_s = np.sort(rng.choice(frame_times(0.1, 2.3), 30, replace=False))
    fall = fitted(kept_s + 5000.0, free_fall_px(kept_s))
    assert fall.residual_px < 0.1
    assert fall.top_s == pytest.approx(5000.0, abs=0.05)


def test_golden_numbers_of_a_noisy_fall() -> None:
    times_s = frame_times(0.2, 2.3)
    noise_px = np.random.default_rng(20261123).normal(0, 0.8, (len(times_s), 2))
    fall = fitted(times_s, free_fall_px(times_s) + noise_px)
    assert fall.chi == pytest.approx(1.18, abs=0.02)
    assert fall.top_s == pytest.approx(0.036, abs=0.02)
    assert fall.approach == pytest.approx(0.139, abs=0.002)


def test_outliers_do_not_bend_the_path() -> None:
    times_s = frame_times(0.2, 2.3)
    rng = np.random.default_rng(3)
    truth_px = free_fall_px(times_s)
    seen_px, wrong = spoilt(truth_px + rng.normal(0, 0.7, truth_px.shape), 0.2, rng)
    fall = fitted(times_s, seen_px)
    assert not fall.inliers[wrong].any()
    assert fall.inliers.sum() == len(times_s) - len(wrong)
    distance_px = np.linalg.norm(fall.at(times_s) - truth_px, axis=1)
    assert np.median(distance_px) < 1.2
    assert distance_px.max() < 5
    assert fall.top_s == pytest.approx(0.0, abs=0.1)


def test_car_in_perspective_is_an_even_motion() -> None:
    # It goes down the picture ever faster, like a fall: 190 px in 3 s, more than half of it in the last one.
    times_s = frame_times(0.0, 3.0)
    points_px = car_px(times_s)
    assert points_px[-1, 1] - points_px[-25, 1] > 0.5 * (points_px[-1, 1] - points_px[0, 1])
    even = fit_even(times_s, points_px, np.ones(len(times_s)))
    assert even.chi < 1.0
    assert even.chi < 1.3 * fitted(times_s, points_px).chi


@pytest.mark.parametrize("span_s", [(0.2, 3.4), (2.6, 3.4), (3.0, 4.0)])
def test_car_that_comes_near_fits_an_even_motion_to_its_noise(span_s: tuple[float, float]) -> None:
    times_s = frame_times(*span_s)
    points_px = car_px(times_s) + np.random.default_rng(1).normal(0, 0.3, (len(times_s), 2))
    # Both coordinates together miss by 0.3 px times the root of two.
    assert fit_even(times_s, points_px, np.ones(len(times_s))).chi == pytest.approx(0.42, abs=0.07)


@pytest.mark.parametrize("speed_px_s", [(200.0, 30.0), (0.0, 90.0), (-40.0, 400.0)])
def test_straight_line_at_constant_speed_is_an_even_motion(speed_px_s: tuple[float, float]) -> None:
    times_s = frame_times(0.0, 2.0)
    points_px = np.array([600.0, 100.0]) + times_s[:, None] * np.array(speed_px_s)
    even = fit_even(times_s, points_px, np.ones(len(times_s)))
    assert even.residual_px < 0.5
    assert even.approach == pytest.approx(0.0, abs=0.03)


def test_even_motion_fits_a_fall_badly() -> None:
    times_s = frame_times(0.0, 2.3)
    points_px = free_fall_px(times_s)
    assert fit_even(times_s, points_px, np.ones(len(times_s))).residual_px > 2.5


def test_thing_that_rises_is_no_fall() -> None:
    times_s = frame_times(0.0, 1.2)
    points_px = np.column_stack([np.full_like(times_s, 500.0), 700 - 400 * times_s**2])
    fall = fitted(times_s, points_px)
    assert fall.chi == np.inf
    assert not fall.inliers.any()


def test_error_of_the_times_is_forgiven_where_the_object_is_fast() -> None:
    times_s = frame_times(0.2, 2.3)
    jitter_s = np.random.default_rng(4).normal(0, 0.25 / FPS, len(times_s))
    points_px = free_fall_px(times_s + jitter_s)
    sigma_px = np.full(len(times_s), 0.5)
    assert fit_fall(times_s, points_px, sigma_px, 0.25 / FPS).chi < 1.2
    assert fit_fall(times_s, points_px, sigma_px).chi > 1.5


def test_precise_points_weigh_more_than_vague_ones() -> None:
    times_s = frame_times(0.2, 2.3)
    truth_px = free_fall_px(times_s)
    sigma_px = np.where(np.arange(len(times_s)) % 2, 12.0, 0.5)
    noise_px = np.random.default_rng(5).normal(size=truth_px.shape) * sigma_px[:, None]
    fall = fit_fall(times_s, truth_px + noise_px, sigma_px)
    assert np.linalg.norm(fall.at(times_s) - truth_px, axis=1).mean() < 0.7

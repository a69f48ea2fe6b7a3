import numpy as np
import pytest

from floors.image_path import fit_image_path, fit_straight
from tests.floors.scenes import Throw, look, seen

CAMERA = look((5.0, 1.6, 20.0), (12.0, 24.0, 0.0))


def test_fall_without_drag_is_fitted_exactly() -> None:
    times, pixels = seen(CAMERA, Throw(45.0, terminal_m_s=1e4))
    fit = fit_image_path(times, pixels, 0.5)
    assert fit.residual_rms_px < 0.5
    assert fit.path(times) == pytest.approx(pixels, abs=1.5)


def test_straight_line_fits_a_fall_far_worse() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    assert fit_straight(times, pixels) > 10 * fit_image_path(times, pixels, 0.5).residual_rms_px


def test_even_motion_is_fitted_by_a_straight_line() -> None:
    times = np.arange(0.0, 1.0, 0.04)
    pixels = np.column_stack((300 + 40 * times, 100 + 220 * times))
    assert fit_straight(times, pixels) == pytest.approx(0.0, abs=1e-9)


def test_release_at_rest_is_found_when_it_is_seen() -> None:
    times, pixels = seen(CAMERA, Throw(45.0, velocity_m_s=(0.5, 0.0, 0.0), distance_m=0.0))
    noise = np.random.default_rng(4).normal(0, 0.7, pixels.shape)
    fit = fit_image_path(times + 3.0, pixels + noise, 0.7)
    assert fit.release_s == pytest.approx(3.0, abs=0.25)


def test_trembling_time_stamps_are_told_from_trembling_places() -> None:
    rng = np.random.default_rng(8)
    times, pixels = seen(CAMERA, Throw(45.0))
    stamps = times + rng.normal(0, 0.006, len(times))
    late = fit_image_path(stamps, pixels + rng.normal(0, 0.7, pixels.shape), 0.7)
    even = fit_image_path(times, pixels + rng.normal(0, 0.7, pixels.shape), 0.7)
    assert 0.002 < late.timing_sigma_s < 0.012
    assert even.timing_sigma_s < 0.002
    assert late.sigma_px < 4.0

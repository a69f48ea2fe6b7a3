import time

import numpy as np
import pytest

from floors.ballistics import BallisticFit, fit_fall
from floors.throw_prior import ThrowPrior
from tests.floors.scenes import Throw, fly, look, random_throw, seen

CAMERA = look((5.0, 1.6, 20.0), (12.0, 24.0, 0.0))


def fitted(throw: Throw, hidden_s: float = 0.0, noise_px: float = 0.0, seed: int = 0) -> BallisticFit:
    times, pixels = seen(CAMERA, throw, hidden_s)
    rng = np.random.default_rng(seed)
    fit = fit_fall(times + 7.0, pixels + rng.normal(0, noise_px, pixels.shape), max(noise_px, 0.2), CAMERA)
    assert fit is not None
    return fit


def test_usual_throw_without_noise_is_found_exactly() -> None:
    fit = fitted(Throw(45.0))
    assert fit.height_m == pytest.approx(45.0, abs=0.1)
    assert fit.x_m == pytest.approx(12.0, abs=0.1)
    assert fit.release_s == pytest.approx(7.0, abs=0.02)
    assert fit.terminal_velocity_m_s == pytest.approx(25.0, rel=0.03)
    assert fit.residual_rms_px < 0.2
    assert fit.inlier_share == 1.0


def test_hidden_beginning_is_found_back() -> None:
    fit = fitted(Throw(45.0), hidden_s=1.2)
    assert fit.height_m == pytest.approx(45.0, abs=0.5)
    assert fit.release_s == pytest.approx(7.0, abs=0.1)


def test_impact_agrees_with_the_flight() -> None:
    throw = Throw(45.0)
    times = np.arange(0.0, 6.0, 0.01)
    world = fly(throw, times)
    landed = int(np.argmin(world[:, 1] > 0))
    speed = float(np.linalg.norm(world[landed] - world[landed - 1]) / 0.01)
    impact = fitted(throw).impact()
    assert impact.time_s == pytest.approx(7.0 + times[landed], abs=0.05)
    assert impact.speed_m_s == pytest.approx(speed, rel=0.02)
    assert impact.distance_m == pytest.approx(world[landed, 2], abs=0.15)
    assert impact.along_m == pytest.approx(world[landed, 0], abs=0.15)
    assert (impact.drag_class, impact.drag_class_probability > 0.8) == ("heavy", True)


def test_errors_of_the_impact_are_those_of_many_fits() -> None:
    throw = Throw(45.0)
    times, pixels = seen(CAMERA, throw)
    rng = np.random.default_rng(8)
    fits = [fit_fall(times, pixels + rng.normal(0, 1.0, pixels.shape), 1.0, CAMERA) for _ in range(40)]
    impacts = [fit.impact() for fit in fits if fit is not None]
    scatter_m = float(np.std([one.distance_m for one in impacts]))
    # The told errors hold the prior's part too, which is the same in all of them.
    assert 0.8 * scatter_m < float(np.median([one.distance_sigma_m for one in impacts])) < 4 * scatter_m
    speeds = [one.speed_m_s for one in impacts]
    assert 0.8 * np.std(speeds) < float(np.median([one.speed_sigma_m_s for one in impacts])) < 4 * np.std(speeds)


def test_path_runs_through_the_points() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    fit = fit_fall(times, pixels, 0.2, CAMERA)
    assert fit is not None
    assert fit.path(times) == pytest.approx(pixels, abs=0.5)
    assert fit.release_px == pytest.approx(CAMERA.project(np.array([12.0, 45.0, 0.3])), abs=5.0)


def test_some_wrong_points_do_not_move_the_height() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    wrong = pixels + np.random.default_rng(3).normal(0, 1.0, pixels.shape)
    wrong[[5, 20, 33]] += [60.0, -40.0]
    fit = fit_fall(times, wrong, 1.0, CAMERA)
    assert fit is not None
    assert fit.height_m == pytest.approx(45.0, abs=1.0)
    assert 0.9 < fit.inlier_share <= 1 - 3 / len(times)


def test_too_few_points_give_no_fit() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    assert fit_fall(times[:4], pixels[:4], 1.0, CAMERA) is None


def test_even_motion_is_no_fall() -> None:
    times = np.arange(0.0, 1.6, 0.04)
    gondola = np.column_stack((np.full(40, 12.0), 40.0 - 2.0 * times, np.full(40, 0.5)))
    fit = fit_fall(times, CAMERA.project(gondola), 1.0, CAMERA)
    free = fit_fall(times, CAMERA.project(gondola), 1.0, CAMERA, ThrowPrior(log_gravity_sigma=0.4))
    assert fit is None or fit.residual_rms_px > 2.0 or fit.terminal_velocity_m_s < 4.0
    assert free is None or free.gravity_ratio < 0.7 or free.terminal_velocity_m_s < 4.0


@pytest.mark.parametrize(("hidden_s", "p90_m"), [(0.0, 1.0), (0.6, 1.1), (1.6, 1.9)])
def test_heights_are_right_and_their_errors_honest(hidden_s: float, p90_m: float) -> None:
    rng = np.random.default_rng(11)
    misses: list[float] = []
    deviations: list[float] = []
    while len(misses) < 60:
        height_m = float(rng.uniform(20, 90))
        where = (float(rng.uniform(0, 25)), 1.6, float(rng.uniform(15, 40)))
        camera = look(where, (12.0, 0.6 * height_m, 0.0), float(rng.uniform(900, 1500)))
        times, pixels = seen(camera, random_throw(rng, height_m), hidden_s)
        if len(times) < 12:
            continue
        fit = fit_fall(times, pixels + rng.normal(0, 1.0, pixels.shape), 1.0, camera)
        assert fit is not None
        misses.append(abs(fit.height_m - height_m))
        deviations.append(fit.height_sigma_m)
    assert np.quantile(misses, 0.9) < p90_m
    inside = np.mean(np.array(misses) < 1.645 * np.array(deviations))
    # Sixty draws at 0.9 scatter by 0.04.
    assert 0.80 <= inside <= 0.98


def test_fit_of_forty_points_is_quick() -> None:
    throw = Throw(45.0)
    times, pixels = seen(CAMERA, throw)
    pixels = pixels[:40] + np.random.default_rng(2).normal(0, 1.0, (40, 2))
    spent = []
    for _ in range(5):
        begun = time.process_time()
        fit_fall(times[:40], pixels, 1.0, CAMERA)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.05


def test_errors_of_the_path_before_the_first_sight_are_those_of_many_fits() -> None:
    throw = Throw(45.0)
    times, pixels = seen(CAMERA, throw, 0.8)
    rng = np.random.default_rng(9)
    before = times[0] - np.array([0.6, 0.2])
    fits = [fit_fall(times, pixels + rng.normal(0, 1.0, pixels.shape), 1.0, CAMERA) for _ in range(40)]
    scatter_px = np.std([fit.path(before) for fit in fits if fit is not None], axis=0)
    covariances = [fit.path_covariance(before) for fit in fits if fit is not None]
    told_px = np.sqrt(np.median([[np.diag(one) for one in each] for each in covariances], axis=0))
    assert told_px.shape == (2, 2)
    assert np.all(told_px[0] > told_px[1])
    # The told errors hold the prior's part too, which is the same in all of them.
    assert np.all((0.8 * scatter_px < told_px) & (told_px < 4 * scatter_px))


def test_fit_goes_on_from_itself_with_more_of_the_path() -> None:
    throw = Throw(45.0)
    late, whole = seen(CAMERA, throw, 1.0), seen(CAMERA, throw)
    fit = fit_fall(*late, 0.5, CAMERA)
    assert fit is not None
    again = fit.refit(*whole, np.full(len(whole[0]), 0.5))
    assert again is not None
    assert again.height_sigma_m < fit.height_sigma_m
    assert again.height_m == pytest.approx(45.0, abs=0.1)

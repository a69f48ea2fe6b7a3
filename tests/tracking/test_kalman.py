"""The filter over arrays is held to filterpy's, and both to falls."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import GRAVITY_M_S2, free_fall_px
from tracking.kalman import innovation_covariances, measurement_noise, predict_many, update_many
from tracking.motion import FreeAcceleration, GravityInput, MotionModel
from tracking.track_filter import TrackFilter

Array = NDArray[np.float64]


def random_states(rng: np.random.Generator, count: int, size: int) -> tuple[Array, Array]:
    root = rng.normal(size=(count, size, size))
    return rng.normal(size=(count, size)) * 50, root @ root.transpose(0, 2, 1) + np.eye(size)


@pytest.mark.parametrize("model", [GravityInput(), FreeAcceleration.for_height(1080)])
@pytest.mark.parametrize("dt_s", [0.0, 1 / 60, 0.04, 0.5])
def test_filter_over_arrays_agrees_with_filterpy(model: MotionModel, dt_s: float) -> None:
    rng = np.random.default_rng(2)
    mean, covariance = random_states(rng, 7, model.size)
    singles = [TrackFilter(model, m, c) for m, c in zip(mean, covariance, strict=True)]
    for _ in range(4):
        position = mean[:, [0, 2]] + rng.normal(size=(7, 2)) * 3
        noise = measurement_noise(rng.uniform(0.5, 4, 7), rng.normal(size=(7, 2)) * 300, 0.005)
        mean, covariance = predict_many(model, mean, covariance, dt_s)
        mean, covariance = update_many(mean, covariance, position, noise)
        for row, single in enumerate(singles):
            single.predict(dt_s)
            single.update(position[row], noise[row])
            assert single.mean == pytest.approx(mean[row], rel=1e-9, abs=1e-9)
            assert single.covariance == pytest.approx(covariance[row], rel=1e-9, abs=1e-9)


def test_filter_reads_position_and_velocity_out_of_its_state() -> None:
    single = TrackFilter(GravityInput(), np.array([1.0, 2.0, 3.0, 4.0]), np.eye(4))
    assert single.position.tolist() == [1.0, 3.0]
    assert single.velocity.tolist() == [2.0, 4.0]


def test_filter_does_not_change_the_arrays_it_starts_from() -> None:
    mean, covariance = np.zeros(4), np.eye(4)
    single = TrackFilter(GravityInput(), mean, covariance)
    single.predict(0.5)
    single.update(np.array([1.0, 1.0]), np.eye(2))
    assert not mean.any()
    assert np.array_equal(covariance, np.eye(4))


def test_update_weighs_prediction_and_measurement_by_their_variances() -> None:
    # Variance 3 predicted, 1 measured: three quarters of the way; what is left is 3 * 1 / (3 + 1).
    covariance = np.diag([3.0, 1.0, 3.0, 1.0])[None]
    mean, after = update_many(np.zeros((1, 4)), covariance, np.array([[8.0, -4.0]]), np.eye(2)[None])
    assert mean[0].tolist() == [6.0, 0.0, -3.0, 0.0]
    assert np.diag(after[0]).tolist() == [0.75, 1.0, 0.75, 1.0]


def test_innovation_covariance_is_that_of_the_positions_plus_noise() -> None:
    covariance = np.arange(16.0).reshape(1, 4, 4)
    spread = innovation_covariances(covariance, np.eye(2)[None])
    assert spread[0].tolist() == [[1.0, 2.0], [8.0, 11.0]]


def test_error_of_the_time_is_an_error_along_the_motion() -> None:
    # 600 px a second down, 10 ms: 6 px down, none across.
    noise = measurement_noise(np.array([1.0]), np.array([[0.0, 600.0]]), 0.01)
    assert noise[0].tolist() == [[1.0, 0.0], [0.0, 37.0]]


def test_gravity_input_follows_a_fall_without_lag() -> None:
    single = TrackFilter(GravityInput(), np.zeros(4), np.eye(4) * 0.1)
    for i in range(1, 30):
        time_s = i * 0.04
        single.predict(0.04)
        single.update(np.array([0.0, GRAVITY_M_S2 * time_s**2 / 2]), np.eye(2) * 0.01)
    assert single.velocity == pytest.approx([0.0, GRAVITY_M_S2 * 29 * 0.04], abs=1e-6)


def test_free_acceleration_follows_an_acceleration_that_grows() -> None:
    model = FreeAcceleration.for_height(1080)
    times_s = np.arange(0.5, 2.3, 0.04)
    path = free_fall_px(times_s)
    down = path[:, 1]
    true_px_s2 = np.gradient(np.gradient(down, times_s), times_s)
    assert true_px_s2[-4] > 2.5 * true_px_s2[4]
    mean, covariance = model.start(path[:1], path[1:2], np.array([0.04]), np.array([1.0]))
    single = TrackFilter(model, mean[0], covariance[0])
    misses = []
    for point in path[2:]:
        single.predict(0.04)
        misses.append(np.linalg.norm(single.position - point))
        single.update(point, np.eye(2))
    assert max(misses[3:]) < 4.0
    assert single.mean[4] == pytest.approx(true_px_s2[-4], rel=0.3)

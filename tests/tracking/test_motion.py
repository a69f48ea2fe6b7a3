"""Motion models against falls worked by hand."""

import numpy as np
import pytest

from tracking.motion import FreeAcceleration, GravityInput, MotionModel, measurement_matrix

G = 9.80665
MODELS: list[MotionModel] = [GravityInput(), FreeAcceleration.for_height(1080)]


def test_gravity_input_reproduces_free_fall_at_varying_steps() -> None:
    model = GravityInput()
    steps_s = np.random.default_rng(1).uniform(0.005, 0.12, 15)
    steps_s *= 1.0 / steps_s.sum()
    # Thrown at 2 m/s to the right and 1 m/s up.
    state = np.array([3.0, 2.0, 10.0, -1.0])
    for dt_s in steps_s:
        state = model.transition(dt_s) @ state + model.drift(dt_s)
    assert state == pytest.approx([3.0 + 2.0, 2.0, 10.0 - 1.0 + G / 2, -1.0 + G], abs=1e-12)


def test_free_acceleration_moves_evenly_accelerated() -> None:
    model = FreeAcceleration.for_height(1080)
    state = model.transition(0.2) @ np.array([100.0, 10.0, 50.0, 300.0, 1500.0]) + model.drift(0.2)
    # 50 + 300 * 0.2 + 1500 * 0.02 = 140 and 300 + 1500 * 0.2 = 600.
    assert state == pytest.approx([102.0, 10.0, 140.0, 600.0, 1500.0])


@pytest.mark.parametrize("model", MODELS)
def test_two_steps_make_the_transition_of_their_sum(model: MotionModel) -> None:
    assert model.transition(0.03) @ model.transition(0.05) == pytest.approx(model.transition(0.08))
    both = model.transition(0.03) @ model.drift(0.05) + model.drift(0.03)
    assert both == pytest.approx(model.drift(0.08))


@pytest.mark.parametrize("model", MODELS)
def test_noise_of_two_steps_is_the_noise_of_their_sum(model: MotionModel) -> None:
    moved = model.transition(0.03)
    both = moved @ model.process_noise(0.05) @ moved.T + model.process_noise(0.03)
    assert both == pytest.approx(model.process_noise(0.08), rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_no_time_changes_nothing(model: MotionModel) -> None:
    assert np.array_equal(model.transition(0.0), np.eye(model.size))
    assert not model.drift(0.0).any()
    assert not model.process_noise(0.0).any()


def test_pair_of_a_free_fall_starts_with_the_true_velocity() -> None:
    # From rest: 0.2 s and 0.3 s after release, 1 m/s across.
    first, second = np.array([[0.2, G * 0.04 / 2]]), np.array([[0.3, G * 0.09 / 2]])
    mean, covariance = GravityInput().start(first, second, np.array([0.1]), np.array([0.01]))
    assert mean[0] == pytest.approx([0.3, 1.0, G * 0.09 / 2, G * 0.3])
    # Variance of a difference of two positions over 0.1 s, and its covariance with the later one.
    assert covariance[0, 2:, 2:] == pytest.approx(np.array([[0.01, 0.1], [0.1, 2.0]]))


def test_pair_in_pixels_starts_with_the_expected_acceleration() -> None:
    model = FreeAcceleration.for_height(1000)
    mean, covariance = model.start(
        np.array([[10.0, 20.0]]), np.array([[11.0, 60.0]]), np.array([0.04]), np.array([1.0])
    )
    # 40 px in 0.04 s, plus half a step of 500 px a second squared.
    assert mean[0] == pytest.approx([11.0, 25.0, 60.0, 1010.0, 500.0])
    assert covariance[0, 4, 4] == 500.0**2
    assert np.linalg.eigvalsh(covariance[0]).min() >= -1e-6


def test_measurement_reads_the_position_out_of_a_state() -> None:
    assert (measurement_matrix(5) @ np.array([1.0, 2.0, 3.0, 4.0, 5.0])).tolist() == [1.0, 3.0]

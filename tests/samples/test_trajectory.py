import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from samples.trajectory import GRAVITY_M_S2, fly


def test_fall_with_drag_follows_the_closed_form() -> None:
    # Straight down from rest: y = h - v_t^2 / g * ln cosh(g t / v_t).
    flight = fly((0.0, 50.0, 1.0), (0.0, 0.0, 0.0), 20.0)
    times_s = np.array([0.5, 1.0, 2.0, 3.0])
    expected_m = 50.0 - 20.0**2 / GRAVITY_M_S2 * np.log(np.cosh(GRAVITY_M_S2 * times_s / 20.0))
    assert flight.at(times_s)[:, 1] == pytest.approx(expected_m, abs=1e-6)


def test_heavy_object_falls_almost_as_in_vacuum() -> None:
    flight = fly((0.0, 19.62, 0.0), (0.0, 0.0, 0.0), 1e6)
    assert flight.duration_s == pytest.approx(2.0, abs=0.0021)


def test_sideways_throw_agrees_with_an_independent_integrator() -> None:
    terminal_m_s = 12.0

    def slope(_: float, state: np.ndarray) -> np.ndarray:
        velocity = state[3:]
        gravity = np.array([0.0, -9.81, 0.0])
        return np.concatenate([velocity, gravity - 9.81 / terminal_m_s**2 * np.linalg.norm(velocity) * velocity])

    times_s = np.array([1.0, 2.0, 3.0])
    start = [3.0, 60.0, 0.2, -1.2, 0.8, 2.1]
    solved = solve_ivp(slope, (0.0, 3.0), start, rtol=1e-10, atol=1e-10, t_eval=times_s)
    flight = fly((3.0, 60.0, 0.2), (-1.2, 0.8, 2.1), terminal_m_s)
    assert flight.at(times_s) == pytest.approx(solved.y[:3].T, abs=1e-5)


def test_light_object_reaches_its_terminal_velocity() -> None:
    flight = fly((0.0, 90.0, 0.0), (0.0, 0.0, 1.0), 7.0)
    last, before = flight.position_m[-1, 1], flight.position_m[-51, 1]
    assert (before - last) / 0.1 == pytest.approx(7.0, abs=0.01)


def test_flight_ends_at_the_ground() -> None:
    flight = fly((0.0, 10.0, 0.0), (0.0, 0.0, 1.0), 25.0)
    assert flight.position_m[-1, 1] <= 0.0 < flight.position_m[-2, 1]
    assert not math.isnan(flight.duration_s)

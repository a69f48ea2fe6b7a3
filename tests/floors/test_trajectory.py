import numpy as np
import pytest

from floors.trajectory import fly
from tests.floors.scenes import GRAVITY, Throw
from tests.floors.scenes import fly as truth


def test_fall_without_drag_is_a_parabola() -> None:
    flight = fly(np.array([2.0]), np.array([-1.0]), np.array([0.0]), np.array([GRAVITY]), 3.0)
    reach, drop, damping, down = flight.at(np.array([0.37, 2.9]))[:, :, 0].T
    since = np.array([0.37, 2.9])
    assert reach == pytest.approx(since)
    assert drop == pytest.approx(-since + 0.5 * GRAVITY * since**2)
    assert damping == pytest.approx([1.0, 1.0])
    assert down == pytest.approx(-1.0 + GRAVITY * since)


@pytest.mark.parametrize("terminal_m_s", [3.0, 8.0, 25.0])
def test_fall_with_drag_agrees_with_a_fine_integrator(terminal_m_s: float) -> None:
    throw = Throw(60.0, velocity_m_s=(1.0, 1.5, 2.0), terminal_m_s=terminal_m_s)
    since = np.linspace(0.05, 3.5, 40)
    expected = truth(throw, since)
    level = np.array([np.hypot(1.0, 2.0)])
    flight = fly(level, np.array([-1.5]), np.array([GRAVITY / terminal_m_s**2]), np.array([GRAVITY]), 3.5)
    reach, drop = flight.at(since)[:, :2, 0].T
    assert 60.0 - drop == pytest.approx(expected[:, 1], abs=0.01)
    assert 0.3 + 2.0 * reach == pytest.approx(expected[:, 2], abs=0.01)


def test_speed_tends_to_the_terminal_velocity() -> None:
    flight = fly(np.array([1.0]), np.array([0.0]), np.array([GRAVITY / 16.0]), np.array([GRAVITY]), 8.0)
    assert flight.state[-1, 3, 0] == pytest.approx(4.0, rel=1e-4)

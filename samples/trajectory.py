"""The flight of a thrown object: gravity and quadratic drag."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAVITY_M_S2 = 9.81
_STEP_S = 0.002
_LONGEST_S = 30.0

State = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A flight from the hand to the ground, tabulated at even steps.

    Attributes:
        step_s: Time between rows, seconds.
        position_m: (n, 3) float64, x right, y up, z out of the wall, metres; row 0 is the release.
    """

    step_s: float
    position_m: NDArray[np.float64]

    @property
    def duration_s(self) -> float:
        """Tell the time from release to the ground."""
        return self.step_s * (len(self.position_m) - 1)

    def at(self, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n, 3) position, metres, at (n,) seconds after release; held at both ends."""
        grid_s = self.step_s * np.arange(len(self.position_m))
        return np.stack([np.interp(elapsed_s, grid_s, self.position_m[:, axis]) for axis in range(3)], axis=1)


def fly(
    position_m: tuple[float, float, float],
    velocity_m_s: tuple[float, float, float],
    terminal_m_s: float,
) -> Trajectory:
    """Integrate a fall to the ground by fourth-order Runge-Kutta.

    The equation is dv/dt = -g (e_y + |v| v / v_t^2), v_t being the terminal velocity (Parker, Am. J. Phys. 45, 606,
    1977).

    Args:
        position_m: Release point.
        velocity_m_s: Velocity at release.
        terminal_m_s: Terminal velocity.

    Returns:
        The flight at steps of two milliseconds; its last point is at or just below the ground.
    """
    drag = GRAVITY_M_S2 / terminal_m_s**2
    state: State = (*position_m, *velocity_m_s)
    rows = [position_m]
    while state[1] > 0.0 and len(rows) * _STEP_S < _LONGEST_S:
        state = _runge_kutta(state, drag, _STEP_S)
        rows.append(state[:3])
    return Trajectory(_STEP_S, np.array(rows))


def _runge_kutta(state: State, drag_per_m: float, step_s: float) -> State:
    first = _derivative(state, drag_per_m)
    second = _derivative(_advance(state, first, step_s / 2.0), drag_per_m)
    third = _derivative(_advance(state, second, step_s / 2.0), drag_per_m)
    fourth = _derivative(_advance(state, third, step_s), drag_per_m)
    mean = [(a + 2.0 * b + 2.0 * c + d) / 6.0 for a, b, c, d in zip(first, second, third, fourth, strict=True)]
    return _advance(state, (mean[0], mean[1], mean[2], mean[3], mean[4], mean[5]), step_s)


def _derivative(state: State, drag_per_m: float) -> State:
    _, _, _, vx, vy, vz = state
    braking = drag_per_m * math.sqrt(vx * vx + vy * vy + vz * vz)
    return (vx, vy, vz, -braking * vx, -GRAVITY_M_S2 - braking * vy, -braking * vz)


def _advance(state: State, rate: State, step_s: float) -> State:
    x, y, z, vx, vy, vz = (value + step_s * slope for value, slope in zip(state, rate, strict=True))
    return (x, y, z, vx, vy, vz)

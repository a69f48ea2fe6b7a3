"""Flight through still air with drag that grows with the square of the speed; in wind, seen from air that moves.

Horizontal velocity keeps its direction and is damped by a factor phi; the downward speed is w:
    phi' = -k s phi,   w' = g - k s w,   s = sqrt(w^2 + (u phi)^2),   k = g / (terminal velocity)^2
(Landau & Lifshitz, Mechanics; there is no closed form once u is not zero). Classical Runge-Kutta of order 4 with fixed
steps, all parameter sets at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
LONGEST_STEP_S = 0.16
_FEWEST_STEPS = 12
_SIXTH = 1.0 / 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """B flights on a common grid of T + 1 times since release.

    Attributes:
        step_s: Seconds between grid times.
        state: (T + 1, 4, B): horizontal reach (seconds of the first horizontal velocity), drop (m), phi, w (m/s).
    """

    step_s: float
    state: Array

    def at(self, since_s: Array) -> Array:
        """Interpolate to times since release (N,) by cubic Hermite: (N, 4, B) as `state`; also a bit before release."""
        steps = len(self.state) - 1
        place = np.minimum(since_s / self.step_s, steps)
        index = np.clip(place.astype(np.intp), 0, steps - 1)
        part = (place - index)[:, None, None]
        first, second = self.state[index], self.state[index + 1]
        change = second[:, :2] - first[:, :2]
        slope_a, slope_b = first[:, 2:] * self.step_s, second[:, 2:] * self.step_s
        bend = slope_a + slope_b - 2 * change
        lean = 3 * change - 2 * slope_a - slope_b
        position = first[:, :2] + part * (slope_a + part * (lean + part * bend))
        velocity = (slope_a + part * (2 * lean + 3 * part * bend)) / self.step_s
        return np.concatenate((position, velocity), axis=1)


def fly(horizontal_m_s: Array, down_m_s: Array, drag_per_m: Array, gravity_m_s2: Array, duration_s: float) -> Flight:
    """Integrate B flights from release on.

    Args:
        horizontal_m_s: (B,) horizontal speed at release.
        down_m_s: (B,) downward speed at release.
        drag_per_m: (B,) k = g / (terminal velocity)^2.
        gravity_m_s2: (B,) gravity.
        duration_s: How long.
    """
    steps = max(_FEWEST_STEPS, int(np.ceil(duration_s / LONGEST_STEP_S)))
    step = max(duration_s, 1e-3) / steps
    fall = np.stack((np.zeros_like(gravity_m_s2), gravity_m_s2))
    level2 = horizontal_m_s * horizontal_m_s

    def change(motion: Array) -> Array:
        damping, down = motion
        speed = np.sqrt(damping * damping * level2 + down * down)
        result: Array = fall - (drag_per_m * speed) * motion
        return result

    state = np.empty((steps + 1, 4, len(down_m_s)))
    motion = np.stack((np.ones_like(down_m_s), down_m_s))
    place = np.zeros_like(motion)
    slope = change(motion)
    state[0, :2], state[0, 2:] = place, motion
    for index in range(1, steps + 1):
        middle = change(motion + 0.5 * step * slope)
        middle_again = change(motion + 0.5 * step * middle)
        end = change(motion + step * middle_again)
        following = motion + step * _SIXTH * (slope + 2 * (middle + middle_again) + end)
        slope_after = change(following)
        # Two-point Hermite quadrature: as exact as the velocities are.
        place = place + 0.5 * step * (motion + following) + step * step / 12 * (slope - slope_after)
        motion, slope = following, slope_after
        state[index, :2], state[index, 2:] = place, motion
    return Flight(step, state)

"""What is known of throws before anything is seen."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from floors.trajectory import GRAVITY_M_S2

Array = NDArray[np.float64]

# Order of the parameters of a fall: place at release, time of it, velocity, drag, logarithm of gravity, wind.
X, Y, Z, RELEASE, RIGHT, UP, OUT, DRAG, LOG_GRAVITY, WIND_RIGHT, WIND_OUT = range(11)
SIZE = 11
# Drag is one over the square of the terminal velocity: of 300 and of 1.5 m/s.
DRAG_LIMITS = (1e-5, 0.45)
_CALM_M_S = 1e-4


@dataclass(frozen=True, slots=True)
class ThrowPrior:
    """How people throw and things drop: means and standard deviations, metres and seconds.

    Attributes:
        right_sigma_m_s: Of the velocity along the wall; its mean is 0.
        up_m_s: Upward velocity.
        up_sigma_m_s: Its deviation.
        out_m_s: Velocity out of the wall.
        out_sigma_m_s: Its deviation.
        distance_m: Distance from the wall at release.
        distance_sigma_m: Its deviation.
        log_terminal: Natural logarithm of the terminal velocity in m/s.
        log_terminal_sigma: Its deviation.
        log_gravity_sigma: Of gravity's logarithm: how well the metres of the geometry are known.
        wind_right_sigma_m_s: Of the wind along the wall; its mean is 0.
        wind_out_sigma_m_s: Of the wind out of the wall, through which no air can come.
        hidden_sigma_s: Of the time from release to first sight, whose mean is 0: what falls is soon seen.
        early_sigma_s: Of the same where it is negative: what is seen in the air has been released, but for the error of
            a frame and the swing of an arm.
    """

    right_sigma_m_s: float = 1.0
    up_m_s: float = 0.3
    up_sigma_m_s: float = 0.6
    out_m_s: float = 1.4
    out_sigma_m_s: float = 1.0
    distance_m: float = 0.3
    distance_sigma_m: float = 0.3
    log_terminal: float = 3.2
    log_terminal_sigma: float = 0.7
    log_gravity_sigma: float = 0.003
    wind_right_sigma_m_s: float = 1.0
    wind_out_sigma_m_s: float = 0.3
    hidden_sigma_s: float = 1.0
    early_sigma_s: float = 0.1

    @property
    def calm(self) -> "ThrowPrior":
        """Believe the same of throws through still air."""
        return replace(self, wind_right_sigma_m_s=_CALM_M_S, wind_out_sigma_m_s=_CALM_M_S)

    def rows(self, parameters: Array, first_s: float) -> tuple[Array, Array]:
        """Give residuals (9,) in standard deviations and their Jacobian (9, 11); `first_s` is the first sight."""
        drag = max(float(parameters[DRAG]), DRAG_LIMITS[0])
        unseen_sigma_s = self.early_sigma_s if parameters[RELEASE] > first_s else self.hidden_sigma_s
        misses = (
            (parameters[Z] - self.distance_m) / self.distance_sigma_m,
            parameters[RIGHT] / self.right_sigma_m_s,
            (parameters[UP] - self.up_m_s) / self.up_sigma_m_s,
            (parameters[OUT] - self.out_m_s) / self.out_sigma_m_s,
            (-0.5 * np.log(drag) - self.log_terminal) / self.log_terminal_sigma,
            (parameters[LOG_GRAVITY] - np.log(GRAVITY_M_S2)) / self.log_gravity_sigma,
            (parameters[RELEASE] - first_s) / unseen_sigma_s,
            parameters[WIND_RIGHT] / self.wind_right_sigma_m_s,
            parameters[WIND_OUT] / self.wind_out_sigma_m_s,
        )
        slopes = (
            1 / self.distance_sigma_m,
            1 / self.right_sigma_m_s,
            1 / self.up_sigma_m_s,
            1 / self.out_sigma_m_s,
            -0.5 / (drag * self.log_terminal_sigma),
            1 / self.log_gravity_sigma,
            1 / unseen_sigma_s,
            1 / self.wind_right_sigma_m_s,
            1 / self.wind_out_sigma_m_s,
        )
        jacobian = np.zeros((len(slopes), SIZE))
        jacobian[range(len(slopes)), [Z, RIGHT, UP, OUT, DRAG, LOG_GRAVITY, RELEASE, WIND_RIGHT, WIND_OUT]] = slopes
        return np.array(misses), jacobian

"""How fast a camera's clock goes beside that of the machine."""

import math
from collections import deque

import numpy as np

_BLOCK_S = 10.0
_MOST_BLOCKS = 180
_LEAST_BLOCKS = 12


class ClockDrift:
    """Compares presentation times with times of arrival over the last half hour of one connection.

    Each picture comes late, by another delay; in ten seconds the one that came soonest was hardly delayed at all. A
    straight line through those tells how the two clocks part, whatever the network does to single pictures.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._least: deque[tuple[int, float, float]] = deque(maxlen=_MOST_BLOCKS)  # block, when it came, its lag

    def add(self, time_s: float, came_s: float) -> None:
        """Take a picture's presentation time, and when it came by the machine's monotonic clock, seconds."""
        block, lag_s = math.floor(came_s / _BLOCK_S), came_s - time_s
        if self._least and self._least[-1][0] == block:
            if lag_s < self._least[-1][2]:
                self._least[-1] = (block, came_s, lag_s)
        else:
            self._least.append((block, came_s, lag_s))

    def restart(self) -> None:
        """Forget all: the camera was connected to anew."""
        self._least.clear()

    @property
    def ppm(self) -> float | None:
        """Tell how much too fast the camera's clock goes, millionths; None before two minutes of one connection."""
        # The newest block may have come late as a whole: it has just begun.
        if len(self._least) <= _LEAST_BLOCKS:
            return None
        _, came_s, lag_s = np.array(self._least)[:-1].T
        slope = np.polynomial.Polynomial.fit(came_s - came_s[0], lag_s, 1).convert().coef
        return -1e6 * float(slope[1]) if len(slope) > 1 else 0.0

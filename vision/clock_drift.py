"""How fast a camera's clock goes beside that of the machine."""

import numpy as np

from vision.arrival_lag import ArrivalLag

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
        self.restart()

    def add(self, time_s: float, came_s: float) -> None:
        """Take a picture's presentation time, and when it came by the machine's monotonic clock, seconds."""
        self._lag.note(time_s, came_s)

    def restart(self) -> None:
        """Forget all: the camera was connected to anew."""
        self._lag = ArrivalLag(_BLOCK_S, _MOST_BLOCKS)

    @property
    def ppm(self) -> float | None:
        """Tell how much too fast the camera's clock goes, millionths; None before two minutes of one connection."""
        # The newest block may have come late as a whole: it has just begun.
        least = self._lag.least[:-1]
        if len(least) < _LEAST_BLOCKS:
            return None
        lag_s, came_s = np.array(least).T
        slope = np.polynomial.Polynomial.fit(came_s - came_s[0], lag_s, 1).convert().coef
        return -1e6 * float(slope[1]) if len(slope) > 1 else 0.0

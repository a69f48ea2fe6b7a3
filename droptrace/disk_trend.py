"""How long the room on a disk lasts."""

from collections import deque
from statistics import linear_regression

_APART_S = 600.0
_SPAN_S = 86_400.0
_LEAST_SPAN_S = 3600.0
_MOST_DAYS = 3650.0


class DiskTrend:
    """Follows how the free room falls over a day, and tells how many days are left at that rate."""

    def __init__(self) -> None:
        """Begin: nothing is known for the first hour."""
        self._seen: deque[tuple[float, float]] = deque(maxlen=round(_SPAN_S / _APART_S) + 1)

    def add(self, free_mb: float, now_s: float) -> None:
        """Take what is free now; one value in ten minutes is kept.

        Args:
            free_mb: Free room, millions of bytes.
            now_s: Monotonic seconds.
        """
        if not self._seen or now_s - self._seen[-1][0] >= _APART_S:
            self._seen.append((now_s, free_mb))

    def left_days(self) -> float | None:
        """Tell how long the last value lasts on the straight line through all (least squares).

        Returns:
            None within the first hour, and where the room does not fall or lasts ten years.
        """
        if not self._seen or self._seen[-1][0] - self._seen[0][0] < _LEAST_SPAN_S:
            return None
        times_s, free_mb = zip(*self._seen, strict=True)
        fall_mb_s = -linear_regression(times_s, free_mb).slope
        if fall_mb_s <= 0:
            return None
        days = free_mb[-1] / fall_mb_s / 86_400
        return days if days < _MOST_DAYS else None

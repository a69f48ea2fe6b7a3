"""Frames a second, as they are presented and as they come."""

from collections import deque


class FrameRate:
    """Counts the frames of the last seconds."""

    def __init__(self, window_s: float = 10.0) -> None:
        """Look back over so many seconds."""
        self._window_s = window_s
        self._times: deque[tuple[float, float]] = deque()
        self._first_s: float | None = None

    def add(self, time_s: float, came_s: float) -> None:
        """Count a frame with its presentation time and when it came, monotonic seconds."""
        if self._first_s is None:
            self._first_s = came_s
        self._times.append((time_s, came_s))
        self._forget(came_s)

    def by_arrival(self, now_s: float) -> float:
        """Tell how many came a second until now; 0 when none came for the whole window."""
        self._forget(now_s)
        if self._first_s is None:
            return 0.0
        return len(self._times) / max(1.0, min(self._window_s, now_s - self._first_s))

    def by_presentation(self) -> float | None:
        """Tell the rate by their own times; None with fewer than two."""
        if len(self._times) < 2:
            return None
        span_s = self._times[-1][0] - self._times[0][0]
        return (len(self._times) - 1) / span_s if span_s > 0 else None

    def _forget(self, now_s: float) -> None:
        while self._times and self._times[0][1] <= now_s - self._window_s:
            self._times.popleft()

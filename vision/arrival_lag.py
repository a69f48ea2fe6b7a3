"""By how much the pictures of a camera come after their own time."""

import math


class ArrivalLag:
    """Remembers the least lag of each of the last spans of time: that of pictures which waited for nothing.

    Each picture comes late, by another delay, and where nobody keeps up later and later; those that came soonest tell
    where presentation time lies on the machine's monotonic clock.
    """

    def __init__(self, span_s: float = 60.0, spans: int = 10) -> None:
        """Remember so many spans.

        Args:
            span_s: How long each is. Ten times a minute, as it is where nothing else is said, is as long as the clock
                of a camera drifts by less than a tenth of a second.
            spans: How many are remembered; those in which nothing came do not count.
        """
        self._span_s = span_s
        self._spans = spans
        self._least: dict[int, tuple[float, float]] = {}  # of each span the least lag, and when that picture came

    def note(self, time_s: float, came_s: float) -> None:
        """Take the time of a picture, and when it came, monotonic; pictures in the order in which they came."""
        span = math.floor(came_s / self._span_s)
        self._least[span] = min((came_s - time_s, came_s), self._least.get(span, (math.inf, math.inf)))
        if len(self._least) > self._spans:
            del self._least[next(iter(self._least))]

    @property
    def least(self) -> list[tuple[float, float]]:
        """Tell of each span the least lag, and when that picture came, seconds; the oldest span first."""
        return list(self._least.values())

    @property
    def lags_s(self) -> list[float]:
        """Tell the least lag of each span, the oldest first."""
        return [lag_s for lag_s, _ in self._least.values()]

    def time_s(self, came_s: float) -> float:
        """Tell the time of a picture that comes now and waited for nothing; -inf before the first one."""
        return came_s - min(self.lags_s, default=math.inf)

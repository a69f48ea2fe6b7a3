"""By how much the frames of a camera come after their own time."""

import math

_SPAN_S = 60.0
_SPANS = 10


class ArrivalLag:
    """Remembers the least lag of the last ten minutes: that of frames which waited for nothing.

    Where nobody keeps up, frames come later and later; those that came soonest tell which belongs to the present. Ten
    minutes, since the clock of a camera drifts: by less than a tenth of a second in that time.
    """

    def __init__(self) -> None:
        self._least_s: dict[int, float] = {}

    def note(self, time_s: float, came_s: float) -> None:
        """Take the time of a frame, and when it came, monotonic; frames in the order in which they came."""
        span = math.floor(came_s / _SPAN_S)
        self._least_s[span] = min(came_s - time_s, self._least_s.get(span, math.inf))
        if len(self._least_s) > _SPANS:
            del self._least_s[next(iter(self._least_s))]

    def time_s(self, came_s: float) -> float:
        """Tell the time of a frame that comes now and waited for nothing; -inf before the first frame."""
        return came_s - min(self._least_s.values(), default=math.inf)

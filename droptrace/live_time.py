"""When, by the wall clock, something was that a camera has shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from droptrace.kernel_clock import ClockSync
from vision.arrival_lag import ArrivalLag
from vision.clock import Clock
from vision.frame import Frame

_SECONDS = 600
_LATENCY_S = 1.0
"""From light to arrival, at most: the camera's encoding and the network take some tenths, which nobody tells us."""


@dataclass(frozen=True, slots=True)
class WallTime:
    """A wall-clock time and how wrong it is at most, seconds; None where that is not known."""

    utc: datetime
    error_s: float | None


class LiveTime:
    """Lays the presentation times of one camera on the wall clock.

    Each frame comes late, by another delay; those that came soonest in the last ten minutes tell where presentation
    time lies on the monotonic clock, also while this machine does not keep up and reads everything late. The wall clock
    and its error are read at the moment of asking alone, so who sets it meanwhile shifts nothing.
    """

    def __init__(self, clock: Clock, read_sync: Callable[[], ClockSync]) -> None:
        """Begin without a frame.

        Args:
            clock: Wall clock, and the monotonic one of `Frame.arrived_s`.
            read_sync: Tells whether the wall clock is set.
        """
        self._clock = clock
        self._read_sync = read_sync
        self._lag = ArrivalLag(1.0, _SECONDS)

    def take(self, frame: Frame) -> None:
        """Take each frame of the camera."""
        if frame.arrived_s is not None:
            self._lag.note(frame.time_s, frame.arrived_s)

    def tell(self, time_s: float) -> WallTime | None:
        """Tell when something was.

        Args:
            time_s: On the axis of the frames, seconds.

        Returns:
            None before the first frame. The error is that of the machine's clock, the longest way of a picture, and as
            much as camera and machine disagreed of late about how much time passed (drift, jumps, delays that stay);
            None where no time server is followed.
        """
        lags_s = self._lag.lags_s
        if not lags_s:
            return None
        passed_s = self._clock.monotonic_s() - (time_s + min(lags_s))
        utc = self._clock.utc_now() - timedelta(seconds=passed_s)
        set_within_s = self._read_sync().error_s
        if set_within_s is None:
            return WallTime(utc, None)
        return WallTime(utc, set_within_s + _LATENCY_S + max(lags_s) - min(lags_s))

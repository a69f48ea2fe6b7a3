"""The sign of life of a camera process."""

import math
from collections.abc import Callable

from droptrace.messages import Alive, Message
from vision.clock import Clock

PULSE_S = 1.0
"""Once a second: a pickle of 40 bytes, and soon enough for the shortest limit on silence, 2 s."""


class Pulse:
    """Tells the parent that this process lives.

    It beats in the thread that does the work, not in one of its own, which would go on beating beside a decoder that
    hangs or a loop without end.
    """

    def __init__(self, send: Callable[[Message], None], clock: Clock) -> None:
        """Tell `send`, at most once in `PULSE_S`."""
        self._send = send
        self._clock = clock
        self._next_s = -math.inf

    def beat(self) -> None:
        """Say so, unless it was said a moment ago."""
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_s:
            self._next_s = now_s + PULSE_S
            self._send(Alive())

"""How long to wait before trying again."""

from collections.abc import Callable
from random import Random
from threading import Event

from vision.clock import Clock

_NAP_S = 0.25


class Backoff:
    """Doubles the wait from 1 s to 30 s, up to a quarter of it added at random.

    At random, so that many cameras behind one switch are not all asked in the same moment when it comes back.
    """

    def __init__(self, rng: Random, *, first_s: float = 1.0, longest_s: float = 30.0, jitter: float = 0.25) -> None:
        self._rng = rng
        self._first_s = first_s
        self._longest_s = longest_s
        self._jitter = jitter
        self._next_s = first_s

    def next_s(self) -> float:
        """Tell how long to wait now, seconds; longer at each call."""
        wait_s = self._next_s
        self._next_s = min(self._longest_s, 2 * wait_s)
        return wait_s * (1 + self._jitter * self._rng.random())

    def reset(self) -> None:
        """Start from the shortest wait again, after a success."""
        self._next_s = self._first_s


def wait(clock: Clock, wait_s: float, stopped: Event, on_turn: Callable[[], None] = lambda: None) -> None:
    """Wait so many seconds, or until `stopped` is set; call `on_turn` four times a second meanwhile."""
    while wait_s > 0 and not stopped.is_set():
        on_turn()
        nap_s = min(wait_s, _NAP_S)
        clock.sleep(nap_s)
        wait_s -= nap_s

"""The time of day and the passing of time, handed in so that tests can make them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def utc_now(self) -> datetime:
        """Tell the wall-clock time, timezone-aware; it may step when somebody sets it."""
        ...

    def monotonic_s(self) -> float:
        """Tell seconds from an arbitrary start; it never steps."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of the machine."""

    def utc_now(self) -> datetime:
        """Tell the wall-clock time."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Tell seconds since some start of the machine's own."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved; sleeping moves it.

    Attributes:
        slept_s: Every wait that was asked for, in order, seconds.
    """

    def __init__(self, utc: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._utc = utc
        self._monotonic_s = 0.0
        self.slept_s: list[float] = []

    def utc_now(self) -> datetime:
        """Tell the time that it was moved to."""
        return self._utc

    def monotonic_s(self) -> float:
        """Tell how far it was moved, seconds."""
        return self._monotonic_s

    def sleep(self, seconds: float) -> None:
        """Note the wait and move on by it, without waiting."""
        self.slept_s.append(seconds)
        self.advance(seconds)

    def step(self, seconds: float) -> None:
        """Set the wall clock ahead, or back, as people and time servers do; the passing of time knows nothing of it."""
        self._utc += timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Move both times on."""
        self._monotonic_s += seconds
        self._utc += timedelta(seconds=seconds)

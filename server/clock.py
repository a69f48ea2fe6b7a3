"""What time it is, handed in from outside."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the wall-clock time."""

    def now_utc(self) -> datetime:
        """Return the present time, timezone-aware, UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now_utc(self) -> datetime:
        """Return the machine's present time in UTC."""
        return datetime.now(UTC)

"""What evidence asks of a clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells wall-clock time."""

    def utc_now(self) -> datetime:
        """Return the current time, timezone-aware, in UTC."""
        ...


def to_rfc3339(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond: "2026-11-23T03:04:05.678Z".

    Args:
        moment: A timezone-aware time.

    Returns:
        Text of 24 characters, ending in "Z".
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

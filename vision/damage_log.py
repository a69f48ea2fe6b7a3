"""Saying that what a camera sends is damaged, without saying it a thousand times."""

import structlog

from vision.counts import Counts

_AGAIN_S = 60.0


class DamageLog:
    """Logs damage of one source at once, and what comes on top of it once a minute."""

    def __init__(self, name: str, counts: Counts) -> None:
        """Watch the totals of a source; its name is without credentials."""
        self._name = name
        self._counts = counts
        self._told = 0
        self._told_s: float | None = None

    def look(self, now_s: float) -> None:
        """Log what is new, unless something was logged within the last minute.

        Args:
            now_s: Monotonic seconds.
        """
        new = self._counts.damaged_packets - self._told
        if not new or (self._told_s is not None and now_s < self._told_s + _AGAIN_S):
            return
        structlog.get_logger().warning("stream_damaged", source=self._name, damaged_packets=new)
        self._told, self._told_s = self._counts.damaged_packets, now_s

"""What went wrong for good, for the last word of a box that may have run for months."""

from collections import deque

MOST_FAILURES = 20


class Failures:
    """Remembers the newest of them, and how many came before; each was logged when it came."""

    def __init__(self) -> None:
        """Begin with none."""
        self._newest: deque[str] = deque(maxlen=MOST_FAILURES)
        self._count = 0

    @property
    def words(self) -> list[str]:
        """Tell them in words, the newest last."""
        before = self._count - len(self._newest)
        return [*([f"{before} failures before, which are in the log"] if before else []), *self._newest]

    def add(self, reason: str) -> None:
        """Take one more."""
        self._newest.append(reason)
        self._count += 1

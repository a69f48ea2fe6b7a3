"""Connecting again to a camera that is lost."""

from dataclasses import dataclass
from random import Random

from vision.backoff import Backoff
from vision.errors import CredentialsRefused, SourceError

_LONGEST_S = 2.0
"""With a quarter more at random, and two seconds to the next key picture, a camera that is back is seen in 5 s."""
_SAY_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Pause:
    """What is to be done before the next attempt.

    Attributes:
        wait_s: How long to wait, seconds.
        is_news: Whether the log is to say why; else it has done so within the last minute.
    """

    wait_s: float
    is_news: bool


class Reconnection:
    """Tells when a stream that is lost is tried again, and when the log is to say that it is.

    Soon, since who is away for half a minute after the camera is back misses what falls then; but seldom where the
    camera refuses the credentials: some lock the account of who tries too often.
    """

    def __init__(self, rng: Random) -> None:
        """Begin with a stream that has not failed; `rng` spreads the attempts of many cameras."""
        self._backoff = Backoff(rng, longest_s=_LONGEST_S)
        self._patience = Backoff(rng)
        self._said_s: dict[str, float] = {}  # why it was lost, and when that was said: within the last minute

    @property
    def has_failed(self) -> bool:
        """Tell whether the stream has failed since the last success."""
        return bool(self._said_s)

    def failed(self, error: SourceError, now_s: float) -> Pause:
        """Take note that the stream broke, or that an attempt failed.

        Args:
            error: Why.
            now_s: Monotonic seconds.
        """
        backoff = self._patience if isinstance(error, CredentialsRefused) else self._backoff
        why = str(error)
        self._said_s = {said: at_s for said, at_s in self._said_s.items() if now_s - at_s < _SAY_EVERY_S}
        is_news = why not in self._said_s
        if is_news:
            self._said_s[why] = now_s
        return Pause(backoff.next_s(), is_news)

    def succeeded(self) -> None:
        """Take note that pictures come: the next failure is news, and tried again soon."""
        self._backoff.reset()
        self._patience.reset()
        self._said_s.clear()

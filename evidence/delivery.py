"""Sending what waits in the outbox, until its arrival is known."""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from evidence.backoff import LONGEST_WAIT_S, rest_delay_s, retry_delay_s
from evidence.clock import Clock
from evidence.endpoint import SendResult
from evidence.errors import OutboxError
from evidence.outbox import Delivery, Kind, MediaFile, Outbox

_POLL_S = 0.25
_TROUBLE_WAIT_S = 5.0


class Endpoint(Protocol):
    """Takes orders and files, and tells what came of each attempt."""

    @property
    def url(self) -> str:
        """Tell the address that takes incidents."""
        ...

    def post_order(self, incident_id: str, facts: dict[str, object], sent_utc: datetime) -> SendResult:
        """Send the facts of an incident."""
        ...

    def put_media(self, incident_id: str, media: MediaFile, sent_utc: datetime) -> SendResult:
        """Send a file of a package."""
        ...


class Deliverer:
    """Sends what is due, orders before files; every message at least once, receivers tell repeats by their key.

    A message that failed waits by itself, ever longer, and is never given up. A receiver that failed is left alone for
    a while with all messages, so that one that is down is not asked for each of them. Files can be slow: where an
    order must not wait for them, one deliverer takes the orders and another, in another thread, the files.
    """

    def __init__(
        self,
        outbox: Outbox,
        endpoint: Endpoint,
        clock: Clock,
        rng: random.Random,
        *,
        kinds: Sequence[Kind] = ("order", "media"),
        report: Callable[[str], None] | None = None,
    ) -> None:
        """Bring the parts together.

        Args:
            outbox: What waits.
            endpoint: Where it goes.
            clock: Tells when something is due.
            rng: Spreads retries.
            kinds: What this one sends, most urgent first.
            report: Is told in words of every failure.
        """
        self._outbox = outbox
        self._endpoint = endpoint
        self._clock = clock
        self._rng = rng
        self._kinds = tuple(kinds)
        self._report = report
        self._failures = 0
        self._rests_until: datetime | None = None

    def run_once(self) -> int:
        """Send everything that is due now.

        Returns:
            How many messages are known to have arrived.

        Raises:
            OutboxError: If the outbox cannot be read or written.
        """
        arrived = 0
        while (result := self.step()) is not None:
            arrived += result.outcome == "delivered"
        return arrived

    def step(self) -> SendResult | None:
        """Send the most urgent message that is due.

        Returns:
            What came of it; None when there is nothing to do now.

        Raises:
            OutboxError: If the outbox cannot be read or written.
        """
        now = self._clock.utc_now()
        if self._is_resting(now) or self._outbox.is_closed(self._endpoint.url):
            return None
        delivery = self._next(now)
        if delivery is None:
            return None
        if delivery.media is None:
            result = self._endpoint.post_order(delivery.incident_id, delivery.facts, now)
        else:
            result = self._endpoint.put_media(delivery.incident_id, delivery.media, now)
        self._settle(delivery, result)
        return result

    def run(self, stop: threading.Event) -> None:
        """Send for ever, until `stop` is set; trouble with the outbox is reported and outlived."""
        while not stop.is_set():
            try:
                idle_s = 0.0 if self.step() is not None else _POLL_S
            except OutboxError as error:
                self._tell(str(error))
                idle_s = _TROUBLE_WAIT_S
            if idle_s:
                stop.wait(idle_s)

    def _next(self, now: datetime) -> Delivery | None:
        for kind in self._kinds:
            for delivery in self._outbox.due(now, kind, most=1):
                return delivery
        return None

    def _is_resting(self, now: datetime) -> bool:
        """Tell whether the receiver is being left alone; a clock that was set back ends that."""
        if self._rests_until is None:
            return False
        return 0.0 < (self._rests_until - now).total_seconds() <= 2.0 * LONGEST_WAIT_S

    def _settle(self, delivery: Delivery, result: SendResult) -> None:
        now = self._clock.utc_now()
        if result.outcome == "delivered":
            self._outbox.delivered(delivery.delivery_id, now)
            self._be_welcome(now)
            return
        self._tell(f"incident {delivery.incident_id}, {_what(delivery)}: {result.detail}")
        if result.outcome == "lost":
            self._outbox.lost(delivery.delivery_id, result.detail, now)
            return
        wait_s = max(retry_delay_s(delivery.attempts + 1, self._rng), result.retry_after_s or 0.0)
        blocked = result.outcome in {"blocked", "closed"}
        retry_at = now + timedelta(seconds=wait_s)
        self._outbox.failed(delivery.delivery_id, retry_at, result.detail, hurries=blocked)
        if result.outcome == "closed":
            self._outbox.close_address(self._endpoint.url, result.detail, now)
        if blocked or result.outcome == "failed":
            self._rest(now, result.retry_after_s or 0.0)
        else:
            self._be_welcome(now)

    def _be_welcome(self, now: datetime) -> None:
        """Note that the receiver answers; what waited only for that is due at once."""
        if self._failures:
            self._outbox.hurry(now)
        self._failures, self._rests_until = 0, None

    def _rest(self, now: datetime, asked_s: float) -> None:
        self._failures += 1
        self._rests_until = now + timedelta(seconds=max(rest_delay_s(self._failures, self._rng), asked_s))

    def _tell(self, words: str) -> None:
        if self._report is not None:
            self._report(words)


def _what(delivery: Delivery) -> str:
    return "order" if delivery.media is None else f"file {delivery.media.name}"

"""The sign of life of an edge box to its server."""

import threading
import time
from dataclasses import dataclass, replace
from urllib.parse import quote

import httpx
import structlog

from droptrace.config import EndpointConfig
from droptrace.errors import ConfigError
from droptrace.status import BoxStatus
from evidence.clock import to_rfc3339
from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.errors import EvidenceError
from evidence.work_order import cloud_event
from vision.clock import Clock

EVENT_TYPE = "org.droptrace.heartbeat"
EVERY_S = 60

_JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is told, seconds.

    Attributes:
        every_s: When nothing happens.
        apart_s: At most, when a camera goes blind or sees again.
        stale_s: A status older than this is not sent: the supervisor hangs, and its box is better taken for silent.
    """

    every_s: float = EVERY_S
    apart_s: float = 5.0
    stale_s: float = 30.0


class Heartbeat:
    """Sends the newest status, in a thread and over a connection of its own, so that no order waits for it.

    Nothing is queued: an old heartbeat is worth nothing. `take` is for one thread, `start` and `close` for the same.
    """

    def __init__(self, endpoint: HttpEndpoint, clock: Clock, pace: Pace = Pace()) -> None:  # noqa: B008 - frozen
        """Be ready; nothing is sent before `start` and the first `take`.

        Args:
            endpoint: Of the address that takes heartbeats; its only user is this.
            clock: Tells when one is sent.
            pace: How often.
        """
        self._endpoint = endpoint
        self._clock = clock
        self._pace = pace
        self._log = structlog.get_logger("edge")
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._changed = threading.Condition()
        self._is_over = False
        self._newest: BoxStatus | None = None
        self._taken_s = 0.0
        self._sent: tuple[float, BoxStatus] | None = None
        self._lost_s: float | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def take(self, status: BoxStatus) -> None:
        """Take the newest; it is sent when that is due, at once where a camera's sight has changed."""
        with self._changed:
            self._newest, self._taken_s = status, time.monotonic()
            self._changed.notify()

    def close(self, *, at_once: bool = False) -> None:
        """End; what is on its way is waited for for a moment, or not at all."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(0.0 if at_once else _JOIN_S)

    def _run(self) -> None:
        try:
            while (status := self._next()) is not None:
                self._send(status)
        finally:
            self._endpoint.close()

    def _next(self) -> BoxStatus | None:
        """Wait until one is due, and give it; None at the end."""
        with self._changed:
            while not self._is_over:
                wait_s = self._wait_s(time.monotonic())
                if wait_s is not None and wait_s <= 0:
                    return self._newest
                self._changed.wait(wait_s)
        return None

    def _wait_s(self, now_s: float) -> float | None:
        """Tell how long to wait with what is known; None until something is told."""
        if self._newest is None or now_s - self._taken_s > self._pace.stale_s:
            return None
        if self._sent is None:
            return 0.0
        sent_s, sent = self._sent
        is_news = self._newest.sights != sent.sights
        return sent_s + (self._pace.apart_s if is_news else self._pace.every_s) - now_s

    def _send(self, status: BoxStatus) -> None:
        self._sent = time.monotonic(), status
        now = self._clock.utc_now()
        told = replace(status, sent_utc=to_rfc3339(now))
        result = self._endpoint.post_event(heartbeat_key(told), heartbeat_body(told), now)
        if result.outcome != "delivered":
            if self._lost_s is None:
                self._lost_s = time.monotonic()
                self._log.warning("heartbeat_lost", reason=result.detail)
        elif self._lost_s is not None:
            self._log.warning("heartbeat_back", after_s=round(time.monotonic() - self._lost_s, 1))
            self._lost_s = None


def heartbeat_body(status: BoxStatus) -> bytes:
    """Put a status into its CloudEvents 1.0 envelope; UTF-8 JSON."""
    attributes = {
        "id": heartbeat_key(status),
        "source": f"/edge/{quote(status.box_id, safe='')}",
        "type": EVENT_TYPE,
        "time": status.sent_utc,
    }
    return cloud_event(attributes, status.to_json())


def heartbeat_key(status: BoxStatus) -> str:
    """Name a heartbeat: the box, and when it was sent."""
    return f"{status.box_id}@{status.sent_utc}"


def heartbeat_url(endpoint: EndpointConfig) -> str | None:
    """Tell where heartbeats go: where EDGE.toml says, or beside the incidents; None where that is unknown."""
    if endpoint.heartbeat_url is not None:
        return endpoint.heartbeat_url
    url = httpx.URL(endpoint.url)
    parent, _, last = url.path.rstrip("/").rpartition("/")
    return str(url.copy_with(path=f"{parent}/heartbeats")) if last == "incidents" else None


def make_heartbeat(endpoint: EndpointConfig, clock: Clock) -> Heartbeat | None:
    """Make the sender, where it is known where to.

    Raises:
        ConfigError: The token, the secret or an address is wrong.
    """
    try:
        url = heartbeat_url(endpoint)
        if url is None:
            return None
        return Heartbeat(HttpEndpoint(EndpointSettings(url, endpoint.token, endpoint.secret)), clock)
    except (EvidenceError, httpx.InvalidURL) as error:
        raise ConfigError(str(error)) from error

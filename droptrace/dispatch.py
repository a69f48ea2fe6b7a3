"""The way of what was found: into the outbox, and from there to the endpoint."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from droptrace.config import EndpointConfig
from droptrace.errors import ConfigError, DroptraceError
from evidence.delivery import Deliverer
from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.errors import EvidenceError, ManifestError, OutboxError
from evidence.facts import incident_facts
from evidence.incident import Incident
from evidence.outbox import Kind, Outbox
from vision.clock import Clock

_LOOK_S = 0.1
_LAST_S = 3.0
_JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not arrived yet: how many orders and files, and how long the oldest has waited; None where none does."""

    depth: int
    oldest_s: float | None


class Dispatch:
    """Keeps incidents and their evidence in the outbox and has them sent, in threads of its own.

    While the outbox cannot be written, such as on a full disk, what is to go into it waits here, in order: a box that
    watches cameras goes on watching.
    """

    def __init__(self, data_dir: Path, endpoint: EndpointConfig, clock: Clock) -> None:
        """Open the outbox; nothing is sent before `start`.

        Raises:
            ConfigError: The endpoint's address, token or secret is wrong.
            DroptraceError: The outbox cannot be opened.
        """
        self._clock = clock
        self._log = structlog.get_logger("edge")
        self._unrecorded: list[Callable[[], object]] = []
        self._trouble = ""
        self._backlog = Backlog(0, None)
        self._stop = threading.Event()
        self._senders: list[threading.Thread] = []
        self._data_dir = data_dir
        self._url = endpoint.url
        # Orders have a thread of their own: facts must not wait behind a clip.
        self._kinds: list[list[Kind]] = [["order"], ["media"]] if endpoint.send_media else [["order"]]
        try:
            settings = EndpointSettings(
                endpoint.url, endpoint.token, endpoint.secret, endpoint.send_media, endpoint.timeout_s
            )
            self._endpoints = [HttpEndpoint(settings) for _ in self._kinds]
        except EvidenceError as error:
            raise ConfigError(str(error)) from error
        try:
            self._outbox = Outbox(data_dir / "outbox.sqlite3")
        except EvidenceError as error:
            raise DroptraceError(str(error)) from error

    def start(self) -> None:
        """Begin to send."""
        for kinds, endpoint in zip(self._kinds, self._endpoints, strict=True):
            deliverer = Deliverer(
                self._outbox, endpoint, self._clock, random.Random(), kinds=kinds, report=self._report
            )
            # A receiver that hangs may hold a thread for minutes, and the end of the program shall not wait for it:
            # whatever is not known to have arrived is sent again.
            sender = threading.Thread(
                target=self._send, args=(deliverer, endpoint), name=f"send {kinds[0]}", daemon=True
            )
            sender.start()
            self._senders.append(sender)

    def add(self, incident: Incident) -> None:
        """Record an incident; its order is sent at once where one is due."""
        self._record(lambda: self._outbox.add(incident, incident_facts(incident), self._clock.utc_now()))

    def add_package(self, incident_id: str, folder: Path) -> None:
        """Have the files of a package sent; those that were queued before are left as they are."""
        self._record(lambda: self._outbox.add_media(incident_id, folder, self._clock.utc_now()))

    def retry(self) -> None:
        """Try again what the outbox did not take."""
        while self._unrecorded and self._try(self._unrecorded[0]):
            del self._unrecorded[0]

    def backlog(self) -> Backlog:
        """Tell what has not arrived yet; as it was last known where the outbox cannot be read."""
        now = self._clock.utc_now()
        kinds: tuple[Kind, ...] = ("order", "media")
        try:
            ages_s = [age_s for kind in kinds if (age_s := self._outbox.oldest_age_s(now, kind)) is not None]
            self._backlog = Backlog(self._left(), max(ages_s, default=None))
        except OutboxError:
            # Told already by whoever wanted to write, or will be.
            pass
        return self._backlog

    @property
    def outbox(self) -> Outbox:
        """Give the outbox; any thread may use it."""
        return self._outbox

    def drain(self, longest_s: float, stop: threading.Event, now: threading.Event, on_turn: Callable[[], None]) -> None:
        """Wait until all is delivered, for `longest_s` at most; for a moment once `stop` is set, `now` no longer.

        `on_turn` is called again and again meanwhile.

        Raises:
            DroptraceError: Something is left when the time is over; it says what becomes of it.
        """
        began_s = time.monotonic()
        while self._left() and not now.is_set():
            limit_s = min(longest_s, _LAST_S) if stop.is_set() else longest_s
            if time.monotonic() - began_s >= limit_s:
                break
            self.retry()
            on_turn()
            time.sleep(_LOOK_S)
        if self._unrecorded:
            raise DroptraceError(f"{len(self._unrecorded)} entries could not be recorded: {self._trouble}")
        if not stop.is_set() and (waiting := self._left()):
            why = next(iter(self._outbox.last_errors().values()), "it has not answered yet")
            raise DroptraceError(
                f"{waiting} messages are not delivered to {self._url} ({why}); they are safe in {self._data_dir} and "
                "are sent when the edge box starts again"
            )

    def close(self, *, at_once: bool = False) -> None:
        """End the sending; what has not arrived stays in the outbox. `at_once` does not wait for what is on its way."""
        self._stop.set()
        for sender in self._senders:
            sender.join(0.0 if at_once else _JOIN_S)
        if not any(sender.is_alive() for sender in self._senders):
            self._outbox.close()

    def _send(self, deliverer: Deliverer, endpoint: HttpEndpoint) -> None:
        try:
            deliverer.run(self._stop)
        finally:
            endpoint.close()

    def _left(self) -> int:
        return len(self._unrecorded) + self._outbox.depth()

    def _record(self, action: Callable[[], object]) -> None:
        # In order: files are only taken for an incident that is known.
        if self._unrecorded or not self._try(action):
            self._unrecorded.append(action)

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except OutboxError as error:
            if not self._trouble:
                self._log.error("outbox_fails", reason=str(error))
            self._trouble = str(error)
            return False
        except ManifestError as error:
            self._log.error("package_unreadable", reason=str(error))
        self._trouble = ""
        return True

    def _report(self, words: str) -> None:
        self._log.warning("delivery_failed", reason=words)

"""Deleting old evidence on an edge box, where EDGE.toml asks for it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from droptrace.config import RetentionConfig
from droptrace.kernel_clock import ClockSync
from evidence.errors import OutboxError
from evidence.folder import sync
from evidence.outbox import Settled
from evidence.retention import AgedPackage, Departure, departures, deviation, happened_utc, is_held, is_in_its_place
from vision.clock import Clock

DELETING_PREFIX = ".deleting-"

_EVERY_S = 600.0
_MOST = 50
"""Packages looked at closely in one pass: every file is read before it goes. That is 7200 a day."""
_JOIN_S = 2.0


class Records(Protocol):
    """What is known of incidents; both raise OutboxError."""

    def settled(self, incident_id: str) -> Settled | None:
        """Tell of an incident of which nothing is left to send; None of any other."""

    def forget(self, incident_id: str) -> None:
        """Know nothing more of an incident."""


class Retention:
    """Deletes packages that are old and of which nothing is left to send.

    In a thread of its own, since reading and removing files takes time. A package goes from a reader's view at once, by
    a hidden name; what is left of it after a crash is removed by the next pass. The first pass is ten minutes after
    `start`.
    """

    def __init__(
        self,
        packages: Path,
        config: RetentionConfig,
        records: Records,
        clock: Clock,
        read_sync: Callable[[], ClockSync],
    ) -> None:
        """Be ready; nothing is deleted before `start`.

        Args:
            packages: Has a folder for each camera, and each of these a folder for each package.
            config: What may be deleted.
            records: Tells what is left to send, and forgets incidents whose package is gone.
            clock: Wall clock.
            read_sync: Tells whether that is set.
        """
        self._packages = packages
        self._config = config
        self._records = records
        self._clock = clock
        self._read_sync = read_sync
        self._log = structlog.get_logger("edge")
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        self._is_over = threading.Event()
        self._wake = threading.Event()
        self._passed_over: set[Path] = set()
        self._trouble = ""

    def start(self) -> None:
        """Begin to delete what may be deleted, now and then."""
        self._thread.start()

    def change(self, config: RetentionConfig) -> None:
        """Go by other limits from now on, and at once; what was passed over is looked at again."""
        self._config = config
        self._wake.set()

    def close(self) -> None:
        """Delete nothing more; waits for a moment for the package at hand."""
        self._is_over.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def run_once(self) -> None:
        """Delete what may be deleted now, oldest first, so many at most."""
        config = self._config
        if not config.is_on:
            return
        # In this order: who sets the clock by hand meanwhile has it count as not set.
        now = self._clock.utc_now()
        if not self._read_sync().is_synchronised:
            self._wait("the clock follows no time server, so nobody can tell how old evidence is")
            return
        try:
            self._delete_old(config, now)
            self._trouble = ""
        except (OSError, OutboxError) as error:
            self._wait(str(error))

    def _run(self) -> None:
        while not self._is_over.is_set():
            if self._wake.wait(_EVERY_S):
                self._wake.clear()
                self._passed_over.clear()
            if not self._is_over.is_set():
                self.run_once()

    def _delete_old(self, config: RetentionConfig, now: datetime) -> None:
        for leftover in self._folders(f"{DELETING_PREFIX}*"):
            self._remove(leftover)
        old = departures(self._aged(), now, config.days, is_short=self._is_short(config))
        for departure in old[:_MOST]:
            if self._is_over.is_set() or self._config is not config:
                return
            if departure.why == "retention.days" or self._is_short(config):
                self._delete(departure)

    def _aged(self) -> Iterator[AgedPackage]:
        """Give the packages that may go once they are old."""
        for folder in self._folders("[!.]*"):
            if self._is_over.is_set():
                return
            if is_held(folder):
                continue
            settled = self._records.settled(folder.name)
            if settled is None or not is_in_its_place(folder, settled):
                continue
            when_utc = happened_utc(settled.facts)
            if when_utc is not None:
                yield AgedPackage(folder, when_utc)

    def _folders(self, pattern: str) -> Iterator[Path]:
        """Give folders below the cameras' own that were not passed over; no link is followed."""
        cameras = [] if self._packages.is_symlink() else self._packages.glob("[!.]*")
        for camera in cameras:
            if camera.is_dir() and not camera.is_symlink():
                for path in camera.glob(pattern):
                    if path not in self._passed_over and path.is_dir() and not path.is_symlink():
                        yield path

    def _is_short(self, config: RetentionConfig) -> bool:
        if config.keep_free_gb is None or not self._packages.exists():
            return False
        return shutil.disk_usage(self._packages).free / 1e9 < config.keep_free_gb

    def _delete(self, departure: Departure) -> None:
        folder = departure.folder
        settled = self._records.settled(folder.name)
        reason = "it is not known to have arrived" if settled is None else deviation(folder, settled)
        if reason is not None:
            self._pass_over(folder, reason)
            return
        # Reading it took a while.
        if is_held(folder):
            return
        hidden = folder.with_name(f"{DELETING_PREFIX}{folder.name}")
        try:
            folder.rename(hidden)
        except OSError as error:
            self._pass_over(folder, f"it cannot be renamed: {error.strerror}")
            return
        self._log.warning(
            "evidence_deleted", incident_id=folder.name, age_days=round(departure.age_days, 1), why=departure.why
        )
        self._remove(hidden)

    def _remove(self, hidden: Path) -> None:
        try:
            sync(hidden.parent)
            shutil.rmtree(hidden)
        except OSError as error:
            self._pass_over(hidden, f"it cannot be removed: {error.strerror}")
            return
        self._records.forget(hidden.name.removeprefix(DELETING_PREFIX))

    def _pass_over(self, folder: Path, reason: str) -> None:
        self._passed_over.add(folder)
        self._log.warning("evidence_not_deleted", folder=str(folder), reason=reason)

    def _wait(self, reason: str) -> None:
        """Say why nothing is deleted, once while it lasts."""
        if reason != self._trouble:
            self._trouble = reason
            self._log.warning("retention_waits", reason=reason)

"""The edge box: cameras watched in processes of their own, evidence to disk, work orders to the endpoint."""

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path

import structlog

from droptrace.bulletin import Bulletin
from droptrace.config import EdgeConfig
from droptrace.dispatch import Dispatch
from droptrace.errors import DroptraceError
from droptrace.failures import Failures
from droptrace.job import CameraJob
from droptrace.kernel_clock import ClockSync, read_clock_sync
from droptrace.lock import DataDirLock
from droptrace.messages import Message, PackageFailed
from droptrace.reload import difference, settle
from droptrace.retention import Retention
from droptrace.roster import Post, make_roster
from droptrace.service_manager import ServiceManager
from droptrace.watch import CameraWatch
from evidence.errors import EvidenceError
from evidence.manifest import MANIFEST_NAME
from evidence.salvage import salvage_partials
from floors.errors import SiteError
from vision.clock import Clock, SystemClock

_TICK_S = 0.5


class EdgeBox:
    """Supervises the cameras of one box and delivers what they find."""

    def __init__(
        self,
        read: Callable[[], EdgeConfig],
        clock: Clock,
        manager: ServiceManager,
        *,
        verbose: bool = False,
        tell: Callable[[Message], None],
        read_sync: Callable[[], ClockSync] = read_clock_sync,
    ) -> None:
        """Take the data folder and open the outbox.

        Args:
            read: Reads EDGE.toml, now and at each `reload`; raises ConfigError.
            clock: Wall clock and passing time.
            manager: Is told how the box does.
            verbose: Whether camera processes log events of level "info".
            tell: Is told every message of every camera.
            read_sync: Tells whether the wall clock is set; no evidence is deleted unless it is.

        Raises:
            DroptraceError: The data folder cannot be used, or another box uses it.
            ConfigError: The file or the endpoint is wrong.
            SiteError: A site file is wrong.
        """
        self._read = read
        self._clock = clock
        self._manager = manager
        self._verbose = verbose
        self._tell = tell
        self._log = structlog.get_logger("edge")
        self._stop, self._now, self._changed = threading.Event(), threading.Event(), threading.Event()
        self._config = read()
        self._roster = make_roster(self._config, verbose=verbose)
        self._watches: dict[str, CameraWatch] = {}
        self._failures = Failures()
        data = Path(self._config.data_dir)
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._lock = DataDirLock(data)
        except OSError as error:
            raise DroptraceError(f"data_dir {data}: {error.strerror}; name a folder that can be written") from error
        self._dispatch = Dispatch(data, self._config.endpoint, clock)
        self._bulletin = Bulletin(self._config, self._dispatch, clock)
        self._retention = Retention(data / "packages", self._config.retention, self._dispatch.outbox, clock, read_sync)

    @property
    def failures(self) -> list[str]:
        """Tell what went wrong for good, in words; of many the newest."""
        return [*self._failures.words, *(watch.fault.reason for watch in self._watches.values() if watch.fault)]

    @property
    def is_misconfigured(self) -> bool:
        """Tell whether one of the failures is of the configuration."""
        return any(watch.fault.is_usage for watch in self._watches.values() if watch.fault)

    def run(self, *, drain_s: float = 60.0) -> None:
        """Watch all cameras until each has ended or `stop` is called, then deliver what is left.

        Args:
            drain_s: Seconds to wait for deliveries after the last camera ended.
        """
        with self._lock:
            try:
                for post in self._roster.values():
                    self._take_up(post.job)
                self._watches = {key: self._watch(post) for key, post in self._roster.items()}
                self._dispatch.start()
                self._bulletin.start()
                self._retention.start()
                self._supervise()
                self._manager.ready()
                while not all(watch.is_over for watch in self._watches.values()):
                    self._supervise()
                    self._bulletin.tell(self._watches.values())
                self._manager.stopping()
                self._drain(drain_s)
            finally:
                for watch in self._watches.values():
                    watch.close()
                self._retention.close()
                self._bulletin.close(at_once=self._now.is_set())
                self._dispatch.close(at_once=self._now.is_set())

    def stop(self) -> None:
        """End soon: cameras finish the falls they have seen; what is not delivered waits for the next start.

        A second call does not let them finish. Safe in a signal handler, as is `reload`.
        """
        if self._stop.is_set():
            self._now.set()
        self._stop.set()

    def reload(self) -> None:
        """Read EDGE.toml again soon, and watch what it says then; cameras that it says the same of are left alone."""
        self._changed.set()

    def _watch(self, post: Post) -> CameraWatch:
        return CameraWatch(post, self._config.limits, self._dispatch, self._clock, self._note)

    def _take_up(self, job: CameraJob) -> None:
        """Put in order what the last run of the box left of a camera's packages, and have all of them sent."""
        try:
            if job.is_camera:
                # The rest of a recording's package would stand in the way of the whole one that is written again.
                salvage_partials(job.packages, clock=self._clock)
        except EvidenceError as error:
            raise DroptraceError(str(error)) from error
        for manifest in sorted(job.packages.glob(f"[!.]*/{MANIFEST_NAME}")):
            self._dispatch.add_package(manifest.parent.name, manifest.parent)

    def _supervise(self) -> None:
        """Do what was asked for, hear what the cameras say within one tick, and look after each."""
        by_pipe = {watch.pipe: watch for watch in self._watches.values() if watch.pipe}
        ready = wait([pipe for pipe in by_pipe if pipe], _TICK_S)
        # Before anything is heard: processes that a signal to the whole group ended were told to.
        self._obey()
        for pipe, watch in by_pipe.items():
            if pipe in ready:
                watch.hear()
                # One that died in the middle of a message holds the others up for seconds.
                self._beat()
        self._dispatch.retry()
        for watch in self._watches.values():
            watch.tick()
        for key in [key for key, watch in self._watches.items() if watch.is_over and key not in self._roster]:
            del self._watches[key]
        self._beat()

    def _beat(self) -> None:
        sights = [watch.sees for watch in self._watches.values() if watch.sees is not None]
        self._manager.beat(f"{sum(sights)} of {len(sights)} cameras see")

    def _obey(self) -> None:
        if self._stop.is_set():
            self._manager.stopping()
        if self._now.is_set():
            for watch in self._watches.values():
                watch.kill()
        elif self._stop.is_set():
            for watch in self._watches.values():
                watch.end()
        elif self._changed.is_set():
            self._changed.clear()
            self._manager.reloading()
            self._reload()
            self._manager.ready()

    def _reload(self) -> None:
        try:
            config, fixed = settle(self._config, self._read())
            roster = make_roster(config, verbose=self._verbose)
            for key in roster.keys() - self._watches.keys():
                self._take_up(roster[key].job)
        except (DroptraceError, SiteError) as error:
            self._log.error("reload_refused", reason=f"{error}; everything goes on as it was")
            return
        for name in fixed:
            self._log.warning("reload_ignored", key=name, reason="takes a new start of droptrace edge")
        changes = difference(self._roster, roster)
        self._config, self._roster = config, roster
        self._retention.change(config.retention)
        for watch in self._watches.values():
            watch.limits = config.limits
        for key in changes.removed:
            self._watches[key].end()
        for key in (*changes.added, *changes.changed):
            if key in self._watches:
                self._watches[key].change(roster[key])
            else:
                self._watches[key] = self._watch(roster[key])
        self._log.info(
            "reloaded", added=list(changes.added), changed=list(changes.changed), removed=list(changes.removed)
        )

    def _note(self, message: Message) -> None:
        if isinstance(message, PackageFailed):
            self._failures.add(message.reason)
        self._tell(message)

    def _drain(self, drain_s: float) -> None:
        try:
            self._dispatch.drain(
                drain_s, self._stop, self._now, on_turn=lambda: self._bulletin.tell(self._watches.values())
            )
        except DroptraceError as error:
            self._failures.add(str(error))


def make_edge_box(read: Callable[[], EdgeConfig], *, verbose: bool, tell: Callable[[Message], None]) -> EdgeBox:
    """Make the edge box with the machine's own clock and its service manager, if that started it."""
    clock = SystemClock()
    return EdgeBox(read, clock, ServiceManager(os.environ.get("NOTIFY_SOCKET"), clock), verbose=verbose, tell=tell)

"""What an edge box says of itself, to whom: its status file, its server, and who scrapes its metrics."""

import math
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path

import structlog

from droptrace.config import EdgeConfig
from droptrace.dispatch import Dispatch
from droptrace.heartbeat import EVERY_S, make_heartbeat
from droptrace.machine import Machine
from droptrace.metrics import MetricsServer, StatusCollector, make_metrics_server
from droptrace.status import SCHEMA, BoxStatus, Program
from droptrace.status_file import StatusFile
from droptrace.watch import CameraWatch
from evidence.clock import to_rfc3339
from vision.clock import Clock

TELL_EVERY_S = 5.0


class Bulletin:
    """Tells how the box and its cameras do, every few seconds and at once when a camera goes blind or sees again.

    All from the thread that looks after the cameras: when that hangs, nothing more is told, and whoever asks learns so.
    """

    def __init__(self, config: EdgeConfig, dispatch: Dispatch, clock: Clock) -> None:
        """Be ready; nothing is told before `start`.

        Args:
            config: Names the box, and whom to tell.
            dispatch: Tells what has not arrived yet.
            clock: Wall clock and passing time.

        Raises:
            ConfigError: Where heartbeats go is wrong.
        """
        self._config = config
        self._dispatch = dispatch
        self._clock = clock
        self._log = structlog.get_logger("edge")
        self._program = Program("droptrace", version("droptrace"))
        data = Path(config.data_dir)
        self._machine = Machine(data, clock)
        self._file = StatusFile(data)
        self._heartbeat = make_heartbeat(config.endpoint, clock)
        self._collector = StatusCollector(clock)
        self._metrics: MetricsServer | None = None
        self._sights: object = None
        self._told_s = -math.inf

    def start(self) -> None:
        """Begin to tell.

        Raises:
            DroptraceError: Nobody can listen where metrics are to be scraped.
        """
        self._metrics = make_metrics_server(self._config.metrics, self._collector)
        if self._heartbeat:
            self._heartbeat.start()
        else:
            self._log.warning(
                "heartbeat_off", reason="endpoint.url does not end in /incidents; set endpoint.heartbeat_url"
            )

    def tell(self, watches: Collection[CameraWatch]) -> None:
        """Tell what is due; to be called often."""
        now_s = self._clock.monotonic_s()
        sights = [(watch.post, watch.sees) for watch in watches]
        if sights == self._sights and now_s - self._told_s < TELL_EVERY_S:
            return
        self._sights, self._told_s = sights, now_s
        status = BoxStatus(
            schema=SCHEMA,
            box_id=self._config.box_id,
            sent_utc=to_rfc3339(self._clock.utc_now()),
            every_s=EVERY_S,
            program=self._program,
            box=self._machine.figures(self._dispatch.backlog()),
            cameras=tuple(watch.status() for watch in watches),
        )
        self._file.write(status)
        self._collector.take(status)
        if self._heartbeat:
            self._heartbeat.take(status)

    def close(self, *, at_once: bool = False) -> None:
        """Tell nothing more; `at_once` does not wait for what is on its way."""
        if self._heartbeat:
            self._heartbeat.close(at_once=at_once)
        if self._metrics:
            self._metrics.close()
        self._file.remove()

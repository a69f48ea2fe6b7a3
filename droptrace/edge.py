"""The edge box: cameras watched in processes of their own, evidence to disk, work orders to the endpoint."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

import structlog

from droptrace.child import CameraChild
from droptrace.config import CameraConfig, EdgeConfig
from droptrace.dispatch import Dispatch
from droptrace.errors import CameraCrashedError, DroptraceError
from droptrace.job import CameraJob, Roll
from droptrace.lock import DataDirLock
from droptrace.messages import Ended, Failed, FallJudged, Health, Message, PackageFailed, PackageWritten, Progress
from droptrace.rescue import rescue_packages
from evidence.errors import EvidenceError
from evidence.incident import Incident
from evidence.manifest import MANIFEST_NAME
from evidence.salvage import salvage_partials
from floors.site import load_site
from vision.backoff import Backoff
from vision.clock import Clock, SystemClock

_TICK_S = 0.5


@dataclass(slots=True)
class _Watch:
    """A camera under the supervisor: its process, or when it is to be started again, and incidents not packed yet."""

    job: CameraJob
    child: CameraChild | None
    backoff: Backoff
    unpacked: dict[str, Incident] = field(default_factory=dict)
    restart_at_s: float | None = None


class EdgeBox:
    """Supervises the cameras of one box and delivers what they find.

    Attributes:
        failures: What went wrong for good, in words.
        is_misconfigured: Whether one of the failures is of the configuration.
        health: The newest that each camera told of its health, by its name.
    """

    def __init__(
        self, config: EdgeConfig, clock: Clock, *, verbose: bool = False, tell: Callable[[Message], None]
    ) -> None:
        """Take the data folder and open the outbox.

        Args:
            config: From EDGE.toml.
            clock: Wall clock.
            verbose: Whether camera processes log events of level "info".
            tell: Is told every message of every camera.

        Raises:
            DroptraceError: The data folder cannot be used, or another box uses it.
            ConfigError: The endpoint is wrong.
            SiteError: A site file is wrong.
        """
        self.failures: list[str] = []
        self.is_misconfigured = False
        self.health: dict[str, Health] = {}
        self._config = config
        self._clock = clock
        self._verbose = verbose
        self._tell = tell
        self._log = structlog.get_logger("edge")
        self._stop = threading.Event()
        for camera in config.camera:
            if camera.site:
                load_site(Path(camera.site))
        self._data = Path(config.data_dir)
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            self._lock = DataDirLock(self._data)
        except OSError as error:
            raise DroptraceError(
                f"data_dir {self._data}: {error.strerror}; name a folder that can be written"
            ) from error
        self._dispatch = Dispatch(self._data, config.endpoint, clock)

    def run(self, *, drain_s: float = 60.0) -> None:
        """Watch all cameras until each has ended or `stop` is called, then deliver what is left.

        Args:
            drain_s: Seconds to wait for deliveries after the last camera ended.
        """
        watches = [_Watch(job, None, Backoff(random.Random(job.address)), restart_at_s=0.0) for job in self._jobs()]
        with self._lock:
            try:
                for watch in watches:
                    self._take_up(watch.job)
                self._dispatch.start()
                while any(watch.child or watch.restart_at_s is not None for watch in watches):
                    self._supervise(watches)
                self._drain(drain_s)
            finally:
                for child in [watch.child for watch in watches if watch.child]:
                    child.stop()
                    child.close()
                self._dispatch.close()

    def stop(self) -> None:
        """End soon: cameras finish the falls they have seen; what is not delivered waits for the next start."""
        self._stop.set()

    def _jobs(self) -> list[CameraJob]:
        evidence = self._config.evidence
        roll = Roll(evidence.pre_roll_s, evidence.post_roll_s)
        return [self._job(camera, number, roll) for number, camera in enumerate(self._config.camera, 1)]

    def _job(self, camera: CameraConfig, number: int, roll: Roll) -> CameraJob:
        name = camera.id or f"camera-{number}"
        return CameraJob(
            camera.address,
            Path(camera.site) if camera.site else None,
            # A folder a camera: what one that died left is put in order while the others go on writing.
            self._data / "packages" / name,
            self._config.box_id,
            camera.id,
            roll,
            # A recording gives the same incidents again; files that were sent must stay what they are.
            keep_packages=True,
            false_alarms_an_hour=self._config.detection.false_alarms_an_hour,
            verbose=self._verbose,
            health=self._data / "health" / name,
        )

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

    def _supervise(self, watches: list[_Watch]) -> None:
        """Handle what the cameras say within one tick, and start again those that died."""
        if self._stop.is_set():
            for watch in watches:
                watch.restart_at_s = None
                if watch.child:
                    watch.child.stop()
        by_pipe = {watch.child.pipe: watch for watch in watches if watch.child}
        for pipe in wait(list(by_pipe), _TICK_S):
            if isinstance(pipe, Connection):
                self._hear(by_pipe[pipe])
        self._dispatch.retry()
        for watch in watches:
            if watch.restart_at_s is not None and time.monotonic() >= watch.restart_at_s:
                watch.restart_at_s = None
                watch.child = CameraChild(watch.job)

    def _hear(self, watch: _Watch) -> None:
        child = watch.child
        if child is None:
            return
        try:
            message = child.receive()
        except CameraCrashedError as error:
            self._lose(watch, str(error), again=watch.job.is_camera)
            return
        self._tell(message)
        match message:
            case FallJudged(incident):
                watch.unpacked[incident.incident_id] = incident
                self._dispatch.add(incident)
                self._log.info("fall", incident_id=incident.incident_id, verdict=incident.fall.verdict)
            case PackageWritten(incident_id, folder):
                watch.unpacked.pop(incident_id, None)
                self._dispatch.add_package(incident_id, folder)
            case PackageFailed(incident_id, reason):
                self.failures.append(reason)
                self._log.error("package_failed", incident_id=incident_id, reason=reason)
            case Failed(reason, is_usage):
                self.is_misconfigured |= is_usage
                self._lose(watch, reason, again=not is_usage and watch.job.is_camera)
            case Progress():
                watch.backoff.reset()
            case Health():
                self.health[message.camera] = message
            case Ended():
                child.close()
                watch.child = None

    def _lose(self, watch: _Watch, reason: str, *, again: bool) -> None:
        """Let go of a camera process that is over; start it again later where that can help."""
        if watch.child:
            watch.child.close()
            watch.child = None
        packages = rescue_packages(watch.job.packages, watch.unpacked.values(), self._clock)
        for incident_id, folder in packages.items():
            self._dispatch.add_package(incident_id, folder)
        watch.unpacked.clear()
        self._log.error("camera_lost", camera=watch.job.name, reason=reason, restarts=again)
        if again and not self._stop.is_set():
            watch.restart_at_s = time.monotonic() + watch.backoff.next_s()
        else:
            self.failures.append(reason)

    def _drain(self, drain_s: float) -> None:
        try:
            self._dispatch.drain(drain_s, self._stop)
        except DroptraceError as error:
            self.failures.append(str(error))


def make_edge_box(config: EdgeConfig, *, verbose: bool, tell: Callable[[Message], None]) -> EdgeBox:
    """Make the edge box with the machine's own clock."""
    return EdgeBox(config, SystemClock(), verbose=verbose, tell=tell)

"""The edge box: cameras watched in processes of their own, evidence to disk, work orders to the endpoint."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

import structlog

from droptrace.camera import CameraJob
from droptrace.child import CameraChild
from droptrace.config import CameraConfig, EdgeConfig
from droptrace.errors import CameraCrashedError, ConfigError, DroptraceError
from droptrace.messages import Ended, Failed, FallJudged, Message, PackageFailed, PackageWritten, Progress
from droptrace.packager import Roll
from droptrace.rescue import rescue_packages
from evidence.delivery import Deliverer
from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.errors import EvidenceError
from evidence.facts import incident_facts
from evidence.incident import Incident
from evidence.outbox import Kind, Outbox
from evidence.salvage import salvage_partials
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
    """Supervises the cameras of one box and delivers what they find."""

    def __init__(
        self, config: EdgeConfig, clock: Clock, *, verbose: bool = False, tell: Callable[[Message], None]
    ) -> None:
        """Open the outbox and put in order what a crash left.

        Args:
            config: From EDGE.toml.
            clock: Wall clock.
            verbose: Whether camera processes log events of level "info".
            tell: Is told every message of every camera.

        Raises:
            DroptraceError: The data folder cannot be used.
            ConfigError: The endpoint's address is wrong.
        """
        self._config = config
        self._clock = clock
        self._verbose = verbose
        self._tell = tell
        self._log = structlog.get_logger("edge")
        self._stop = threading.Event()
        self.failures: list[str] = []
        data = Path(config.data_dir)
        self.packages = data / "packages"
        try:
            data.mkdir(parents=True, exist_ok=True)
            self.outbox = Outbox(data / "outbox.sqlite3")
        except OSError as error:
            raise DroptraceError(f"data_dir {data}: {error.strerror}; name a folder that can be written") from error
        except EvidenceError as error:
            raise DroptraceError(str(error)) from error
        self._endpoint_settings = _endpoint_settings(config)

    def run(self, *, drain_s: float = 60.0) -> None:
        """Watch all cameras until each has ended or `stop` is called, then deliver what is left.

        Args:
            drain_s: Seconds to wait for deliveries after the last camera ended.
        """
        stop_delivery = threading.Event()
        kinds: list[list[Kind]] = [["order"], ["media"]] if self._config.endpoint.send_media else [["order"]]
        # Orders have a thread of their own: facts must not wait behind a clip.
        senders = [self._start_sender(one, stop_delivery) for one in kinds]
        watches = [_Watch(job, None, Backoff(random.Random(job.address)), restart_at_s=0.0) for job in self._jobs()]
        try:
            for watch in watches:
                self._salvage(watch)
            while any(watch.child or watch.restart_at_s is not None for watch in watches):
                self._serve(watches)
            self._drain(drain_s)
        finally:
            for watch in watches:
                if watch.child:
                    watch.child.stop()
                    watch.child.close()
            stop_delivery.set()
            for sender in senders:
                sender.join()
            self.outbox.close()

    def stop(self) -> None:
        """End soon: cameras finish the falls they have seen; what is not delivered waits for the next start."""
        self._stop.set()

    def _jobs(self) -> list[CameraJob]:
        evidence = self._config.evidence
        roll = Roll(evidence.pre_roll_s, evidence.post_roll_s)
        return [self._job(camera, number, roll) for number, camera in enumerate(self._config.camera, 1)]

    def _job(self, camera: CameraConfig, number: int, roll: Roll) -> CameraJob:
        return CameraJob(
            camera.address,
            Path(camera.site) if camera.site else None,
            # A folder a camera: what one that died left is put in order while the others go on writing.
            self.packages / (camera.id or f"camera-{number}"),
            self._config.box_id,
            camera.id,
            roll,
            verbose=self._verbose,
        )

    def _start_sender(self, kinds: list[Kind], stop: threading.Event) -> threading.Thread:
        def report(words: str) -> None:
            self._log.warning("delivery_failed", reason=words)

        endpoint = HttpEndpoint(self._endpoint_settings)
        deliverer = Deliverer(self.outbox, endpoint, self._clock, random.Random(), kinds=kinds, report=report)

        def send() -> None:
            try:
                deliverer.run(stop)
            finally:
                endpoint.close()

        thread = threading.Thread(target=send, name=f"deliver {' '.join(kinds)}")
        thread.start()
        return thread

    def _serve(self, watches: list[_Watch]) -> None:
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
            self._lose(watch, str(error), again="://" in watch.job.address)
            return
        self._tell(message)
        match message:
            case FallJudged(incident):
                watch.unpacked[incident.incident_id] = incident
                self.outbox.add(incident, incident_facts(incident), self._clock.utc_now())
                self._log.info("fall", incident_id=incident.incident_id, verdict=incident.fall.verdict)
            case PackageWritten(incident_id, folder):
                watch.unpacked.pop(incident_id, None)
                self.outbox.add_media(incident_id, folder, self._clock.utc_now())
            case PackageFailed(incident_id, reason):
                self.failures.append(reason)
                self._log.error("package_failed", incident_id=incident_id, reason=reason)
            case Failed(reason, is_usage):
                self._lose(watch, reason, again=not is_usage and "://" in watch.job.address)
            case Progress():
                watch.backoff.reset()
            case Ended():
                child.close()
                watch.child = None

    def _lose(self, watch: _Watch, reason: str, *, again: bool) -> None:
        """Let go of a camera process that is over; start it again later where that can help."""
        self._log.error("camera_lost", camera=watch.job.camera_id, reason=reason, restarts=again)
        if watch.child:
            watch.child.close()
            watch.child = None
        packages = rescue_packages(watch.job.packages, watch.unpacked.values(), self._clock)
        for incident_id, folder in packages.items():
            self.outbox.add_media(incident_id, folder, self._clock.utc_now())
        watch.unpacked.clear()
        if again and not self._stop.is_set():
            watch.restart_at_s = time.monotonic() + watch.backoff.next_s()
        else:
            self.failures.append(reason)

    def _salvage(self, watch: _Watch) -> None:
        """Put in order what the last run of the box left of a camera's packages, and deliver it."""
        try:
            for folder in salvage_partials(watch.job.packages, clock=self._clock).finished:
                self.outbox.add_media(folder.name, folder, self._clock.utc_now())
        except EvidenceError as error:
            raise DroptraceError(str(error)) from error

    def _drain(self, drain_s: float) -> None:
        """Wait until all is delivered, `drain_s` is over, or `stop` is called."""
        until_s = time.monotonic() + drain_s
        while self.outbox.depth() and time.monotonic() < until_s and not self._stop.wait(_TICK_S / 5):
            pass
        waiting = self.outbox.depth()
        if waiting:
            self.failures.append(
                f"{waiting} messages are not delivered to {self._endpoint_settings.url} yet; they are safe in "
                f"{self._config.data_dir} and are sent when the edge box starts again"
            )


def _endpoint_settings(config: EdgeConfig) -> EndpointSettings:
    endpoint = config.endpoint
    try:
        return EndpointSettings(endpoint.url, endpoint.token, endpoint.secret, endpoint.send_media, endpoint.timeout_s)
    except EvidenceError as error:
        raise ConfigError(str(error)) from error


def make_edge_box(config: EdgeConfig, *, verbose: bool, tell: Callable[[Message], None]) -> EdgeBox:
    """Make the edge box with the machine's own clock."""
    return EdgeBox(config, SystemClock(), verbose=verbose, tell=tell)

"""What an edge box tells Prometheus."""

import threading
from collections.abc import Iterable, Iterator
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from droptrace.config import MetricsConfig
from droptrace.errors import DroptraceError
from droptrace.messages import Health
from droptrace.status import BoxFigures, BoxStatus, CameraStatus
from vision.clock import Clock

_MB = 1e6
_DAY_S = 86_400.0

Value = float | bool | None
_Row = tuple[str, str, Value]


class StatusCollector(Collector):
    """Gives the newest status as metrics, in base units; what is not known is left out."""

    def __init__(self, clock: Clock) -> None:
        """Begin: nothing is known yet.

        Args:
            clock: Passing time.
        """
        self._clock = clock
        self._newest: tuple[float, BoxStatus] | None = None

    def take(self, status: BoxStatus) -> None:
        """Take the newest."""
        self._newest = self._clock.monotonic_s(), status

    def collect(self) -> Iterator[Metric]:
        """Give all metrics there are now."""
        if self._newest is None:
            return
        taken_s, status = self._newest
        words = "Name of the box and version of its program."
        info = GaugeMetricFamily("droptrace_box_info", words, labels=("box", "version"))
        info.add_metric((status.box_id, status.program.version), 1.0)
        yield info
        yield from _gauges(
            [("droptrace_status_age_seconds", "Age of these figures.", self._clock.monotonic_s() - taken_s)]
        )
        yield from _gauges(_box_rows(status.box))
        yield from _per_camera(status.cameras)
        yield from _by_reason(status.cameras)


class MetricsServer:
    """Answers whoever scrapes, in threads of its own."""

    def __init__(self, collector: StatusCollector, host: str, port: int) -> None:
        """Listen.

        Raises:
            DroptraceError: That is not possible there; it says why.
        """
        registry = CollectorRegistry()
        registry.register(collector)
        self._server: WSGIServer
        self._thread: threading.Thread
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except (OSError, OverflowError) as error:
            raise DroptraceError(
                f"metrics.listen {host}:{port}: nobody can listen there ({error}); choose another port or address"
            ) from error

    @property
    def port(self) -> int:
        """Tell the port that is listened on."""
        return self._server.server_port

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def make_metrics_server(config: MetricsConfig, collector: StatusCollector) -> MetricsServer | None:
    """Make the server where EDGE.toml asks for one.

    Raises:
        DroptraceError: That is not possible there.
    """
    return MetricsServer(collector, *config.place) if config.place else None


def _box_rows(box: BoxFigures) -> Iterator[_Row]:
    yield "droptrace_cpu_ratio", "How busy all processors were in the last minute.", box.cpu_share
    yield "droptrace_memory_used_bytes", "Memory that programs cannot have.", box.memory_used_mb * _MB
    yield "droptrace_memory_total_bytes", "All memory of the machine.", box.memory_total_mb * _MB
    yield "droptrace_temperature_celsius", "Of the machine's warmest part.", box.temperature_c
    yield "droptrace_disk_free_bytes", "Room for evidence.", box.disk_free_mb * _MB
    left_s = None if box.disk_left_days is None else box.disk_left_days * _DAY_S
    yield "droptrace_disk_left_seconds", "How long that lasts if it goes on falling as it did.", left_s
    yield "droptrace_outbox_depth", "Orders and files that have not arrived yet.", box.outbox_depth
    yield "droptrace_outbox_oldest_seconds", "How long the oldest of them has waited.", box.outbox_oldest_s
    yield "droptrace_clock_synchronised", "Whether the clock follows a time server.", box.clock_is_synchronised
    yield "droptrace_clock_error_seconds", "How wrong it is at most, by its own estimate.", box.clock_error_s


def _camera_rows(camera: CameraStatus) -> Iterator[_Row]:
    memory = None if camera.memory_mb is None else camera.memory_mb * _MB
    yield "droptrace_camera_sees", "Whether what falls there would be seen now.", camera.sees
    yield "droptrace_camera_restarts_today", "How often its process was lost, this day, UTC.", camera.restarts_today
    yield "droptrace_camera_memory_bytes", "Resident memory of its process.", memory
    health = camera.health
    if health is None:
        return
    yield "droptrace_camera_frame_rate", "Frames a second that came in the last ten seconds.", health.fps_arrived
    yield "droptrace_camera_frame_age_seconds", "Since the last frame came.", health.frame_age_s
    yield "droptrace_camera_behind_seconds", "How far the work is behind the camera.", health.behind_s
    yield "droptrace_camera_frames_total", "Frames that came since its process began.", health.frames
    yield "droptrace_camera_clock_jumps_total", "How often its own clock jumped.", health.clock_jumps
    drift = None if health.clock_drift_ppm is None else health.clock_drift_ppm / 1e6
    yield "droptrace_camera_clock_drift_ratio", "How much too fast its own clock goes, as a share.", drift
    moved = None if health.standing in (None, "unknown") else health.standing == "moved"
    yield "droptrace_camera_moved", "Whether it stands elsewhere than its geometry was drawn.", moved


def _gauges(rows: Iterable[_Row]) -> Iterator[Metric]:
    for name, what, value in rows:
        if value is not None:
            yield GaugeMetricFamily(name, what, value=float(value))


def _per_camera(cameras: Iterable[CameraStatus]) -> Iterator[Metric]:
    families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
    for camera in cameras:
        for name, what, value in _camera_rows(camera):
            if value is not None:
                kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                family = families.setdefault(name, kind(name, what, labels=("camera",)))
                family.add_metric((camera.camera_id,), float(value))
    yield from families.values()


def _by_reason(cameras: Iterable[CameraStatus]) -> Iterator[Metric]:
    """Give what is counted by reason, of all cameras whose health is known."""
    told: list[Health] = [camera.health for camera in cameras if camera.health]
    labels = ("camera", "reason")
    blind = GaugeMetricFamily(
        "droptrace_camera_blind_seconds_today", "Seconds of this day, UTC, in which nothing was seen.", labels=labels
    )
    dropped = CounterMetricFamily(
        "droptrace_camera_dropped", "Frames and packets not looked at since its process began.", labels=labels
    )
    for health in told:
        for reason, seconds in health.blind_s.items():
            blind.add_metric((health.camera, reason), seconds)
        for reason, count in health.dropped.items():
            dropped.add_metric((health.camera, reason), count)
    yield from (blind, dropped)

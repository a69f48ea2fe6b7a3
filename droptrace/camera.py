"""The process of one camera: from decoder to fall, and its evidence to disk."""

import hashlib
import os
import signal
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from importlib.metadata import version
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from droptrace.camera_memory import give_back
from droptrace.health import NO_HEALTH, CameraHealth, HealthBeat, NoHealth
from droptrace.job import CameraJob
from droptrace.kernel_clock import read_clock_sync
from droptrace.live_time import LiveTime
from droptrace.logs import configure_logs
from droptrace.messages import Ended, Failed, FallJudged, Message, Progress
from droptrace.packager import Packager
from droptrace.pulse import Pulse
from evidence.incident import Building, ClockReading, Incident, make_incident_id
from floors.errors import SiteError
from floors.site import Site, load_site
from tracking.fall import Fall
from vision.clock import Clock, SystemClock
from vision.errors import NotAVideo, SourceError
from vision.frame import Frame
from vision.opening import open_source
from vision.rtsp_settings import RtspSettings
from vision.source import FrameSource, SourceInfo
from vision.source_rtsp import RtspSource
from vision.stream_recorder import StreamRecorder

if TYPE_CHECKING:
    from droptrace.pipeline import Pipeline
    from evidence.ruler import FloorLine

_PROGRESS_FRAMES = 25
_TIDY_FRAMES = 1500
_LEAST_SIDE_PX = 96
_DIGESTED_BYTES = 1 << 20


def camera_process(job: CameraJob, pipe: Connection) -> None:
    """Run a camera in this process and tell the parent everything through `pipe`; ends with Ended or Failed."""
    configure_logs(verbose=job.verbose)
    # One thread a camera: many cameras share few cores, and on one 1080p stream more threads gain nothing.
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    send = _OneAtATime(pipe.send)
    # From the start: a camera that never answers is blind, and says so.
    health = CameraHealth(job, SystemClock(), send) if job.health and job.is_camera else None
    try:
        # Before the last message: after that nobody listens.
        with HealthBeat(health) if health else nullcontext():
            _open_and_watch(job, send, health)
    except SiteError as error:
        send(Failed(str(error), is_usage=True))
    except SourceError as error:
        send(Failed(str(error), is_usage=False))
    except BrokenPipeError:
        # Nobody listens any more: the parent is gone, or has given up waiting.
        return


def _open_and_watch(job: CameraJob, send: "_OneAtATime", health: CameraHealth | None) -> None:
    site = load_site(job.site) if job.site else None
    pulse = Pulse(send, SystemClock())
    pulse.beat()
    settings = RtspSettings(job.transport, decoder=job.decoder, cores=job.cores)
    looked_at = job.detection_address or job.address
    source = open_source(looked_at, clock=SystemClock(), settings=settings, on_turn=pulse.beat)
    _refuse_tiny(source.info, job.name)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: _stop(source, stop))
    site = site.scaled_to(source.info.width, source.info.height) if site else None
    evidence = _evidence_stream(job, source)
    if health:
        health.begin(source, site, evidence)
    watch(job, source, site, send, SystemClock(), stop, health or NO_HEALTH, evidence)


def _evidence_stream(job: CameraJob, source: FrameSource) -> StreamRecorder | None:
    if job.detection_address is None or not isinstance(source, RtspSource):
        return None
    settings = RtspSettings(job.transport)
    return StreamRecorder(job.address, clock=SystemClock(), times_of=source.stream_clock, settings=settings)


class _OneAtATime:
    """Sends messages whole: the camera's health is told from a thread of its own."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._lock = threading.Lock()

    def __call__(self, message: Message) -> None:
        with self._lock:
            self._send(message)


def _end_with_parent() -> None:
    """End this process when its parent is killed; nobody else would. The next start puts in order what is left."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _stop(source: FrameSource, stop: threading.Event) -> None:
    stop.set()
    if source.info.is_live:
        # A camera may be silent: closing wakes the reader. A recording is asked after each frame.
        source.close()


def _refuse_tiny(info: SourceInfo, name: str) -> None:
    """Refuse pictures in which a floor would be a few pixels: watching them would only pretend to protect anyone."""
    if min(info.width, info.height) < _LEAST_SIDE_PX:
        raise NotAVideo(
            f"{name}: its pictures are {info.width}x{info.height}; nothing that falls can be seen in less than "
            f"{_LEAST_SIDE_PX} pixels a side: use the camera's full size, or check that this is the right file"
        )


def watch(
    job: CameraJob,
    source: FrameSource,
    site: Site | None,
    send: Callable[[Message], None],
    clock: Clock,
    stop: threading.Event,
    health: CameraHealth | NoHealth = NO_HEALTH,
    evidence: StreamRecorder | None = None,
) -> None:
    """Watch a source to its end, here: judge what falls, write its evidence, tell `send` of both.

    Args:
        job: What was asked for.
        source: Open; it is closed at the end.
        site: Scaled to the source's frames, or None.
        send: Takes every message; the last is Ended.
        clock: Tells when a fall was judged.
        stop: Ends the watching after the frame at hand.
        health: Follows how the camera does, where somebody asks; it is closed at the end.
        evidence: Holds the stream for evidence, where that is another one; it is closed at the end.

    Raises:
        SiteError: The site's points or lines determine no geometry.
        SourceError: The source failed; what was seen before has been told and written.
    """
    pipeline, ruler = _make_pipeline(job, source, site)
    packager = Packager(source, job.packages, ruler, job.roll, clock, send, keep=job.keep_packages, evidence=evidence)
    maker = _IncidentMaker(job, source, site, clock)

    def tell(fall: Fall) -> None:
        incident = maker.make(health.checked(fall))
        if fall.verdict != "rejected" or job.keep_rejected:
            send(FallJudged(incident))
        if fall.verdict != "rejected":
            packager.add(incident)

    frames = 0
    try:
        for frames, frame in enumerate(source.frames(), 1):
            health.take(frame)
            maker.take(frame)
            for fall in pipeline.step(frame):
                tell(fall)
            packager.advance(frame.time_s)
            health.done(pipeline.overloaded)
            _tell_progress(frames, frame.time_s, send)
            if stop.is_set():
                break
    finally:  # Also when the source fails half-way: what was seen until then is no less true.
        health.end()
        for fall in pipeline.finish():
            tell(fall)
        packager.close()
        source.close()
        health.close()
    send(Ended(frames, maker.time_s, pipeline.overloaded))


def _tell_progress(frames: int, time_s: float, send: Callable[[Message], None]) -> None:
    if frames % _TIDY_FRAMES == _PROGRESS_FRAMES:
        # For the first time when all is loaded and has been used.
        give_back()
    if frames % _PROGRESS_FRAMES == 0:
        send(Progress(frames, time_s))


def _make_pipeline(
    job: CameraJob, source: FrameSource, site: Site | None
) -> tuple["Pipeline", "tuple[FloorLine, ...]"]:
    """Make the pipeline, and the lower edges of the floors that its evidence shows."""
    # Loaded when there is something to watch: that takes longer than to tell that there is not.
    from droptrace.network import make_labeller
    from droptrace.pipeline import Pipeline
    from floors.projection import make_facade
    from tracking.physics_tests import Limits

    facade = make_facade(site) if site else None

    limits = Limits(false_alarms_an_hour=job.false_alarms_an_hour)
    labeller = make_labeller(is_live=source.info.is_live) if job.parts.network else None
    pipeline = Pipeline(source.info, site, facade, limits, job.parts, source, labeller)
    return pipeline, tuple(facade.ruler()) if facade else ()


class _IncidentMaker:
    """Puts a fall into its place: box, camera, building, wall-clock time, provenance."""

    def __init__(self, job: CameraJob, source: FrameSource, site: Site | None, clock: Clock) -> None:
        self._job = job
        self._info = source.info
        self._site = site
        self._clock = clock
        self._times = LiveTime(clock, read_clock_sync)
        self._frame: Frame | None = None
        self._camera_id = job.camera_id or (site.camera.id if site else source.info.name)
        self._version = version("droptrace")
        started = clock.utc_now().isoformat()
        self._source_key = f"{self._camera_id}@{started}" if source.info.is_live else _recording_key(Path(job.address))

    @property
    def time_s(self) -> float:
        """Tell the presentation time of the last frame; 0 before the first."""
        return self._frame.time_s if self._frame else 0.0

    def take(self, frame: Frame) -> None:
        """Take each frame, for the time that it has."""
        self._frame = frame
        self._times.take(frame)

    def make(self, fall: Fall) -> Incident:
        release_utc, reading = self._wall_time(fall)
        # Two objects may leave two windows in the same instant: the place tells them apart.
        key = f"{self._source_key}#{fall.path[0].x_px:.0f},{fall.path[0].y_px:.0f}"
        building = self._site.building if self._site else None
        return Incident(
            incident_id=make_incident_id(key, fall.release_s),
            box_id=self._job.box_id,
            camera_id=self._camera_id,
            building=Building(building.id, building.name) if building else None,
            fall=fall,
            detected_utc=self._clock.utc_now(),
            release_utc=release_utc,
            clock=reading,
            frame_width_px=self._info.width,
            frame_height_px=self._info.height,
            program_version=self._version,
            site_sha256=self._site.sha256 if self._site else None,
            recording=None,
        )

    def _wall_time(self, fall: Fall) -> tuple[datetime | None, ClockReading]:
        if self._info.is_live:
            told = self._times.tell(fall.release_s)
            return (told.utc if told else None), ClockReading("system", told.error_s if told else None)
        frame = self._frame
        if frame is None or frame.utc is None:
            return None, ClockReading("none", None)
        return frame.utc - timedelta(seconds=frame.time_s - fall.release_s), ClockReading("file", None)


def _recording_key(path: Path) -> str:
    """Name a recording by its content, so that reading it again finds the same incidents."""
    if path.is_dir():
        names = "\n".join(sorted(child.name for child in path.iterdir()))
        return hashlib.sha256(names.encode()).hexdigest()
    with path.open("rb") as file:
        start = file.read(_DIGESTED_BYTES)
    return f"{path.stat().st_size}:{hashlib.sha256(start).hexdigest()}"

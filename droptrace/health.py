"""How one camera does, in the process that watches it: told to the parent, to the log, and kept for the next start."""

import math
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final

import structlog

from droptrace.health_memory import HealthMemory, Remembered
from droptrace.job import CameraJob
from droptrace.messages import Health
from evidence.clock import to_rfc3339
from floors.site import Site
from tracking.fall import Fall, without_floor
from vision.arrival_lag import ArrivalLag
from vision.blind_time import BlindReason, BlindSpell, BlindTime
from vision.clock import Clock
from vision.clock_drift import ClockDrift
from vision.counts import Counts
from vision.frame import Frame
from vision.frame_rate import FrameRate
from vision.health import PictureHealth
from vision.place import Place
from vision.reference_folder import ReferenceFolder
from vision.source import FrameSource
from vision.stream_recorder import StreamRecorder

SILENT_S: Final = 2.0
"""So long a stream may pause, and a frame may be worked on, before the camera counts as blind."""
TELL_EVERY_S: Final = 5.0
_KEEP_EVERY_S = 10.0
_BEAT_S = 1.0
_GAP_S: Final = 1.0
"""Frames that lie further apart have something between them that was not seen."""
_OPEN_S: Final = 10.0
"""A fall takes some seconds and is told after that: of what fell so shortly before a process died nobody may know."""


class CameraHealth:
    """Follows one camera from the start of its process on; may be called from two threads.

    The one that watches calls `begin`, `take`, `done`; another one calls `beat`, since a camera that is silent gives no
    frames to be called at.
    """

    def __init__(self, job: CameraJob, clock: Clock, send: Callable[[Health], None]) -> None:
        """Begin: no frame has come yet.

        Args:
            job: Has the camera's name and, in `health`, the folder for what is kept.
            clock: Tells times.
            send: Is told.
        """
        self._name = job.name
        self._clock = clock
        self._send = send
        self._log = structlog.get_logger("health")
        self._lock = threading.RLock()
        self._memory = HealthMemory(job.health) if job.health else None
        self._folder = job.health
        self._start_s = self._told_s = self._kept_s = clock.monotonic_s()
        self._before = self._memory.read() if self._memory else None
        away_s = self._away_s(self._before) if self._before else 0.0
        self._blind = BlindTime(clock, self._before.blind if self._before else None, max(0.0, away_s))
        self._blind_before_s = 0.0
        self._picture = PictureHealth(was_covered=self._before is not None and self._before.was_covered)
        self._place: Place | None = None
        self._geometry: str | None = None
        self._rate = FrameRate()
        self._drift = ClockDrift()
        self._counts = Counts()
        self._source: FrameSource | None = None
        self._evidence: StreamRecorder | None = None
        self._overloaded = 0
        self._frame_s: float | None = None
        self._idle_s = self._start_s
        self._time_s: float | None = None
        self._lag = ArrivalLag()
        self._late_s = 0.0
        self._came_s = self._start_s
        self._connections = 0
        self._step_s = 0.0
        self._is_busy = False
        self._ended: tuple[datetime, float] | None = None  # by the wall clock, and monotonic
        self._is_closed = False
        self._signs: tuple[object, ...] = ()

    def begin(self, source: FrameSource, site: Site | None, evidence: StreamRecorder | None = None) -> None:
        """Take the source once it is open.

        Args:
            source: What is looked at.
            site: Whose geometry is used, at the size of its frames; None without one.
            evidence: Holds the stream for evidence, where that is another one.
        """
        with self._lock:
            self._counts = source.counts
            self._source, self._evidence = source, evidence
            if site is None or self._folder is None:
                return
            self._geometry = site.sha256
            shelf = ReferenceFolder(self._folder, site.sha256, (source.info.width, source.info.height))
            is_same = self._before is not None and self._before.geometry == site.sha256
            self._place = Place(shelf, was_moved=is_same and self._before is not None and self._before.was_moved)

    def take(self, frame: Frame) -> None:
        """Take a frame as it comes, before anything is done with it."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            self._note_gap(frame, now_s if frame.arrived_s is None else frame.arrived_s)
            self._note_clock(frame)
            self._late_s = max(0.0, self._lag.time_s(now_s) - frame.time_s)
            self._step_s = 0.0 if self._time_s is None else min(frame.time_s - self._time_s, SILENT_S)
            self._time_s, self._is_busy = frame.time_s, True
            self._frame_s = self._idle_s = now_s
            self._rate.add(frame.time_s, now_s)
            is_looked_at = self._picture.see(frame.luma, now_s)
            if is_looked_at and self._place is not None and self._picture.is_well:
                self._place.see(frame.luma, now_s)
            if is_looked_at or self._is_blind_without_pictures:
                self.beat()

    def done(self, overloaded: int) -> None:
        """Note that the frame was worked on, and how many frames so far were overloaded."""
        with self._lock:
            if overloaded > self._overloaded:
                self._blind.add("overloaded", self._step_s)
            self._overloaded, self._is_busy = overloaded, False
            self._idle_s = self._clock.monotonic_s()
            if self._is_blind_without_pictures:
                self.beat()

    def checked(self, fall: Fall) -> Fall:
        """Take back the floor of a fall while the camera is not where its geometry was drawn."""
        with self._lock:
            place = self._place
            if place is None or not place.may_have_moved:
                return fall
            how_far = "" if place.moved_px is None else f" by {math.hypot(*place.moved_px):.0f} px"
            return without_floor(fall, f"the camera has moved{how_far} since its geometry was first used")

    def beat(self) -> None:
        """Count blind time up to now, and tell what is due."""
        with self._lock:
            if self._is_closed or self._ended is not None:
                return
            now_s = self._clock.monotonic_s()
            self._count(now_s)
            is_changed = self._has_changed()
            if is_changed or now_s - self._told_s >= TELL_EVERY_S:
                self._told_s = now_s
                self._send(self.health())
            if is_changed or now_s - self._kept_s >= _KEEP_EVERY_S:
                self._kept_s = now_s
                self._keep()

    def end(self) -> None:
        """Note that no frame is looked at any more, though what was seen has to be told yet: that may take seconds.

        The next process counts from here on as `restarting`; to call it `no_stream` would blame the camera.
        """
        with self._lock:
            self._count(self._clock.monotonic_s())
            self._ended = (self._clock.utc_now(), self._clock.monotonic_s())
            self._keep()

    def close(self) -> None:
        """Tell and keep the last; after that nothing more is told. Safe to call twice."""
        with self._lock:
            if not self._is_closed:
                if self._ended is None:
                    self._count(self._clock.monotonic_s())
                # All that was seen has been told.
                self._keep(open_s=0.0)
                self._is_closed = True

    def health(self) -> Health:
        """Tell how the camera does, as of the last `beat`."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            spell, today, place = self._blind.spell, self._blind.today, self._place
            by_presentation, drift_ppm = self._rate.by_presentation(), self._drift.ppm
            info = self._source.info if self._source else None
            return Health(
                camera=self._name,
                told_utc=to_rfc3339(self._clock.utc_now()),
                blind=spell.reason if spell else None,
                blind_for_s=round(self._blind_before_s + spell.seconds, 3) if spell else 0.0,
                day=today.day.isoformat(),
                blind_s={reason: round(seconds, 3) for reason, seconds in today.seconds.items()},
                ailments=self._picture.ailments,
                light=self._picture.light,
                standing=place.standing if place else None,
                moved_px=_rounded(place.moved_px) if place else None,
                fps=None if by_presentation is None else round(by_presentation, 2),
                fps_arrived=round(self._rate.by_arrival(now_s), 2),
                fps_declared=info.declared_fps if info else None,
                frame_age_s=None if self._frame_s is None else round(now_s - self._frame_s, 3),
                behind_s=round(self._late_s, 3),
                frames=self._counts.frames,
                dropped=self._dropped(),
                connections=self._counts.connections,
                clock_jumps=self._counts.clock_jumps,
                clock_drift_ppm=None if drift_ppm is None else round(drift_ppm, 1),
                decoder=info.decoder if info else None,
                evidence_held=self._evidence.is_held if self._evidence else None,
            )

    def _dropped(self) -> dict[str, int]:
        counts = self._counts
        return {
            "damaged": counts.damaged_packets,
            "out_of_order": counts.out_of_order,
            "without_time": counts.without_time,
            "overloaded": self._overloaded,
        }

    def _count(self, now_s: float) -> None:
        """Tell the time of blindness what holds now."""
        self._update(*self._reason(now_s))

    def _update(self, reason: BlindReason | None, since_s: float, until_s: float) -> None:
        """Tell it why nothing is seen, and the log what that changes."""
        before = self._blind.spell
        over = self._blind.update(reason, since_s, until_s)
        spell = self._blind.spell
        if spell is not None and (before is None or before.reason != spell.reason):
            self._blind_before_s += over.seconds if over else 0.0
            self._log.warning("camera_blind", camera=self._name, reason=spell.reason)
        elif over is not None and spell is None:
            self._tell_end(over)

    def _note_gap(self, frame: Frame, came_s: float) -> None:
        """Count as blind what was not seen between the frame before and this one, as where a stream was cut.

        Both clocks must say so: a camera's own may jump, and frames that wait in a queue come late. From one connection
        to the next the source tells how much time passed, frames that were never read included.
        """
        if self._time_s is not None:
            missing_s = frame.time_s - self._time_s
            if self._counts.connections == self._connections:
                missing_s = min(missing_s, came_s - self._came_s)
            if missing_s > _GAP_S:
                self._update("no_stream", came_s - missing_s, came_s)
        self._came_s = came_s
        self._lag.note(frame.time_s, came_s)

    def _note_clock(self, frame: Frame) -> None:
        """Compare the camera's clock with the machine's; a new connection lays its times anew."""
        if self._counts.connections != self._connections:
            self._connections = self._counts.connections
            self._drift.restart()
        if frame.arrived_s is not None:
            self._drift.add(frame.time_s, frame.arrived_s)

    def _tell_end(self, over: BlindSpell) -> None:
        blind_s, self._blind_before_s = round(self._blind_before_s + over.seconds, 1), 0.0
        self._log.warning("camera_sees", camera=self._name, reason=over.reason, blind_s=blind_s)

    def _reason(self, now_s: float) -> tuple[BlindReason | None, float, float]:
        """Tell why nothing is seen, since when and until when."""
        spell = self._blind.spell
        if self._frame_s is None:
            is_late = now_s - self._start_s > SILENT_S
            if spell is not None and not is_late:
                return "restarting", self._start_s, self._start_s
            return ("no_stream", self._start_s, now_s) if is_late else (None, now_s, now_s)
        if self._is_busy and now_s - self._frame_s > SILENT_S:
            return "overloaded", self._frame_s, now_s
        if not self._is_busy and now_s - self._idle_s > SILENT_S:
            return "no_stream", self._idle_s, now_s
        blindness = self._picture.blindness()
        if blindness is not None:
            return blindness.ailment, blindness.since_s, blindness.until_s
        # A silence lasts until this frame; an ailment was counted as far as it was seen.
        return None, self._idle_s if self._is_blind_without_pictures else -math.inf, now_s

    @property
    def _is_blind_without_pictures(self) -> bool:
        spell = self._blind.spell
        return spell is not None and spell.reason in ("no_stream", "restarting", "overloaded")

    def _has_changed(self) -> bool:
        """Tell whether there is something to be told at once, and log where the camera stands now."""
        spell, place = self._blind.spell, self._place
        standing = place.standing if place else None
        signs = (spell.reason if spell else None, self._picture.ailments, self._picture.light, standing)
        if signs == self._signs:
            return False
        stood = self._signs[-1] if self._signs else None
        self._signs = signs
        if place is not None and standing == "moved" != stood:
            self._log.warning("camera_moved", camera=self._name, moved_px=_rounded(place.moved_px))
        elif place is not None and standing == "in place" and stood == "moved":
            self._log.warning("camera_in_place", camera=self._name, moved_px=_rounded(place.moved_px))
        return True

    def _keep(self, open_s: float = _OPEN_S) -> None:
        if self._memory is not None:
            spell = self._blind.spell
            until_utc, until_s = self._ended or (self._clock.utc_now(), self._clock.monotonic_s())
            # What is counted as blind already is not counted again.
            unknown_s = 0.0 if spell else open_s + self._behind_s(until_s)
            is_moved = self._place is not None and self._place.standing == "moved"
            self._memory.write(
                Remembered(
                    watched_until=until_utc - timedelta(seconds=unknown_s),
                    watched_until_s=until_s - unknown_s,
                    blind=self._blind.today,
                    was_blind=spell.reason if spell else None,
                    was_covered="covered" in self._picture.ailments,
                    was_moved=is_moved,
                    geometry=self._geometry,
                )
            )

    def _away_s(self, before: Remembered) -> float:
        """Tell for how long nobody watched; by the wall clock, which may have been set, where there is no other."""
        if before.watched_until_s is not None:
            return self._start_s - before.watched_until_s
        return (self._clock.utc_now() - before.watched_until).total_seconds()

    def _behind_s(self, now_s: float) -> float:
        """Tell how far the work is behind the camera: what waits is lost when this process ends."""
        if self._time_s is None:
            return 0.0
        return max(0.0, self._lag.time_s(now_s) - self._time_s)


class NoHealth:
    """Stands in for a `CameraHealth` where nobody asks, as of a recording."""

    def take(self, frame: Frame) -> None:
        """Let it pass."""

    def done(self, overloaded: int) -> None:
        """Let it pass."""

    def checked(self, fall: Fall) -> Fall:
        """Give it back."""
        return fall

    def end(self) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Keep nothing."""


NO_HEALTH: Final = NoHealth()


class HealthBeat:
    """Calls `CameraHealth.beat` once a second in a thread of its own, for the length of a `with` block."""

    def __init__(self, health: CameraHealth) -> None:
        """Take the health; it is closed at the end of the block."""
        self._health = health
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def __enter__(self) -> None:
        """Start."""
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._ended.set()
        self._health.close()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_BEAT_S):
            try:
                self._health.beat()
            except OSError:
                # The parent is gone: the thread that watches finds that out too.
                return


def _rounded(moved_px: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if moved_px is None else (round(moved_px[0], 1), round(moved_px[1], 1))

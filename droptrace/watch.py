"""One camera under the supervisor: its process, and what becomes of it."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

import structlog

from droptrace.child import CameraChild
from droptrace.config import LimitsConfig
from droptrace.dispatch import Dispatch
from droptrace.errors import CameraCrashedError
from droptrace.job import CameraJob
from droptrace.memory import resident_mb
from droptrace.messages import Ended, Failed, FallJudged, Health, Message, PackageFailed, PackageWritten, Progress
from droptrace.rescue import rescue_packages
from droptrace.roster import Post
from evidence.incident import Incident
from vision.backoff import Backoff
from vision.clock import Clock

Then = Literal["at once", "later", "never"]
"""When a camera is started again after its process has ended."""

_LOADING_S = 180.0
"""A process loads before it can give a sign of life: a dozen at once on two busy cores took 30 s."""
_STEADY_S = 60.0
"""Who ran for so long, twice the longest back-off, is started again soon; before, it would come again every second."""
_SIGHT_S = 10.0
"""Who has sent no 25 frames for so long does not see: less than that a second and nothing that falls would be found."""
_PAUSE_S = 5.0
"""A supervisor that has not looked for so long was itself stopped, and may not take that for silence of others."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a camera is not watched any more, in words, and whether the configuration is to blame."""

    reason: str
    is_usage: bool


class CameraWatch:
    """Keeps one camera watched: starts its process, hears it, and starts it again when it died, hung or leaked.

    `hear` is to be called when `pipe` has something, and `tick` twice a second or so, both from one thread.

    Attributes:
        post: What the camera is watched with, now or after the process at hand has ended.
        limits: May be replaced at any time.
        fault: Set while the camera is not watched and should be.
        health: The newest that its process told of its health; None before the first.
    """

    def __init__(
        self,
        post: Post,
        limits: LimitsConfig,
        dispatch: Dispatch,
        clock: Clock,
        tell: Callable[[Message], None],
        start: Callable[[CameraJob], CameraChild] = CameraChild,
    ) -> None:
        """Be ready to start at the first `tick`.

        Args:
            post: What the camera is watched with.
            limits: How long it may be silent and may take to end, and how much memory it may take.
            dispatch: Takes incidents and packages.
            clock: Passing time, and when a package was rescued.
            tell: Is told every message.
            start: Starts its process.
        """
        self.post = post
        self.limits = limits
        self.fault: Fault | None = None
        self.health: Health | None = None
        self._dispatch = dispatch
        self._clock = clock
        self._tell = tell
        self._start = start
        self._log = structlog.get_logger("edge")
        self._backoff = Backoff(random.Random(post.job.address))
        self._unpacked: dict[str, Incident] = {}
        self._child: CameraChild | None = None
        self._start_at_s: float | None = clock.monotonic_s()
        self._started_s = self._heard_s = self._looked_s = 0.0
        self._saw_s = -math.inf
        self._is_up = self._has_watched = False
        self._stop_by_s: float | None = None
        self._then: Then | None = None  # what was decided; None while nobody wants the process to end
        self._why = ""
        self._is_killed = False

    @property
    def pipe(self) -> Connection | None:
        """Give the pipe to wait on; None while no process runs."""
        return self._child.pipe if self._child else None

    @property
    def is_over(self) -> bool:
        """Tell whether no process runs and none is to be started."""
        return self._child is None and self._start_at_s is None

    @property
    def sees(self) -> bool:
        """Tell whether pictures come in which something can be seen; of a recording, whether they come."""
        is_blind = self.health is not None and self.health.blind is not None
        return self._child is not None and self._clock.monotonic_s() - self._saw_s < _SIGHT_S and not is_blind

    def change(self, post: Post) -> None:
        """Watch with another post from now on; a process that runs ends in order first."""
        self.post = post
        self.fault = self.health = None
        self._has_watched = False
        self._backoff.reset()
        if self._child is None:
            self._start_at_s = self._clock.monotonic_s()
        else:
            self._ask_to_end(self._child, "at once")

    def end(self) -> None:
        """Watch no longer: a process that runs finishes what it has seen, for `limits.stop_s` at most."""
        self._start_at_s = None
        if self._child is not None and self._then != "never":
            self._ask_to_end(self._child, "never")

    def kill(self) -> None:
        """Watch no longer, and do not wait: what is open is left as it is on the disk."""
        self._start_at_s = None
        self._then = "never"
        if self._child is not None and not self._is_killed:
            self._kill(self._child, "was ended before it had finished; open incidents have what was written")

    def close(self) -> None:
        """Let no process stay, whatever state it is in."""
        if self._child is not None:
            self._child.kill()
            self._child.close()
            self._child = None

    def tick(self) -> None:
        """Start what is due; end a process that hangs or leaks, and kill one that does not end."""
        now_s = self._clock.monotonic_s()
        if self._child is None:
            if self._start_at_s is not None and now_s >= self._start_at_s:
                self._begin(now_s)
            return
        if now_s - self._looked_s > _PAUSE_S:
            self._heard_s = now_s
        self._looked_s = now_s
        if self._is_killed:
            return
        if self._stop_by_s is None:
            self._check(self._child, now_s)
        elif now_s >= self._stop_by_s:
            self._kill(self._child, f"did not end within {self.limits.stop_s:g} s and was killed")

    def hear(self) -> None:
        """Take the next message of the process; waits for it."""
        child = self._child
        if child is None:
            return
        try:
            message = child.receive()
        except CameraCrashedError as error:
            self._lose(child, Fault(self._why if self._is_killed else str(error), is_usage=False))
            return
        self._tell(message)
        if isinstance(message, Health):
            # From a thread of its own, which goes on beside one that hangs: it is no sign of life.
            self.health = message
        else:
            self._note_life(child)
            self._take(child, message)

    def _take(self, child: CameraChild, message: Message) -> None:
        match message:
            case FallJudged(incident):
                self._unpacked[incident.incident_id] = incident
                self._dispatch.add(incident)
                self._log.info("fall", incident_id=incident.incident_id, verdict=incident.fall.verdict)
            case PackageWritten(incident_id, folder):
                self._unpacked.pop(incident_id, None)
                self._dispatch.add_package(incident_id, folder)
            case PackageFailed(incident_id, reason):
                self._log.error("package_failed", incident_id=incident_id, reason=reason)
            case Progress():
                self._has_watched = True
                self._saw_s = self._heard_s
            case Failed(reason, is_usage):
                # A camera that was watched before was changed since, and may be changed back.
                self._lose(child, Fault(reason, is_usage and not self._has_watched))
            case Ended(frames):
                self._log.info("camera_ended", camera=child.job.name, frames=frames)
                # Who had finished when it was killed has not failed.
                why = "" if self._is_killed else self._why
                # A camera has no end: somebody else has told this process to.
                then = self._then or self._when(is_usage=False)
                self._leave(child, then, Fault(why, is_usage=False) if why else None)

    def _note_life(self, child: CameraChild) -> None:
        self._heard_s = self._clock.monotonic_s()
        if not self._is_up:
            self._is_up = True
            self._log.info("camera_up", camera=child.job.name)

    def _begin(self, now_s: float) -> None:
        self._start_at_s = None
        self._started_s = self._heard_s = self._looked_s = now_s
        try:
            self._child = self._start(self.post.job)
        except OSError as error:
            reason = f"{self.post.job.name}: its process cannot be started ({error.strerror}); free memory or processes"
            self._log.error("camera_lost", camera=self.post.job.name, reason=reason, restarts=True)
            self._start_at_s = now_s + self._backoff.next_s()
            return
        self._log.info("camera_started", camera=self.post.job.name, pid=self._child.pid)

    def _check(self, child: CameraChild, now_s: float) -> None:
        if now_s - self._started_s > _STEADY_S:
            self._backoff.reset()
        silent_s = now_s - self._heard_s
        if silent_s > (self.limits.silent_s if self._is_up else max(self.limits.silent_s, _LOADING_S)):
            self._log.warning("camera_hung", camera=child.job.name, silent_s=round(silent_s, 1))
            self._kill(
                child, f"gave no sign of life for {silent_s:.0f} s and was killed; its decoder or its disk hangs"
            )
            return
        taken_mb = resident_mb(child.pid)
        limit_mb = self.limits.memory_mb
        if taken_mb is not None and taken_mb > limit_mb:
            self._log.warning("camera_leaks", camera=child.job.name, memory_mb=round(taken_mb), limit_mb=limit_mb)
            why = f"{child.job.name}: took {taken_mb:.0f} MB, more than limits.memory_mb = {limit_mb}"
            self._ask_to_end(child, self._when(is_usage=False), why)

    def _ask_to_end(self, child: CameraChild, then: Then, why: str = "") -> None:
        # The last word counts: a camera that is taken out while it ends is not started again.
        self._then = then
        if not self._is_killed:
            self._why = why
        if self._stop_by_s is None:
            self._stop_by_s = self._clock.monotonic_s() + self.limits.stop_s
            child.stop()

    def _kill(self, child: CameraChild, why: str) -> None:
        """Kill the process; what it has said before is heard still, up to the end of its pipe."""
        self._is_killed = True
        self._why = f"{child.job.name}: {why}"
        self._log.warning("camera_killed", camera=child.job.name, reason=self._why)
        child.kill()

    def _when(self, *, is_usage: bool) -> Then:
        # A recording that failed would fail at the same place again.
        return "later" if self.post.job.is_camera and not is_usage else "never"

    def _lose(self, child: CameraChild, fault: Fault) -> None:
        """Let go of a process that did not end in order, and rescue its incidents."""
        then = self._then or self._when(is_usage=fault.is_usage)
        self._log.error("camera_lost", camera=child.job.name, reason=fault.reason, restarts=then != "never")
        self._leave(child, then, fault)
        packages = rescue_packages(self.post.job.packages, self._unpacked.values(), self._clock)
        for incident_id, folder in packages.items():
            self._dispatch.add_package(incident_id, folder)
        self._unpacked.clear()

    def _leave(self, child: CameraChild, then: Then, fault: Fault | None) -> None:
        child.close()
        self._child = self._stop_by_s = self._then = None
        self._is_up = self._is_killed = False
        self._saw_s = -math.inf
        self._why = ""
        if then == "never":
            self.fault = fault
        else:
            wait_s = self._backoff.next_s() if then == "later" else 0.0
            self._start_at_s = self._clock.monotonic_s() + wait_s

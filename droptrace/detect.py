"""One recording in, one line and one evidence package a fall out."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from droptrace.child import CameraChild
from droptrace.errors import CameraCrashedError, ConfigError, DroptraceError
from droptrace.job import CameraJob
from droptrace.messages import Ended, Failed, FallJudged, Message, PackageFailed, PackageWritten, Progress
from droptrace.rescue import rescue_packages
from evidence.incident import Incident
from floors.site import load_site
from vision.clock import SystemClock

_WRAP_UP_S = 2.5


@dataclass(frozen=True, slots=True)
class Finding:
    """A fall that was found: its facts, and its evidence package where one was written."""

    incident: Incident
    package: Path | None


@dataclass(slots=True)
class Detection:
    """What `detect` found so far.

    Attributes:
        findings: In order of release.
        problems: What could not be done, in words.
        is_interrupted: Whether somebody stopped it before the end.
        frames: How many were watched.
        time_s: Time of the last one.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_interrupted: bool = False
    frames: int = 0
    time_s: float = 0.0


def detect(job: CameraJob, progress: Callable[[Progress], None]) -> Detection:
    """Watch one recording to its end in a process of its own.

    An interrupt (Ctrl-C) lets the process finish the falls that it has seen, for a moment; a second one does not.

    Args:
        job: What to watch; `packages` must be writable.
        progress: Is told how far it is.

    Returns:
        All falls that were judged, with their packages. A recording that failed half-way or a decoder that died is
        told in `problems`; what was found before is there all the same.

    Raises:
        SiteError: The site file is wrong.
        ConfigError: The site file does not fit the recording.
        DroptraceError: The folder of packages cannot be written.
    """
    if job.site:
        # The camera's process reads it again; what is wrong with it is told before anything is started.
        load_site(job.site)
    _prepare(job.packages)
    notes = _Notes(progress)
    child = CameraChild(job)
    try:
        notes.take(child)
    except KeyboardInterrupt:
        notes.result.is_interrupted = True
        child.stop()
        notes.take(child, _WRAP_UP_S)
    finally:
        child.close()
    return notes.conclude(job.packages)


class _Notes:
    """Notes down what the camera's process tells."""

    def __init__(self, progress: Callable[[Progress], None]) -> None:
        self.result = Detection()
        self._progress = progress
        self._judged: dict[str, Incident] = {}
        self._packages: dict[str, Path] = {}

    def take(self, child: CameraChild, limit_s: float | None = None) -> None:
        """Note all messages up to the last one, or for `limit_s` at most."""
        try:
            for message in child.messages(limit_s):
                self._note(message)
        except CameraCrashedError as error:
            if not self.result.is_interrupted:
                self.result.problems.append(str(error))

    def conclude(self, root: Path) -> Detection:
        """Give falls without evidence what is left of it, and put all in order."""
        if self.result.problems or self.result.is_interrupted:
            without = [i for i in self._judged.values() if i.incident_id not in self._packages]
            self._packages |= rescue_packages(root, without, SystemClock())
        falls = sorted(self._judged.values(), key=lambda incident: incident.fall.release_s)
        self.result.findings = [Finding(one, self._packages.get(one.incident_id)) for one in falls]
        return self.result

    def _note(self, message: Message) -> None:
        match message:
            case Progress(frames, time_s):
                self.result.frames, self.result.time_s = frames, time_s
                self._progress(message)
            case FallJudged(incident):
                self._judged[incident.incident_id] = incident
            case PackageWritten(incident_id, folder):
                self._packages[incident_id] = folder
            case PackageFailed(_, reason):
                self.result.problems.append(reason)
            case Failed(reason, is_usage):
                if is_usage:
                    raise ConfigError(reason)
                self.result.problems.append(reason)
            case Ended(frames, time_s, _):
                self.result.frames, self.result.time_s = frames, time_s


def _prepare(packages: Path) -> None:
    """Make the folder of packages, and be sure of it before anything is watched for hours."""
    try:
        packages.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DroptraceError(
            f"{packages}: cannot be made ({error.strerror}); choose another folder with --out"
        ) from error
    if not os.access(packages, os.W_OK | os.X_OK):
        raise DroptraceError(f"{packages}: may not be written; choose another folder with --out")

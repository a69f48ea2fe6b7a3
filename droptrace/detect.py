"""One recording in, one line and one evidence package a fall out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from droptrace.camera import CameraJob
from droptrace.child import CameraChild
from droptrace.errors import CameraCrashedError, ConfigError, DroptraceError
from droptrace.messages import Ended, Failed, FallJudged, Message, PackageFailed, PackageWritten, Progress
from droptrace.rescue import rescue_packages
from evidence.errors import EvidenceError
from evidence.incident import Incident
from evidence.salvage import salvage_partials
from vision.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Finding:
    """A fall that was found: its facts, and its evidence package where one was written."""

    incident: Incident
    package: Path | None


@dataclass(slots=True)
class Detection:
    """What `detect` found so far; `problems` names what could not be done, in words."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    frames: int = 0
    time_s: float = 0.0


def detect(job: CameraJob, progress: Callable[[Progress], None]) -> Detection:
    """Watch one recording to its end in a process of its own.

    Args:
        job: What to watch; `packages` must be writable.
        progress: Is told how far it is.

    Returns:
        All falls that were judged, with their packages. A decoder that died is told in `problems`; what was found
        before is there all the same.

    Raises:
        ConfigError: The site file is wrong or does not fit the recording.
        DroptraceError: The recording cannot be read, or the folder of packages not be written.
    """
    _prepare(job.packages)
    result = Detection()
    judged: dict[str, Incident] = {}
    packages: dict[str, Path] = {}
    child = CameraChild(job)
    try:
        for message in _until_the_end(child, result):
            match message:
                case Progress():
                    progress(message)
                case FallJudged(incident):
                    judged[incident.incident_id] = incident
                case PackageWritten(incident_id, folder):
                    packages[incident_id] = folder
                case PackageFailed(_, reason):
                    result.problems.append(reason)
                case Failed(reason, is_usage):
                    raise (ConfigError if is_usage else DroptraceError)(reason)
                case Ended(frames, time_s, _):
                    result.frames, result.time_s = frames, time_s
    finally:
        child.stop()
        child.close()
    if result.problems:
        without = [i for i in judged.values() if i.incident_id not in packages]
        packages |= rescue_packages(job.packages, without, SystemClock())
    result.findings = [
        Finding(i, packages.get(i.incident_id)) for i in sorted(judged.values(), key=lambda i: i.fall.release_s)
    ]
    return result


def _until_the_end(child: CameraChild, result: Detection) -> Iterator[Message]:
    try:
        yield from child.messages()
    except CameraCrashedError as error:
        result.problems.append(str(error))


def _prepare(packages: Path) -> None:
    try:
        packages.mkdir(parents=True, exist_ok=True)
        salvage_partials(packages, clock=SystemClock())
    except OSError as error:
        raise DroptraceError(
            f"{packages}: cannot be made ({error.strerror}); choose another folder with --out"
        ) from error
    except EvidenceError as error:
        raise DroptraceError(str(error)) from error

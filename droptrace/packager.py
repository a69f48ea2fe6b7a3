"""Writes the evidence of each fall once its post-roll has been seen."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from droptrace.camera_memory import give_back
from droptrace.job import Roll
from droptrace.messages import Message, PackageFailed, PackageWritten
from evidence.errors import EvidenceError
from evidence.incident import Incident, RecordingSpan
from tracking.fall import Fall
from vision.clock import Clock
from vision.errors import NotHeld, SourceError
from vision.source import FrameSource, Recording
from vision.stream_recorder import StreamRecorder

if TYPE_CHECKING:
    from evidence.ruler import FloorLine

_MARGIN_S = 0.5
_PATIENCE_S = 1.0
"""A main stream has more to send, and comes later than its sub-stream."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A recording, the stream that it is of, and what is unusual about that."""

    recording: Recording | None
    name: str
    remarks: tuple[str, ...] = ()


class Packager:
    """Holds incidents until their post-roll is there, then writes their packages beside the watching.

    Writing decodes some seconds of video again, which takes a second of one core; frames must not wait for it.
    """

    def __init__(
        self,
        source: FrameSource,
        root: Path,
        ruler: "Sequence[FloorLine]",
        roll: Roll,
        clock: Clock,
        send: Callable[[Message], None],
        *,
        keep: bool = False,
        evidence: StreamRecorder | None = None,
    ) -> None:
        """Write packages of `source` below `root` and tell `send` of each.

        Args:
            source: What is watched.
            root: Folder of the packages.
            ruler: Lower edges of the floors; empty without geometry.
            roll: Video before and after each fall.
            clock: Tells when a package was closed.
            send: Takes PackageWritten and PackageFailed.
            keep: Tell of a package that stands already instead of writing it again.
            evidence: Another stream of the camera that the evidence is cut from, so long as it is held.
        """
        self._source = source
        self._root = root
        self._ruler = tuple(ruler)
        self._roll = roll
        self._clock = clock
        self._send = send
        self._keep = keep
        self._evidence = evidence
        self._patience_s = 0.0 if evidence is None else _PATIENCE_S
        self._seen_s = 0.0
        self._waiting: list[Incident] = []
        self._writing: list[tuple[str, Future[Path]]] = []
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packager")

    def add(self, incident: Incident) -> None:
        """Write the package of `incident` as soon as its post-roll was seen."""
        self._waiting.append(incident)

    def advance(self, time_s: float) -> None:
        """Tell that frames up to `time_s` have been seen; starts and reports what has become possible."""
        self._seen_s = time_s
        due = [i for i in self._waiting if time_s >= i.fall.last_s + self._roll.post_s + self._patience_s]
        for incident in due:
            self._waiting.remove(incident)
            self._start(incident)
        self._report([one for one in self._writing if one[1].done()])

    def close(self) -> None:
        """Write what still waits with the post-roll that there is, wait for all of it, and let go of the evidence."""
        for incident in self._waiting:
            self._start(incident)
        self._waiting = []
        self._report(list(self._writing))
        self._writer.shutdown()
        if self._evidence is not None:
            self._evidence.close()

    def _start(self, incident: Incident) -> None:
        standing = self._root / incident.incident_id
        if self._keep and standing.exists():
            self._send(PackageWritten(incident.incident_id, standing))
            return
        cut = self._cut(incident)
        if cut.recording is not None:
            span = RecordingSpan(cut.name, cut.recording.start_s, cut.recording.end_s)
            incident = replace(incident, recording=span)
        task = self._writer.submit(self._write, incident, cut)
        self._writing.append((incident.incident_id, task))

    def _write(self, incident: Incident, cut: "_Cut") -> Path:
        # Loaded with the first package, 15 MB: most cameras see nothing for days.
        from evidence.package import write_package

        try:
            return write_package(
                self._root, incident, cut.recording, self._ruler, clock=self._clock, remarks=cut.remarks
            )
        finally:
            give_back()

    def _cut(self, incident: Incident) -> "_Cut":
        """Cut from the evidence stream where there is one and it has all of the fall, else from what was looked at."""
        name = self._source.info.name
        if self._evidence is None:
            return _Cut(self._cut_as_seen(incident.fall), name)
        try:
            return _Cut(self._cut_evidence(self._evidence, incident.fall), self._evidence.name)
        except SourceError as error:
            structlog.get_logger().warning("evidence_from_detection", incident_id=incident.incident_id, why=str(error))
            remark = f"cut from the stream for detection, since the one for evidence is not held: {error}"
            return _Cut(self._cut_as_seen(incident.fall), name, (remark,))

    def _cut_as_seen(self, fall: Fall) -> Recording | None:
        start_s = max(0.0, min(fall.release_s, fall.first_s) - self._roll.pre_s)
        try:
            # No further than was watched: behind that may lie what the watching failed at.
            return self._source.recording(start_s, min(fall.last_s + self._roll.post_s, self._seen_s))
        except SourceError:
            # A stream that was cut off right after the fall may hold no key frame: the facts are kept all the same.
            return None

    def _cut_evidence(self, evidence: StreamRecorder, fall: Fall) -> Recording:
        """Cut with a margin, since the times of two streams are tied to each other with an error.

        Raises:
            NotHeld: Not all of the fall is held.
        """
        begin_s = min(fall.release_s, fall.first_s)
        recording = evidence.recording(
            begin_s - self._roll.pre_s - _MARGIN_S, fall.last_s + self._roll.post_s + _MARGIN_S
        )
        if recording.start_s > begin_s or recording.end_s < fall.last_s:
            raise NotHeld(
                f"{evidence.name}: only {recording.start_s:.1f} s to {recording.end_s:.1f} s of it are held, and the "
                f"fall lasted from {begin_s:.1f} s to {fall.last_s:.1f} s"
            )
        return recording

    def _report(self, ready: list[tuple[str, Future[Path]]]) -> None:
        for incident_id, task in ready:
            self._writing.remove((incident_id, task))
            try:
                self._send(PackageWritten(incident_id, task.result()))
            except EvidenceError as error:
                self._send(PackageFailed(incident_id, str(error)))

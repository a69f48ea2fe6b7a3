"""Frames of a recorded file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import av
import structlog
from av.container import InputContainer

from vision.counts import Counts
from vision.decoder import Decoder
from vision.decoder_kind import DecoderKind
from vision.errors import NoFrames, NotAVideo, SourceError, SourceNotFound, StreamLost
from vision.frame import Frame
from vision.hardware import Hardware
from vision.packet import EncodedPacket
from vision.packet_ring import PacketRing
from vision.recording import PacketRecording
from vision.source import SourceInfo
from vision.stream_format import StreamFormat, video_stream
from vision.time_axis import TimeAxis

# Readers that see pictures in a text, or that fetch other files and addresses named in this one.
_NOT_RECORDINGS = frozenset({"tty", "hls", "concat", "dash", "sdp", "imf", "ffmetadata", "lavfi"})
_FAILED_READS_TO_STOP_AT = 50
_FIRST_TRUE_YEAR = 1990


class FileSource:
    """A recording on disk, read from its first to its last frame.

    What is damaged is left out and counted; a file that was cut off ends where it was cut.
    """

    def __init__(
        self, path: Path, *, keep_s: float = 30.0, threads: int = 1, decoder: DecoderKind = "software"
    ) -> None:
        """Open a file and decode its first frame.

        Args:
            path: The file.
            keep_s: Seconds of encoded pictures to hold for `recording`.
            threads: Threads that may work on one picture.
            decoder: What is to decode; software does what it cannot.

        Raises:
            SourceNotFound: There is no such file.
            NotAVideo: It is no video.
            NoFrames: Not one frame of it decodes.
        """
        self._name = path.stem
        self._path = path
        self.counts = Counts()
        self._closed = Event()
        self._container = _open_container(path)
        try:
            self._stream = StreamFormat.of(self._container, path.name)
            axis = TimeAxis(self._stream.time_base, utc_origin=_creation_utc(self._container))
            self._hardware = Hardware(decoder, path.stem)
            self._decoder = Decoder(self._stream, self.counts, axis, threads=threads, hardware=self._hardware)
            self._ring = PacketRing(keep_s)
            self._ring.begin(self._stream)
            self._frames = self._decoded(self._container)
            self._first: Frame | None = next(self._frames, None)
            if self._first is None:
                raise NoFrames(f"{path}: {_why_none(self.counts)}")
        except SourceError:
            self.close()
            raise
        self._info = SourceInfo(
            name=self._name,
            width=self._first.luma.shape[1],
            height=self._first.luma.shape[0],
            declared_fps=self._stream.declared_fps,
            codec=self._stream.codec,
            rotation_deg=self._decoder.rotation_deg,
            is_live=False,
        )

    @property
    def info(self) -> SourceInfo:
        """Tell size, codec, kind and decoder."""
        return replace(self._info, decoder=self._hardware.in_use)

    def frames(self) -> Iterator[Frame]:
        """Yield every frame once; a second call goes on where the first stopped.

        Raises:
            SizeChanged: The pictures change their size.
            StreamLost: The disk or share that it lies on went away.
        """
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._frames

    def recording(self, start_s: float, end_s: float) -> PacketRecording:
        """Cut the originals from the key frame at or before `start_s` to `end_s`, as far as they are still held.

        Raises:
            NotHeld: Nothing of that span is held.
        """
        return self._ring.cut(start_s, end_s)

    def close(self) -> None:
        """Close the file; safe to call twice, from the thread that reads."""
        self._closed.set()
        self._container.close()

    def _decoded(self, container: InputContainer) -> Iterator[Frame]:
        for packet in self._packets(container):
            self._ring.add(packet)
            frames = self._decoder.decode(packet)
            if frames:
                self._ring.lay_on(self._decoder.axis)
            yield from frames
        yield from self._decoder.decode(None)

    def _packets(self, container: InputContainer) -> Iterator[EncodedPacket]:
        stream = video_stream(container, self._name)
        read = failed = 0
        while not self._closed.is_set() and failed < _FAILED_READS_TO_STOP_AT:
            try:
                for packet in container.demux(stream):
                    if packet.size:  # the last one is empty: it means the end
                        read += 1
                        yield EncodedPacket.from_av(packet, has_pts=self._stream.has_pts)
                    if self._closed.is_set():
                        return
                break
            except av.error.InvalidDataError:
                failed += 1
                self.counts.damaged_packets += 1
            except av.error.OSError as error:
                raise StreamLost(f"{self._path}: reading stopped ({error.strerror}); check the disk") from error
        # Only MP4 declares how many pictures there are; AVI counts steps of time.
        if failed or ("mov" in container.format.name and read < stream.frames):
            structlog.get_logger().warning(
                "recording_incomplete", source=self._name, packets=read, declared=stream.frames, failed_reads=failed
            )


def _open_container(path: Path) -> InputContainer:
    try:
        container = av.open(
            f"file:{path}", options={"fflags": "+genpts", "protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except av.error.FileNotFoundError as error:
        raise SourceNotFound(f"{path}: no such file; check the path") from error
    except av.error.PermissionError as error:
        raise SourceNotFound(f"{path}: may not be read; check its permissions") from error
    except av.error.FFmpegError as error:
        raise NotAVideo(
            f"{path}: cannot be read as a video ({error.strerror}); a recording that was not closed properly "
            "has to be repaired first"
        ) from error
    if _NOT_RECORDINGS.intersection(container.format.name.split(",")):
        kind = container.format.name
        container.close()
        raise NotAVideo(f"{path}: a file of kind {kind} is no recording; give the video itself")
    return container


def _why_none(counts: Counts) -> str:
    if counts.without_time:
        return "its frames carry no times; put them into MP4 at the camera's frame rate first"
    return "not one frame decodes; the recording is damaged or empty, get it again"


def _creation_utc(container: InputContainer) -> datetime | None:
    """Read when the recorder says that it began; recorders without a clock say 1904 or 1970."""
    try:
        created = datetime.fromisoformat(container.metadata.get("creation_time", ""))
    except ValueError:
        return None
    if created.year < _FIRST_TRUE_YEAR:
        return None
    return created.replace(tzinfo=UTC) if created.tzinfo is None else created.astimezone(UTC)

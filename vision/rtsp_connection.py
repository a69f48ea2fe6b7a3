"""One connection to a camera."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any

import av
from av.container import InputContainer

from vision.camera_address import without_credentials
from vision.clock import Clock
from vision.core_slot import CoreSlot
from vision.errors import CredentialsRefused, NotAVideo, SourceError, StreamLost, StreamRefused
from vision.packet import EncodedPacket
from vision.rtsp_settings import RtspSettings
from vision.stream_format import StreamFormat, video_stream

OpenContainer = Callable[[str, RtspSettings], InputContainer]

_QUEUE_PACKETS = 256
_PATIENCE_S = 0.2
_GATHER_S = 0.5
"""Packets are taken a dozen at a time: so code and background are found in the processor's cache, where other cameras'
would have taken their place. 0.21 of a core a camera becomes 0.18, for a quarter of a second on the average."""
_NEARLY = 0.9
_FIRST_GAP_S = 2.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet and when it came, monotonic seconds."""

    packet: EncodedPacket
    monotonic_s: float


class RtspConnection:
    """Reads one camera in a thread of its own, until the camera is lost.

    A thread, since a read from a camera that fell silent cannot be interrupted from outside: whoever stops waiting
    leaves the thread behind, and it ends at its own time limit. Packets wait in a bounded queue; when that is full the
    thread stops reading, and the camera has to drop or to hang up.
    """

    def __init__(
        self,
        address: str,
        clock: Clock,
        settings: RtspSettings,
        open_container: OpenContainer,
        slot: CoreSlot | None = None,
    ) -> None:
        """Start to connect; whoever takes packets holds `slot` while there are any."""
        self._name = without_credentials(address)
        self._settings = settings
        self._clock = clock
        self._slot = slot or CoreSlot(None, clock)
        self._queue: Queue[StreamFormat | Arrival | SourceError] = Queue(_QUEUE_PACKETS)
        self._closed = Event()
        self._heard_s = clock.monotonic_s()
        self._has_begun = False
        self._thread = Thread(target=self._run, args=(address, open_container), name=self._name, daemon=True)
        self._thread.start()

    def next(self) -> StreamFormat | Arrival | None:
        """Wait a moment for what comes next: the format once, then packets; None if nothing came.

        After the first packet, waits for more than one where none is there yet.

        Raises:
            StreamRefused: The camera said no.
            StreamLost: It does not answer, or no longer.
        """
        try:
            item = self._gathered() if self._has_begun else self._queue.get(timeout=_PATIENCE_S)
        except Empty:
            if self._thread.is_alive() or not self._queue.empty():
                return None
            raise StreamLost(f"{self._name}: reading stopped; connecting again") from None
        if isinstance(item, SourceError):
            raise item
        self._has_begun |= isinstance(item, Arrival)
        return item

    def _gathered(self) -> StreamFormat | Arrival | SourceError:
        """Take what is there, or after a moment.

        Raises:
            Empty: Nothing came.
        """
        if self._queue.empty():
            self._slot.leave()
            self._closed.wait(_GATHER_S)
            if not self._queue.empty():
                self._slot.take(self._closed)
        else:
            self._slot.share(self._closed)
        return self._queue.get_nowait()

    def close(self) -> None:
        """Let the thread end, without waiting for it; safe to call twice."""
        self._closed.set()
        self._slot.leave()

    def _run(self, address: str, open_container: OpenContainer) -> None:
        try:
            with open_container(address, self._settings) as container:
                self._read(container)
        except NotAVideo:
            # Not for good: a damaged description may say it, and a camera can be set to something else.
            why = "the camera announces no pictures that can be decoded; set its stream to H.264 or H.265"
            self._put(StreamRefused(f"{self._name}: {why}"))
        except SourceError as error:
            self._put(error)
        except av.error.FFmpegError as error:
            # A read that is broken off at its time limit may say that the data are wrong.
            is_late = self._clock.monotonic_s() - self._heard_s > _NEARLY * self._settings.limit_s
            self._put(_explained(error, self._name, self._settings, is_late=is_late))
        else:
            self._put(StreamLost(f"{self._name}: the camera ended the stream; connecting again"))

    def _read(self, container: InputContainer) -> None:
        stream = StreamFormat.of(container, self._name)
        self._put(stream)
        untimed: list[Arrival] = []
        has_time = False
        for read in container.demux(video_stream(container, self._name)):
            if self._closed.is_set():
                return
            if not read.size:
                continue
            self._heard_s = self._clock.monotonic_s()
            packet = EncodedPacket.from_av(read, arrival_utc=self._clock.utc_now())
            arrival = Arrival(packet, self._heard_s)
            if not has_time and packet.pts is not None:
                has_time = True
                for before in _timed(untimed, packet.pts, float(stream.time_base)):
                    self._put(before)
            if has_time:
                self._put(arrival)
            else:
                untimed.append(arrival)

    def _put(self, item: StreamFormat | Arrival | SourceError) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_PATIENCE_S)
            except Full:
                continue
            return


def _timed(untimed: list[Arrival], next_pts: int, time_base_s: float) -> Iterator[Arrival]:
    """Give times to the first packets of a connection, the key picture among them, that FFmpeg leaves without.

    It counts from the first packet, so that one lies at 0, unless the camera said that it starts somewhere else.
    """
    if not untimed:
        return
    count = len(untimed)
    step = next_pts // count if 0 < next_pts * time_base_s < _FIRST_GAP_S else max(1, untimed[0].packet.duration)
    for i, arrival in enumerate(untimed):
        yield replace(arrival, packet=replace(arrival.packet, pts=next_pts - (count - i) * step))


def open_rtsp(address: str, settings: RtspSettings) -> InputContainer:
    """Connect, with time limits on connecting and on every read; sound is not asked for."""
    options: dict[str, Any] = {
        "rtsp_transport": settings.transport,
        "timeout": str(int(settings.limit_s * 1e6)),
        "allowed_media_types": "video",
        "analyzeduration": "1000000",
        "fpsprobesize": "2",  # the declared rate is never used, so no waiting to guess it
    }
    return av.open(address, options=options, timeout=(settings.limit_s, settings.limit_s), metadata_errors="replace")


def _explained(error: av.error.FFmpegError, name: str, settings: RtspSettings, *, is_late: bool) -> SourceError:
    """Say what an error of FFmpeg means; its own text carries the address with the password."""
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return CredentialsRefused(f"{name}: the camera refuses the credentials; check user and password in the address")
    refusal = _refusal(error, settings)
    if refusal is not None:
        return StreamRefused(f"{name}: the camera {refusal}")
    if isinstance(error, av.error.ConnectionRefusedError):
        return StreamLost(f"{name}: nothing listens there; check host, port and whether the camera is on")
    if is_late or isinstance(error, av.error.TimeoutError | av.error.ExitError):
        return StreamLost(f"{name}: no answer within {settings.limit_s:g} s; check the network to the camera")
    return StreamLost(f"{name}: the stream broke ({error.strerror}); check the camera and the network to it")


def _refusal(error: av.error.FFmpegError, settings: RtspSettings) -> str | None:
    if isinstance(error, av.error.HTTPNotFoundError):
        return "has no stream at that path; check the path in the camera's manual"
    if isinstance(error, av.error.HTTPClientError):
        return f"refuses ({error.strerror}); it may have too many viewers"
    if error.errno == errno.EPROTONOSUPPORT:
        other = "udp" if settings.transport == "tcp" else "tcp"
        return f'does not send over {settings.transport}; set transport = "{other}"'
    return None

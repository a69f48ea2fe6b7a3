"""A camera's stream, held without being decoded."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from threading import Event, Thread

import structlog

from vision.backoff import wait
from vision.camera_address import without_credentials
from vision.clock import Clock
from vision.errors import NotHeld, SourceError
from vision.packet_ring import PacketRing
from vision.reconnection import Reconnection
from vision.recording import PacketRecording
from vision.rtsp_connection import Arrival, OpenContainer, RtspConnection, open_rtsp
from vision.rtsp_settings import RtspSettings
from vision.stream_clock import StreamClock
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis


class StreamRecorder:
    """Holds the newest packets of a camera's stream, for ever, beside another stream of it that is looked at.

    It works in a thread of its own, and connects again when the stream is lost.
    """

    def __init__(
        self,
        address: str,
        *,
        clock: Clock,
        times_of: StreamClock,
        keep_s: float = 30.0,
        rng: Random | None = None,
        settings: RtspSettings = RtspSettings(),  # noqa: B008 - frozen
        open_container: OpenContainer = open_rtsp,
        on_packet: Callable[[], None] = lambda: None,
    ) -> None:
        """Start to connect.

        Args:
            address: `rtsp://` address, with credentials where the camera wants them.
            clock: Tells arrival times and waits between attempts.
            times_of: Of the stream that is looked at; recordings have its times.
            keep_s: Seconds of encoded pictures to hold.
            rng: Spreads the attempts of many cameras.
            settings: Transport and time limits; nothing is decoded.
            open_container: Connects; another one for tests.
            on_packet: Is called in the recorder's thread after each packet.
        """
        self.name = without_credentials(address)
        self._address = address
        self._clock = clock
        self._times_of = times_of
        self._reconnection = Reconnection(rng or Random())
        self._settings = settings
        self._open_container = open_container
        self._on_packet = on_packet
        self._ring = PacketRing(keep_s)
        self._stream_clock = StreamClock()
        self._is_held = False
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    @property
    def is_held(self) -> bool:
        """Tell whether packets come now."""
        return self._is_held

    def recording(self, start_s: float, end_s: float) -> PacketRecording:
        """Cut the originals from the key frame at or before `start_s` to `end_s`.

        Args:
            start_s: On the axis of the stream that is looked at, seconds.
            end_s: Likewise.

        Returns:
            A recording with times on that axis.

        Raises:
            NotHeld: Not all of that span is held.
        """
        ahead_s = self._stream_clock.ahead_s(self._times_of)
        if ahead_s is None:
            raise NotHeld(f"{self.name}: nothing has come of it yet")
        try:
            held = self._ring.cut(start_s + ahead_s, end_s + ahead_s)
        except NotHeld as error:
            # It tells times of its own.
            raise NotHeld(f"{self.name}: nothing of it is held from {start_s:.2f} s to {end_s:.2f} s") from error
        if len(held.segments) > 1:
            raise NotHeld(f"{self.name}: it was lost for a while between {start_s:.2f} s and {end_s:.2f} s")
        (segment,) = held.segments
        axis = replace(segment.axis, offset_s=segment.axis.offset_s - ahead_s)
        return PacketRecording((replace(segment, axis=axis),))

    def close(self) -> None:
        """Let the thread end within a second; safe to call twice."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            connection = RtspConnection(self._address, self._clock, self._settings, self._open_container)
            try:
                self._hold(connection)
            except SourceError as error:
                self._wait(error)
            finally:
                connection.close()

    def _hold(self, connection: RtspConnection) -> None:
        """Hold the packets of one connection; ends when closed.

        Raises:
            SourceError: The stream broke, the camera said no, or what it sends is no video.
        """
        axis: TimeAxis | None = None
        stream: StreamFormat | None = None
        while not self._stopped.is_set():
            item = connection.next()
            if isinstance(item, StreamFormat):
                stream = item
                self._ring.begin(stream)
            elif item is not None and stream is not None:
                axis = axis or self._begun(stream, item)
                self._take(axis, item)

    def _begun(self, stream: StreamFormat, first: Arrival) -> TimeAxis:
        """Lay the times of a new connection on the monotonic clock, by when its first packet came."""
        axis = TimeAxis(stream.time_base, first.packet.stamp, first.monotonic_s)
        self._ring.lay_on(axis)
        self._is_held = True
        if self._reconnection.has_failed:
            structlog.get_logger().warning("evidence_stream_back", source=self.name)
        self._reconnection.succeeded()
        return axis

    def _take(self, axis: TimeAxis, arrival: Arrival) -> None:
        self._ring.add(arrival.packet)
        if arrival.packet.pts is not None:
            self._stream_clock.take(arrival.packet, axis.time_s(arrival.packet.pts), arrival.monotonic_s)
        self._on_packet()

    def _wait(self, error: SourceError) -> None:
        self._is_held = False
        pause = self._reconnection.failed(error, self._clock.monotonic_s())
        if pause.is_news:
            structlog.get_logger().warning(
                "evidence_stream_lost", source=self.name, why=str(error), again_in_s=round(pause.wait_s, 1)
            )
        wait(self._clock, pause.wait_s, self._stopped)

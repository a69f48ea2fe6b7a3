"""Frames of a camera on the network."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from threading import Event

import structlog

from vision.arrival_lag import ArrivalLag
from vision.backoff import wait
from vision.camera_address import without_credentials
from vision.clock import Clock
from vision.core_slot import CoreSlot
from vision.counts import Counts
from vision.damage_log import DamageLog
from vision.decoder import Decoder
from vision.errors import SourceError, StreamLost, StreamRefused
from vision.frame import Frame
from vision.hardware import Hardware
from vision.packet_ring import PacketRing
from vision.reconnection import Reconnection
from vision.recording import PacketRecording
from vision.rtsp_connection import Arrival, OpenContainer, RtspConnection, open_rtsp
from vision.rtsp_settings import RtspSettings
from vision.source import SourceInfo
from vision.stream_clock import StreamClock
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis

_LEAST_STEP_S = 0.001
_LARGEST_JUMP_S = 10.0
_LARGEST_STEP_BACK_S = 1.0


class RtspSource:
    """A camera that is read for ever: when it is lost it is connected to again, and the frames go on.

    Times go on too: after a gap they lie as much later as time has passed meanwhile, by the monotonic clock. A camera
    whose own clock jumps is connected to again for the same reason.

    Attributes:
        counts: What was read and left out so far.
        stream_clock: What its times mean, for whoever holds another stream of the same camera.
    """

    def __init__(
        self,
        address: str,
        *,
        clock: Clock,
        keep_s: float = 30.0,
        give_up_first: bool = False,
        rng: Random | None = None,
        settings: RtspSettings = RtspSettings(),  # noqa: B008 - frozen
        open_container: OpenContainer = open_rtsp,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the address; nothing is connected to yet.

        Args:
            address: `rtsp://` address, with credentials where the camera wants them.
            clock: Tells arrival times and waits between attempts.
            keep_s: Seconds of encoded pictures to hold for `recording`.
            give_up_first: Raise when the very first connection fails, instead of trying for ever.
            rng: Spreads the attempts of many cameras.
            settings: Transport, time limits and decoder.
            open_container: Connects; another one for tests.
            on_turn: Is called by whoever takes the frames, at each packet, and twice a second while none comes:
                so long as it is called, this camera may be lost, but its reader does not hang.
        """
        self.counts = Counts()
        self._address = address
        self._clock = clock
        self._give_up_first = give_up_first
        self._reconnection = Reconnection(rng or Random())
        self._settings = settings
        self._slot = CoreSlot(settings.cores, clock)
        self._open_container = open_container
        self._on_turn = on_turn
        self._ring = PacketRing(keep_s)
        self._damage = DamageLog(without_credentials(address), self.counts)
        self.stream_clock = StreamClock()
        self._hardware = Hardware(settings.decoder, without_credentials(address))
        self._stopped = Event()
        self._frames = self._for_ever()
        self._first: Frame | None = None
        self._lag = ArrivalLag()
        self._last_s: tuple[float, float] | None = None  # of the last frame: its time, and when it came
        self._shape: tuple[int, int] | None = None
        self._info = SourceInfo(without_credentials(address), 0, 0, None, "unknown", 0, True)

    @property
    def info(self) -> SourceInfo:
        """Tell size, codec and decoder; size 0 and codec "unknown" before `connect` has returned."""
        return replace(self._info, decoder=self._hardware.in_use)

    def connect(self) -> None:
        """Wait for the camera's first frame, so that `info` is known; returns without one only after `close`.

        Raises:
            StreamRefused: With `give_up_first`: the camera said no.
            StreamLost: With `give_up_first`: it does not answer.
        """
        if self._first is None and self._last_s is None:
            self._first = next(self._frames, None)

    def frames(self) -> Iterator[Frame]:
        """Yield frames until `close`; a lost stream is waited for.

        Raises:
            SizeChanged: The camera was set to another size.
            StreamRefused: See `connect`.
            StreamLost: See `connect`.
        """
        self.connect()
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
        """Let `frames` end within a second; safe to call twice, and from any thread."""
        self._stopped.set()

    def _for_ever(self) -> Iterator[Frame]:
        while not self._stopped.is_set():
            connection = RtspConnection(self._address, self._clock, self._settings, self._open_container, self._slot)
            try:
                yield from self._connected(connection)
            except (StreamLost, StreamRefused) as error:
                if self._give_up_first and self.counts.connections == 0:
                    raise
                self._wait(error)
            finally:
                connection.close()

    def _connected(self, connection: RtspConnection) -> Iterator[Frame]:
        """Decode one connection; ends when closed.

        Raises:
            StreamLost: The stream broke, or the camera's clock jumped.
            StreamRefused: The camera said no.
            SizeChanged: The camera was set to another size.
        """
        decoder: Decoder | None = None
        stream: StreamFormat | None = None
        before: Arrival | None = None
        try:
            while not self._stopped.is_set():
                self._on_turn()
                item = connection.next()
                if isinstance(item, StreamFormat):
                    stream = item
                    self._ring.begin(stream)
                elif item is not None and stream is not None:
                    self._check_step(before, item, stream)
                    decoder = decoder or self._decoder(stream, item)
                    before = item
                    self._ring.add(item.packet)
                    yield from self._decoded(decoder, stream, item)
        except StreamLost:
            if decoder is not None and before is not None:
                yield from self._noted(decoder.decode(None), before)
            raise

    def _check_step(self, before: Arrival | None, now: Arrival, stream: StreamFormat) -> None:
        """Compare how far the camera's clock went with how much time passed.

        Raises:
            StreamLost: It stepped back, or leapt ahead.
        """
        if before is None or before.packet.pts is None or now.packet.pts is None:
            return
        step_s = float((now.packet.pts - before.packet.pts) * stream.time_base)
        passed_s = now.monotonic_s - before.monotonic_s
        if step_s < -_LARGEST_STEP_BACK_S or step_s > passed_s + _LARGEST_JUMP_S:
            self.counts.clock_jumps += 1
            raise StreamLost(f"{self._info.name}: the camera's clock jumped by {step_s:.1f} s; connecting again")

    def _decoder(self, stream: StreamFormat, first: Arrival) -> Decoder:
        """Make the decoder of a new connection; its times go on where the ones before ended, plus the gap."""
        offset_s = 0.0
        if self._last_s is not None:
            time_s, seen_s = self._last_s
            # Frames that still waited when the stream was cut are missing too.
            offset_s = max(time_s + max(_LEAST_STEP_S, first.monotonic_s - seen_s), self._lag.time_s(first.monotonic_s))
        axis = TimeAxis(stream.time_base, offset_s=offset_s)
        return Decoder(stream, self.counts, axis, shape=self._shape, hardware=self._hardware)

    def _decoded(self, decoder: Decoder, stream: StreamFormat, arrival: Arrival) -> Iterator[Frame]:
        is_new = decoder.axis.origin_pts is None
        frames = decoder.decode(arrival.packet)
        self._damage.look(arrival.monotonic_s)
        if decoder.axis.origin_pts is not None and arrival.packet.pts is not None:
            self.stream_clock.take(arrival.packet, decoder.axis.time_s(arrival.packet.pts), arrival.monotonic_s)
        if frames and is_new:
            self._ring.lay_on(decoder.axis)
            self.counts.connections += 1
            self._reconnection.succeeded()
            self._shape = (frames[0].luma.shape[0], frames[0].luma.shape[1])
            self._info = SourceInfo(
                name=self._info.name,
                width=self._shape[1],
                height=self._shape[0],
                declared_fps=stream.declared_fps,
                codec=stream.codec,
                rotation_deg=decoder.rotation_deg,
                is_live=True,
            )
        yield from self._noted(frames, arrival)

    def _noted(self, frames: list[Frame], arrival: Arrival) -> Iterator[Frame]:
        for frame in frames:
            self._last_s = (frame.time_s, arrival.monotonic_s)
            self._lag.note(frame.time_s, arrival.monotonic_s)
            yield replace(frame, arrived_s=arrival.monotonic_s)

    def _wait(self, error: SourceError) -> None:
        self._slot.leave()
        pause = self._reconnection.failed(error, self._clock.monotonic_s())
        if pause.is_news:
            structlog.get_logger().warning(
                "stream_lost", source=self._info.name, why=str(error), again_in_s=round(pause.wait_s, 1)
            )
        wait(self._clock, pause.wait_s, self._stopped, self._on_turn)

"""The encoded pictures of the last seconds."""

from collections import deque
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock

import structlog

from vision.errors import NotHeld
from vision.packet import EncodedPacket
from vision.recording import PacketRecording, Segment
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis

_TOLERANCE_S = 1e-6


@dataclass(slots=True)
class _Run:
    """The packets of one file, or of one connection to a camera, share this."""

    stream: StreamFormat
    axis: TimeAxis | None = None

    def time_s(self, pts: int) -> float | None:
        return self.axis.time_s(pts) if self.axis else None


@dataclass(slots=True)
class _Gop:
    """A key picture and all that follows up to the next: decoding can start here and only here."""

    run: _Run
    packets: list[EncodedPacket] = field(default_factory=list)
    size: int = 0

    @property
    def start_s(self) -> float | None:
        stamp = self.packets[0].stamp
        return None if stamp is None else self.run.time_s(stamp)


class PacketRing:
    """Holds the newest packets, always from a key picture on; bounded in seconds and in bytes.

    It may be cut from another thread than the one that adds. What was received before a camera's connection broke
    is held as long as anything else: it may show the fall.
    """

    def __init__(self, keep_s: float, max_bytes: int = 256 << 20) -> None:
        """Make an empty ring.

        Args:
            keep_s: Seconds to hold at least, once there are that many.
            max_bytes: Encoded bytes to hold at most; older ones go first.
        """
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        self._gops: deque[_Gop] = deque()
        self._run: _Run | None = None
        self._waits_for_key = True
        self._held_bytes = 0
        self._lock = Lock()

    @property
    def held_bytes(self) -> int:
        """Tell how many encoded bytes are held."""
        return self._held_bytes

    def begin(self, stream: StreamFormat) -> None:
        """Start taking the packets of a file or of a new connection, from its next key picture on."""
        with self._lock:
            self._run = _Run(stream)
            self._waits_for_key = True

    def lay_on(self, axis: TimeAxis) -> None:
        """Say where the times of the packets since `begin` lie; known once the first frame is decoded."""
        with self._lock:
            if self._run is not None:
                self._run.axis = axis

    def add(self, packet: EncodedPacket) -> None:
        """Take a packet in, in order of decoding, and let go of what is too old."""
        with self._lock:
            if self._run is None or (self._waits_for_key and not packet.is_key):
                return
            self._waits_for_key = False
            if packet.is_key:
                self._gops.append(_Gop(self._run))
            newest = self._gops[-1]
            newest.packets.append(packet)
            newest.size += len(packet.data)
            self._held_bytes += len(packet.data)
            self._let_go(packet)

    def cut(self, start_s: float, end_s: float) -> PacketRecording:
        """Copy out the packets from the key picture at or before `start_s` to the last one at or before `end_s`.

        Where the ring does not reach back to `start_s`, the recording starts with the oldest picture held.

        Raises:
            NotHeld: Nothing of that span is held.
        """
        with self._lock:
            timed = [(start, gop) for gop in self._gops if (start := gop.start_s) is not None]
            before = [i for i, (start, _) in enumerate(timed) if start <= start_s + _TOLERANCE_S]
            first = before[-1] if before else 0
            chosen = [gop for start, gop in timed[first:] if start <= end_s + _TOLERANCE_S]
            segments = tuple(
                Segment(run.stream, run.axis, packets)
                for _, gops in groupby(chosen, key=lambda gop: id(gop.run))
                if (run := (same := list(gops))[0].run).axis is not None
                if (packets := _up_to(end_s, run.axis, [packet for gop in same for packet in gop.packets]))
            )
        if not segments or segments[-1].end_s < start_s - _TOLERANCE_S:
            raise NotHeld(
                f"no pictures held from {start_s:.2f} s to {end_s:.2f} s; the last {self._keep_s:.0f} s are: "
                "ask sooner, or keep more"
            )
        return PacketRecording(segments)

    def _let_go(self, newest: EncodedPacket) -> None:
        newest_s = None if self._run is None or newest.stamp is None else self._run.time_s(newest.stamp)
        while len(self._gops) > 1 and (self._held_bytes > self._max_bytes or self._is_old(self._gops[1], newest_s)):
            self._held_bytes -= self._gops.popleft().size
        if self._held_bytes > self._max_bytes:
            structlog.get_logger().warning("packet_ring_emptied", held_bytes=self._held_bytes, reason="no key picture")
            self._gops.clear()
            self._held_bytes = 0
            self._waits_for_key = True

    def _is_old(self, gop: _Gop, newest_s: float | None) -> bool:
        start_s = gop.start_s
        return newest_s is not None and start_s is not None and start_s <= newest_s - self._keep_s


def _up_to(end_s: float, axis: TimeAxis, packets: list[EncodedPacket]) -> tuple[EncodedPacket, ...]:
    """Keep what is needed to show the pictures from the first key picture to `end_s`."""
    first = packets[0].stamp
    last = 0
    for i, packet in enumerate(packets):
        if packet.stamp is not None and axis.time_s(packet.stamp) <= end_s + _TOLERANCE_S:
            last = i
    # Pictures shown before the first key picture refer to ones before it, which are gone.
    return tuple(p for p in packets[: last + 1] if p.pts is None or first is None or p.pts >= first)

"""One encoded picture."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import av
from av.packet import PacketSideData
from av.stream import Stream
from av.video.stream import VideoStream


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """The bytes of one encoded picture, as they came; may be shared between threads.

    Attributes:
        data: The encoded bytes, untouched.
        pts: Presentation time stamp in the stream's time base, or None.
        dts: Decoding time stamp, or None.
        duration: Duration in the same unit, 0 where unknown.
        is_key: Whether decoding can start here.
        side_data: What the container says beside the bytes (a palette, new codec parameters).
        arrival_utc: When it came from a camera; None for a file.
    """

    data: bytes
    pts: int | None
    dts: int | None
    duration: int
    is_key: bool
    side_data: tuple[PacketSideData, ...] = ()
    arrival_utc: datetime | None = None

    @classmethod
    def from_av(
        cls, packet: "av.Packet[VideoStream]", *, has_pts: bool = True, arrival_utc: datetime | None = None
    ) -> "EncodedPacket":
        """Copy what the demuxer delivered; muxing and closing the container change the demuxer's own packet.

        Args:
            packet: As demuxed.
            has_pts: Whether its `pts` is the container's word and not a guess.
            arrival_utc: When it came from a camera.
        """
        return cls(
            data=bytes(packet),
            pts=packet.pts if has_pts else None,
            dts=packet.dts,
            duration=packet.duration or 0,
            is_key=packet.is_keyframe,
            side_data=tuple(packet.iter_sidedata()),
            arrival_utc=arrival_utc,
        )

    @property
    def stamp(self) -> int | None:
        """Tell the presentation time stamp, or the decoding one where that is all there is."""
        return self.pts if self.pts is not None else self.dts

    def to_av(self, time_base: Fraction) -> "av.Packet[Stream]":
        """Make a packet that a decoder or a muxer may change."""
        # Sized first and filled then: only so does FFmpeg get the padding that its decoders read beyond the end.
        packet: av.Packet[Stream] = av.Packet(len(self.data))
        packet.update(self.data)
        packet.pts, packet.dts, packet.duration = self.pts, self.dts, self.duration
        packet.time_base = time_base
        packet.is_keyframe = self.is_key
        # A copy: PyAV keeps it by its identity, and forgets it when the first packet that carries it is gone.
        packet.opaque = self.arrival_utc.replace() if self.arrival_utc else None
        for side_data in self.side_data:
            packet.set_sidedata(side_data)
        return packet

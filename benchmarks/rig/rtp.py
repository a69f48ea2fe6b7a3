"""Pictures of a clip as the packets in which a camera sends them."""

import io
import struct
from dataclasses import dataclass
from pathlib import Path

import av

from benchmarks.errors import RigError

CLOCK_HZ = 90_000
FIRST_TICK = 2**31
RTP_TYPE = 96

_PACKET_BYTES = 1200


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One picture, ready to be sent again and again.

    Attributes:
        time_s: When it is due, seconds from the first of the clip.
        ticks: The same in units of the RTP clock.
        packets: Its RTP packets.
        is_key: Whether a viewer can begin with it.
    """

    time_s: float
    ticks: int
    packets: tuple[bytes, ...]
    is_key: bool


def rtp(clip: Path | io.BytesIO, *, at_s: float = 0.0) -> tuple[bytes, ...]:
    """Pack the pictures of a clip that has its parameters in the stream (MPEG-TS), its first one at a time."""
    sink = _Written()
    with (
        av.open(clip, "r") as source,
        av.open(sink, "w", format="rtp", buffer_size=2000, options={"packetsize": str(_PACKET_BYTES)}) as rtp,
    ):
        stream = rtp.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                rtp.mux(packet)
    pictures = [content for content in sink.contents if content[1] & 0x7F == RTP_TYPE]
    first = min(tick_of(content) for content in pictures)
    return tuple(at_tick(content, tick_of(content) - first + at_s * CLOCK_HZ) for content in pictures)


def tick_of(content: bytes) -> int:
    """Read the time of an RTP packet."""
    (tick,) = struct.unpack(">I", content[4:8])
    return int(tick)


def at_tick(content: bytes, tick: float) -> bytes:
    """Give a packet another time, in ticks from the first one of a camera; before that is possible too."""
    return content[:4] + struct.pack(">I", (FIRST_TICK + round(tick)) % 2**32) + content[8:]


def read_frames(clip: Path) -> tuple[tuple[SentFrame, ...], float]:
    """Read an H.264 clip once, and tell how long it is, seconds.

    Raises:
        RigError: It cannot be read, holds no H.264, or its pictures are not sent in the order in which they are shown.
    """
    try:
        times_s, keys, codec, stream = _with_parameters(clip)
        packets = rtp(stream) if codec == "h264" and times_s else ()
    except (av.FFmpegError, OSError, IndexError) as error:
        raise RigError(f"{clip}: cannot be read ({error}); name a recording in H.264") from error
    if not packets:
        raise RigError(f"{clip}: no H.264 in it; name a recording in H.264")
    if sorted(times_s) != times_s:
        raise RigError(f"{clip}: has B-frames, which no camera here sends; encode it without them (bf=0)")
    by_tick: dict[int, list[bytes]] = {}
    for packet in packets:
        by_tick.setdefault(tick_of(packet) - FIRST_TICK, []).append(packet)
    frames = tuple(
        SentFrame(tick / CLOCK_HZ, tick, tuple(each), is_key)
        for (tick, each), is_key in zip(sorted(by_tick.items()), keys, strict=True)
    )
    step_s = (frames[-1].time_s - frames[0].time_s) / max(1, len(frames) - 1)
    return frames, frames[-1].time_s + step_s


def _with_parameters(clip: Path) -> tuple[list[float], list[bool], str, io.BytesIO]:
    """Copy a recording into a transport stream, in which each key picture has its parameters before it."""
    times_s: list[float] = []
    keys: list[bool] = []
    copy = io.BytesIO()
    with av.open(f"file:{clip}") as source, av.open(copy, "w", format="mpegts") as target:
        codec = source.streams.video[0].codec_context.name
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size and packet.pts is not None:
                times_s.append(float(packet.pts * packet.time_base))
                keys.append(packet.is_keyframe)
                packet.stream = stream
                target.mux(packet)
    copy.seek(0)
    return times_s, keys, codec, copy


class _Written(io.RawIOBase):
    def __init__(self) -> None:
        super().__init__()
        self.contents: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        self.contents.append(bytes(content))  # type: ignore[call-overload]
        return len(self.contents[-1])

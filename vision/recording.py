"""The original packets of a span of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vision.clip_file import write_clip
from vision.counts import Counts
from vision.decoder import Decoder
from vision.frame import Frame
from vision.packet import EncodedPacket
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis


@dataclass(frozen=True, slots=True)
class Segment:
    """Packets that belong together, from a key picture on, in order of decoding.

    Attributes:
        stream: How they are encoded.
        axis: Where their times lie.
        packets: One or more.
    """

    stream: StreamFormat
    axis: TimeAxis
    packets: tuple[EncodedPacket, ...]

    @property
    def start_s(self) -> float:
        """Tell the time of the first frame."""
        return min(self._times_s())

    @property
    def end_s(self) -> float:
        """Tell the time of the last frame."""
        return max(self._times_s())

    def _times_s(self) -> list[float]:
        return [self.axis.time_s(packet.stamp) for packet in self.packets if packet.stamp is not None]


@dataclass(frozen=True, slots=True)
class PacketRecording:
    """The originals of a span of time: a `vision.source.Recording` that holds packets.

    Attributes:
        segments: One, or one for each connection where the camera was lost in between; in order of time.
    """

    segments: tuple[Segment, ...]

    @property
    def start_s(self) -> float:
        """Tell the time of the first frame, on the source's axis."""
        return self.segments[0].start_s

    @property
    def end_s(self) -> float:
        """Tell the time of the last frame, on the source's axis."""
        return self.segments[-1].end_s

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        """Write `clip.mp4` (and `clip-2.mp4` ... after each lost connection) by stream copy.

        What MP4 cannot hold goes into `.mkv`, `.mov`, `.nut` or `.avi`. Times in the file start at 0.

        Raises:
            RecordingNotWritten: The disk is full, or no container takes the codec.
        """
        folder.mkdir(parents=True, exist_ok=True)
        stems = ["clip", *(f"clip-{number}" for number in range(2, len(self.segments) + 1))]
        return tuple(
            write_clip(folder / stem, segment.stream, segment.axis, segment.packets)
            for stem, segment in zip(stems, self.segments, strict=True)
        )

    def frames(self) -> Iterator[Frame]:
        """Decode again, with the very times that the source gave; `index` counts from 0."""
        counts = Counts()
        for segment in self.segments:
            decoder = Decoder(segment.stream, counts, segment.axis)
            yield from decoder.frames(segment.packets)

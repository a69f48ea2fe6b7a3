"""What one clip cost each contender, round by round."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal, Self

import av

from benchmarks.errors import ThroughputError
from benchmarks.throughput import Cost

Watch = Literal["cpu_s", "wall_s"]
"""Which of the two times of a cost."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of some numbers."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self | None:
        """Sum up numbers; None where there are none."""
        listed = sorted(values)
        return cls(median(listed), listed[0], listed[-1]) if listed else None

    def text(self, digits: int = 2) -> str:
        """Write it as `5.21 (5.02 to 5.40)`."""
        return f"{self.median:.{digits}f} ({self.least:.{digits}f} to {self.most:.{digits}f})"


@dataclass(slots=True)
class ClipSpeed:
    """A clip, and what was measured on it.

    Attributes:
        clip: A recorded file.
        site: Its site file; None where there is none.
        width_px: Width of its frames.
        height_px: Height of its frames.
        frames: How many it holds.
        fps: Frames a second.
        bitrate_bps: Bits a second that were spent on its pictures.
        costs: By contender, of each round in order.
        failures: By contender, why it was not measured to the end.
    """

    clip: Path
    site: Path | None
    width_px: int
    height_px: int
    frames: int
    fps: float
    bitrate_bps: float
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def ms_a_frame(self, name: str, watch: Watch) -> Spread | None:
        """Tell milliseconds a frame of a contender; None where it was not measured."""
        return Spread.of(1000 * getattr(cost, watch) / self.frames for cost in self.costs.get(name, ()))

    def ratio(self, upper: str, lower: str, watch: Watch) -> Spread | None:
        """Tell how many times the cost of `lower` that of `upper` is, of each round by itself; None if not measured."""
        pairs = zip(self.costs.get(upper, ()), self.costs.get(lower, ()), strict=False)  # a round may be half done
        return Spread.of(getattr(one, watch) / getattr(other, watch) for one, other in pairs)


def read_clip(clip: Path) -> ClipSpeed:
    """Look at a recorded file without decoding it, and for its site file `NAME.site.toml` beside it.

    Raises:
        ThroughputError: It is no recording, or too short to have a rate.
    """
    try:
        with av.open(f"file:{clip}") as container:
            stream = container.streams.video[0]
            held = [(packet.pts, packet.size) for packet in container.demux(stream) if packet.size]
            times_s = sorted(float(pts * stream.time_base) for pts, _ in held if pts is not None and stream.time_base)
            size_px = stream.codec_context.width, stream.codec_context.height
    except (av.FFmpegError, IndexError) as error:
        raise ThroughputError(f"{clip}: speed is measured on recorded files only: {error}") from error
    if len(times_s) < 2 or times_s[0] == times_s[-1]:
        raise ThroughputError(f"{clip}: holds fewer than two frames with a time; take a longer recording")
    fps = (len(times_s) - 1) / (times_s[-1] - times_s[0])
    site = clip.with_suffix(".site.toml")
    return ClipSpeed(
        clip=clip,
        site=site if site.is_file() else None,
        width_px=size_px[0],
        height_px=size_px[1],
        frames=len(times_s),
        fps=fps,
        bitrate_bps=8 * sum(size for _, size in held) * fps / len(times_s),
    )

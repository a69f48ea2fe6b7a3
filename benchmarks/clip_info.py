"""Height and length of a clip, read without decoding all of it."""

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import av

from benchmarks.errors import DatasetError
from vision.clock import Clock
from vision.errors import SourceError
from vision.opening import open_source
from vision.source_images import ImagesSource


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What scoring must know of a clip.

    Attributes:
        height_px: Height of a frame as it is seen, after rotation.
        duration_s: How long it plays: to its last frame, and that frame's own share.
        frame_s: Median time from frame to frame.
    """

    height_px: int
    duration_s: float
    frame_s: float


def probe(clip: Path, clock: Clock) -> ClipInfo:
    """Read what scoring needs. This decodes a frame, so do it after detection has survived the clip.

    Args:
        clip: A file, or a folder of images.
        clock: Handed on to the source.

    Raises:
        DatasetError: The clip holds no picture with a time.
    """
    times_s = frame_times_s(clip)
    steps_s = [after - before for before, after in zip(times_s, times_s[1:], strict=False)]
    frame_s = median(steps_s) if steps_s else 0.0
    try:
        source = open_source(clip, clock=clock)
    except SourceError as error:
        raise DatasetError(clip, "", str(error)) from error
    source.close()
    return ClipInfo(source.info.height, times_s[-1] + frame_s, frame_s)


def frame_times_s(clip: Path) -> list[float]:
    """List the presentation time of every frame from the first, by the packets of a file or the names of a folder.

    Raises:
        DatasetError: There is no picture with a time.
    """
    return _times_of_images(clip) if clip.is_dir() else _times_of_packets(clip)


def _times_of_images(folder: Path) -> list[float]:
    try:
        recording = ImagesSource(folder).recording(0.0, math.inf)
    except SourceError as error:
        raise DatasetError(folder, "", str(error)) from error
    return [recording.axis.time_s(image.pts) for image in recording.images]


def _times_of_packets(clip: Path) -> list[float]:
    try:
        with av.open(f"file:{clip}") as container:
            if not container.streams.video:
                raise DatasetError(clip, "", "holds no video")
            stream = container.streams.video[0]
            stamps = [packet.dts if packet.pts is None else packet.pts for packet in container.demux(stream)]
            time_base = stream.time_base
    except av.FFmpegError as error:
        raise DatasetError(clip, "", f"cannot be read as a recording: {error.strerror}") from error
    pts = sorted({stamp for stamp in stamps if stamp is not None})
    if not pts or time_base is None:
        raise DatasetError(clip, "", "holds no video frame with a time")
    return [float((stamp - pts[0]) * time_base) for stamp in pts]

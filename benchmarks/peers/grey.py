"""Grey pictures of a recording, decoded in the plain way."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import DatasetError
from vision.clock import SystemClock
from vision.opening import open_source

Grey = NDArray[np.uint8]

_PLAIN_LUMA = frozenset({"gray", "yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p"})


@dataclass(frozen=True, slots=True)
class GreyFrame:
    """One picture.

    Attributes:
        time_s: Presentation seconds from the first picture.
        grey: (height, width) uint8, as it is seen, after rotation.
    """

    time_s: float
    grey: Grey


def grey_frames(clip: Path) -> Iterator[GreyFrame]:
    """Decode a file, or a folder of images, in order of time; a picture without a time of its own is left out.

    Raises:
        DatasetError: The file holds no video.
        FFmpegError: The file cannot be decoded.
        VisionError: The folder cannot be read.
    """
    last_s = -math.inf
    for frame in _of_folder(clip) if clip.is_dir() else _of_file(clip):
        if frame.time_s > last_s:
            yield frame
            last_s = frame.time_s


def _of_file(clip: Path) -> Iterator[GreyFrame]:
    with av.open(f"file:{clip}") as container:
        if not container.streams.video:
            raise DatasetError(clip, "", "holds no video")
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        first_s: float | None = None
        for frame in container.decode(stream):
            if frame.pts is None:
                continue
            first_s = frame.time if first_s is None else first_s
            yield GreyFrame(frame.time - first_s, _luma(frame))


def _of_folder(folder: Path) -> Iterator[GreyFrame]:
    source = open_source(folder, clock=SystemClock())
    try:
        for frame in source.frames():
            yield GreyFrame(frame.time_s, frame.luma)
    finally:
        source.close()


def _luma(frame: av.VideoFrame) -> Grey:
    if frame.format.name in _PLAIN_LUMA:
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        upright = rows[:, : plane.width]
    else:
        upright = frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
    # FFmpeg's angle turns the picture counter-clockwise into its upright place.
    return np.ascontiguousarray(np.rot90(upright, round(frame.rotation / 90)))

"""Crops of a thing along its path, cut from the clip that shows it."""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from droptrace.eye import Eye
from evidence.facts import thin
from models.crop import Window, cut
from vision.detection import Detection
from vision.errors import NotAVideo
from vision.frame import Frame
from vision.source import SourceInfo
from vision.source_file import FileSource

PathPoint = tuple[float, float, float]
"""Time in seconds of the source, x and y in pixels of the full frame."""

_MOST_CROPS = 12
_TOLERANCE_S = 0.005
"""Times in a container are rounded to a millisecond at worst; frames are much further apart."""
_REACH_PX = 12.0
"""A path is a fit: what moved may be so far beside it, and by half its size."""
_UNSEEN_PX = 4.0
"""Size of what was not seen to move before: it is a speck, or its pictures would have told of it."""
_HELD_S = 1.0
"""The source may forget its packets: nothing is cut from them here."""


@dataclass(frozen=True, slots=True)
class CutJob:
    """What to cut.

    Attributes:
        clip: The file.
        start_s: When its first frame was taken, seconds of the source, as the path has them.
        frame_px: (width, height) of the frame to which the path refers.
        path: Where the thing was; at most 12 of these points, evenly spread, are cut.
    """

    clip: Path
    start_s: float
    frame_px: tuple[int, int]
    path: tuple[PathPoint, ...]


@dataclass(frozen=True, slots=True)
class Cutting:
    """A crop, and where in it the thing is.

    Attributes:
        crop: (CROP_PX, CROP_PX, 3) uint8, as `models.crop.cut` makes it.
        window: What was cut of the frame.
        centre_px: (x, y) of the thing, pixels of the frame.
        size_px: Its longer side.
    """

    crop: NDArray[np.uint8]
    window: Window
    centre_px: tuple[float, float]
    size_px: float


@dataclass(frozen=True, slots=True)
class _Sight:
    """A frame that was looked at, how far it has moved, and centre and size of the thing where it is to be cut."""

    frame: Frame
    moved_px: tuple[float, float]
    thing: tuple[float, float, float] | None


def cut_path(job: CutJob) -> list[Cutting]:
    """Cut the crops of a path, in order of time; points of which the clip lacks a frame before or after are left out.

    Raises:
        SourceError: The clip cannot be read, or its frames are not those of the path.
    """
    source = FileSource(job.clip, keep_s=_HELD_S)
    try:
        _check_size(source.info, job)
        return list(_cuttings(_sights(source, job)))
    finally:
        source.close()


def _check_size(info: SourceInfo, job: CutJob) -> None:
    if (info.width, info.height) != job.frame_px:
        raise NotAVideo(
            f"{job.clip.name}: its pictures are {info.width} x {info.height} pixels, but the path was seen in "
            f"{job.frame_px[0]} x {job.frame_px[1]}; this is not the clip of that path, or that of the main stream "
            "of a camera whose sub-stream was looked at: leave it out"
        )


def _sights(source: FileSource, job: CutJob) -> Iterator[_Sight]:
    """Look at the clip as the camera's own process did, which tells sizes and how far a camera that sways has moved."""
    eye = Eye(source.info, None)
    path = sorted(point for point in job.path if _is_inside(point, job.frame_px))
    chosen = set(thin(path, _MOST_CROPS))
    times_s = [point[0] for point in path]
    size_px = _UNSEEN_PX
    for frame in source.frames():
        if not times_s or frame.time_s + job.start_s > times_s[-1] + _HELD_S:
            return
        look = eye.look(frame)
        if look is None:
            continue
        moved_px, thing = look.moved_px, None
        point = _nearest(path, times_s, frame.time_s + job.start_s)
        if point is not None:
            _, x_px, y_px = point
            seen = _seen_at(x_px, y_px, look.detections)
            if seen is not None:
                x_px, y_px, size_px = seen.x_px, seen.y_px, seen.size_px
            if point in chosen:
                thing = (x_px + moved_px[0], y_px + moved_px[1], size_px)
        yield _Sight(frame, moved_px, thing)


def _cuttings(sights: Iterator[_Sight]) -> Iterator[Cutting]:
    three: deque[_Sight] = deque(maxlen=3)
    for sight in sights:
        three.append(sight)
        if len(three) == 3 and three[1].thing is not None:
            x_px, y_px, size_px = three[1].thing
            window = Window.around(x_px, y_px, size_px)
            yield Cutting(_crop(three, window), window, (x_px, y_px), size_px)


def _crop(three: Sequence[_Sight], window: Window) -> NDArray[np.uint8]:
    (_, now, _), lumas = three, [sight.frame.luma for sight in three]
    steps = [(sight.moved_px[0] - now.moved_px[0], sight.moved_px[1] - now.moved_px[1]) for sight in three]
    return cut(lumas, [window.moved(*step) for step in steps])


def _is_inside(point: PathPoint, frame_px: tuple[int, int]) -> bool:
    return 0 <= point[1] < frame_px[0] and 0 <= point[2] < frame_px[1]


def _nearest(path: Sequence[PathPoint], times_s: Sequence[float], time_s: float) -> PathPoint | None:
    """Find the point of the path at a time."""
    index = bisect_left(times_s, time_s - _TOLERANCE_S)
    return path[index] if index < len(path) and times_s[index] <= time_s + _TOLERANCE_S else None


def _seen_at(x_px: float, y_px: float, detections: Sequence[Detection]) -> Detection | None:
    """Find what moved at a place."""

    def distance_px(one: Detection) -> float:
        return math.hypot(one.x_px - x_px, one.y_px - y_px)

    near = [one for one in detections if distance_px(one) <= _REACH_PX + one.size_px / 2]
    return min(near, key=distance_px, default=None)

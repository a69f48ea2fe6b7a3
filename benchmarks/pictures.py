"""Small pictures for the report: the strobe of a false alarm, and one made of a miss."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.truth import TrueFall
from evidence.errors import EvidenceError
from evidence.pictures import STROBE_NAME
from evidence.shots import Label, nearest_frames
from tracking.fall import PathPoint
from vision.clock import Clock
from vision.errors import VisionError
from vision.opening import open_source

Picture = NDArray[np.uint8]

THUMBNAIL_PX = 420
MARGIN_PX = 60
APPEARANCES = 9
JPEG_QUALITY = 80
AMBER, RED = (40, 190, 255), (70, 80, 255)


def package_thumbnail(package: str | None, folder: Path) -> bytes | None:
    """Shrink the strobe picture of an evidence package.

    Args:
        package: Its folder as `detect` printed it.
        folder: Where the packages of the clip lie, should the printed path not lead there from here.

    Returns:
        A JPEG picture, or None where the package has no strobe picture that can be read.
    """
    if package is None:
        return None
    for root in (Path(package), folder / Path(package).name):
        for path in sorted(root.rglob(STROBE_NAME)):
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is not None:
                return _jpeg(np.asarray(picture, np.uint8))
    return None


def miss_thumbnail(clip: Path, fall: TrueFall, clock: Clock) -> bytes | None:
    """Make a strobe picture of a true fall: its appearances pasted on the first of its frames, cut out and marked.

    Args:
        clip: The recording; it must have survived detection, since it is decoded in this process.
        fall: What to show.
        clock: Handed on to the source.

    Returns:
        A JPEG picture, or None where the clip cannot be decoded so far.
    """
    points = choose_points(fall.path)
    wanted: list[tuple[float, Label]] = [(point.time_s, ("seen", str(i))) for i, point in enumerate(points)]
    canvas: Picture | None = None
    try:
        source = open_source(clip, clock=clock)
        try:
            for frame, labels in nearest_frames(source.frames(), wanted):
                picture = frame.to_bgr()
                canvas = picture.copy() if canvas is None else canvas
                for _, number in labels:
                    _paste(canvas, picture, points[int(number)])
        finally:
            source.close()
    except (VisionError, EvidenceError):
        return None
    return None if canvas is None else _jpeg(_cut_out(_marked(canvas, points), fall.path))


def choose_points(path: Sequence[PathPoint]) -> list[PathPoint]:
    """Choose up to nine points of a path, evenly by their distance along it, so that they lie apart in the picture."""
    steps_px = [np.hypot(b.x_px - a.x_px, b.y_px - a.y_px) for a, b in pairwise(path)]
    along_px = np.concatenate([[0.0], np.cumsum(steps_px)])
    chosen = {int(np.argmin(np.abs(along_px - at))) for at in np.linspace(0.0, along_px[-1], APPEARANCES)}
    return [path[i] for i in sorted(chosen)]


def _reach_px(point: PathPoint) -> int:
    return round(max(8.0, 1.5 * point.size_px))


def _paste(canvas: Picture, picture: Picture, point: PathPoint) -> None:
    """Copy a disc around the object; a point outside of the frame copies nothing."""
    disc = np.zeros(canvas.shape[:2], np.uint8)
    cv2.circle(disc, (round(point.x_px), round(point.y_px)), _reach_px(point), 255, cv2.FILLED)
    cv2.copyTo(picture, disc, canvas)


def _marked(canvas: Picture, points: Sequence[PathPoint]) -> Picture:
    for i, point in enumerate(points):
        centre = (round(point.x_px), round(point.y_px))
        cv2.circle(canvas, centre, _reach_px(point) + 3, RED if i == 0 else AMBER, 1, cv2.LINE_AA)
    return canvas


def _cut_out(canvas: Picture, path: Sequence[PathPoint]) -> Picture:
    """Cut out the path with a margin; not narrower than half as wide as high."""
    height, width = canvas.shape[:2]
    top = max(0, round(min(p.y_px for p in path)) - MARGIN_PX)
    bottom = min(height, round(max(p.y_px for p in path)) + MARGIN_PX)
    middle_px = (min(p.x_px for p in path) + max(p.x_px for p in path)) / 2
    spread_px = max(p.x_px for p in path) - min(p.x_px for p in path)
    half_px = max(spread_px / 2 + MARGIN_PX, (bottom - top) / 4)
    left, right = max(0, round(middle_px - half_px)), min(width, round(middle_px + half_px))
    part = canvas[top:bottom, left:right]
    return part if part.size else canvas


def _jpeg(picture: Picture) -> bytes | None:
    """Shrink a (height, width, 3) BGR picture until neither side is longer than a thumbnail's, and encode it."""
    scale = min(1.0, THUMBNAIL_PX / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes() if done else None

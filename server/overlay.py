"""A fall as shapes over a picture of the full frame (SVG)."""

import json
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from server.facts import Facts, RecordingFacts

_THUMB_RATIO = 4 / 3
_MARGIN = 0.18
_SMALLEST_CROP = 1 / 6
_TICK_S = 0.5
_USUAL_FRAME_S = 0.04
_FRAME_RANGE_S = (0.004, 0.5)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the path: seconds since the release, and where (pixels of the full frame)."""

    since_release_s: float
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a picture; all pixels are those of the full frame.

    Attributes:
        width_px: Width of the full frame.
        height_px: Height of the full frame.
        points: Path from the release on, as the `points` of an SVG polyline.
        path_json: [[t_s, x_px, y_px], ...] on the source's time axis, from the release on, for the player.
        release_x_px: Where it was released.
        release_y_px: Where it was released.
        release_s: When, on the source's time axis.
        ticks: A mark for each half second after the release.
        crop: The part of the frame that the fall takes up, with a margin, as an SVG viewBox.
        start_s: Source time of the clip's first frame; 0 where nothing tells it.
        frame_s: Time from one frame to the next, as the path tells it.
    """

    width_px: int
    height_px: int
    points: str
    path_json: str
    release_x_px: float
    release_y_px: float
    release_s: float
    ticks: tuple[Tick, ...]
    crop: str
    start_s: float
    frame_s: float


def make_overlay(facts: Facts, packaged: RecordingFacts | None = None) -> Overlay:
    """Turn the facts of a fall into shapes.

    Args:
        facts: As the order told them.
        packaged: Span of the clip as its package tells it; where None, the order's own is taken.
    """
    recording = packaged or facts.recording
    release_x_px, release_y_px = facts.release_px
    path = [(facts.release_s, release_x_px, release_y_px)]
    path += [(point[0], point[1], point[2]) for point in facts.path if point[0] > facts.release_s]
    width_px, height_px = facts.frame.width, facts.frame.height
    return Overlay(
        width_px=width_px,
        height_px=height_px,
        points=" ".join(f"{x_px:.1f},{y_px:.1f}" for _, x_px, y_px in path),
        path_json=json.dumps([[round(value, 4) for value in point] for point in path]),
        release_x_px=release_x_px,
        release_y_px=release_y_px,
        release_s=facts.release_s,
        ticks=_ticks(path),
        crop=_crop(path, width_px, height_px),
        start_s=recording.start_s if recording else 0.0,
        frame_s=_frame_time(path),
    )


def _ticks(path: list[tuple[float, float, float]]) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    release_s = path[0][0]
    for (start_s, start_x, start_y), (end_s, end_x, end_y) in pairwise(path):
        while end_s > start_s and release_s + _TICK_S * (len(ticks) + 1) <= end_s:
            since_s = _TICK_S * (len(ticks) + 1)
            share = (release_s + since_s - start_s) / (end_s - start_s)
            ticks.append(Tick(since_s, start_x + share * (end_x - start_x), start_y + share * (end_y - start_y)))
    return tuple(ticks)


def _crop(path: list[tuple[float, float, float]], width_px: int, height_px: int) -> str:
    left, right = min(point[1] for point in path), max(point[1] for point in path)
    top, bottom = min(point[2] for point in path), max(point[2] for point in path)
    height = max((bottom - top) * (1 + 2 * _MARGIN), (right - left) * (1 + 2 * _MARGIN) / _THUMB_RATIO)
    height = min(max(height, height_px * _SMALLEST_CROP), height_px)
    width = min(height * _THUMB_RATIO, width_px)
    x = min(max((left + right - width) / 2, 0), width_px - width)
    y = min(max((top + bottom - height) / 2, 0), height_px - height)
    return f"{x:.0f} {y:.0f} {width:.0f} {height:.0f}"


def _frame_time(path: list[tuple[float, float, float]]) -> float:
    steps = [later[0] - earlier[0] for earlier, later in pairwise(path[1:])]
    shortest, longest = _FRAME_RANGE_S
    return min(max(median(steps), shortest), longest) if steps else _USUAL_FRAME_S

"""The strobe composite: one picture with the object at several times of its fall."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from evidence.clock import to_rfc3339
from evidence.drawing import AMBER, RED, WHITE, Pen, Picture
from evidence.incident import Incident
from evidence.ruler import FloorLine, draw_ruler
from evidence.shots import Appearance
from tracking.fall import Fall, PathPoint

_MOST_APPEARANCES = 16
_LEAST_DIFFERENCE = 10


def choose_points(fall: Fall, frame_height_px: int) -> tuple[PathPoint, ...]:
    """Choose points along a path that are far enough from the release and from each other to be told apart.

    Args:
        fall: Its release and path.
        frame_height_px: Height of the frame, which sets the least distance.

    Returns:
        At most 16 points, in order of time.
    """
    corners = np.array([fall.release_px, *((point.x_px, point.y_px) for point in fall.path)])
    steps_px = np.hypot(*np.diff(corners, axis=0).T)
    apart_px = float(steps_px.sum()) / _MOST_APPEARANCES
    chosen, walked_px = [], 0.0
    for point, step_px in zip(fall.path, steps_px, strict=True):
        walked_px += float(step_px)
        if walked_px >= max(apart_px, 2.3 * ring_px(point, frame_height_px)):
            chosen.append(point)
            walked_px = 0.0
    return tuple(chosen)


def ring_px(point: PathPoint, frame_height_px: int) -> float:
    """Tell the radius of the ring around an appearance: clear of the object, and never too small to see."""
    return max(0.9 * point.size_px + 4.0, 12.0 * frame_height_px / 1080)


def compose_strobe(
    canvas: Picture, appearances: Sequence[Appearance], incident: Incident, ruler: Sequence[FloorLine]
) -> Picture:
    """Paste the appearances on the canvas and mark path, release, floors and facts.

    Args:
        canvas: (height, width, 3) uint8 BGR, the frame of the release; it is drawn on.
        appearances: In order of time.
        incident: What is told in words.
        ruler: Lower edges of the floors; empty without geometry.

    Returns:
        The canvas.
    """
    height, width = canvas.shape[:2]
    path = incident.fall.path
    pen = Pen(canvas)
    path_x = sum(point.x_px for point in path) / len(path) if path else incident.fall.release_px[0]
    draw_ruler(pen, (width, height - caption_height_px(pen)), ruler, incident.fall.origin, path_x)
    for appearance in appearances:
        paste(canvas, appearance)
    _draw_path(pen, incident, appearances, height)
    _draw_times(pen, incident.fall, appearances, canvas)
    _draw_release(pen, incident, canvas)
    _draw_caption(pen, incident, canvas)
    return canvas


def paste(canvas: Picture, appearance: Appearance) -> None:
    """Copy what differs from the background in an appearance's window onto the canvas, with a soft edge.

    Args:
        canvas: (height, width, 3) uint8 BGR, changed in place.
        appearance: The object at one time; its background is the same window without it.
    """
    difference = cv2.absdiff(appearance.seen, appearance.background).max(axis=2)
    noise = float(np.median(difference))
    mask = (difference >= max(_LEAST_DIFFERENCE, 4.0 * noise)).astype(np.uint8)
    mask = cv2.dilate(mask & _disc(appearance), np.ones((3, 3), np.uint8))
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (3, 3), 0.8)[:, :, np.newaxis]
    under = appearance.window.of(canvas)
    under[:] = np.round(under + (appearance.seen.astype(np.float32) - under) * alpha).astype(np.uint8)


def _disc(appearance: Appearance) -> NDArray[np.uint8]:
    """Mark the pixels of the window near the object, so that what else moves there stays out."""
    window, point = appearance.window, appearance.point
    disc = np.zeros(appearance.seen.shape[:2], np.uint8)
    centre = (round(point.x_px) - window.left, round(point.y_px) - window.top)
    cv2.circle(disc, centre, round(max(0.9 * point.size_px, 5.0)), 1, cv2.FILLED)
    return disc


def _draw_path(pen: Pen, incident: Incident, appearances: Sequence[Appearance], height: int) -> None:
    """Draw the path with gaps at the rings, so that it hides no appearance."""
    fall = incident.fall
    corners = np.array([fall.release_px, *((point.x_px, point.y_px) for point in fall.path)])
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
    distances = np.arange(0.0, along[-1], 1.0)
    dense = np.column_stack([np.interp(distances, along, corners[:, axis]) for axis in (0, 1)])
    hidden = np.hypot(*(dense - fall.release_px).T) < _release_ring_px(fall, height)
    for appearance in appearances:
        point = appearance.point
        hidden |= np.hypot(*(dense - (point.x_px, point.y_px)).T) < ring_px(point, height)
    borders = np.flatnonzero(np.diff(hidden)) + 1
    for run, run_hidden in zip(np.split(dense, borders), np.split(hidden, borders), strict=True):
        if run_hidden.size and not run_hidden[0]:
            pen.lines([(float(x), float(y)) for x, y in run], AMBER)


def _draw_times(pen: Pen, fall: Fall, appearances: Sequence[Appearance], canvas: Picture) -> None:
    height, width = canvas.shape[:2]
    last_y = fall.release_px[1]
    for appearance in appearances:
        point, radius = appearance.point, ring_px(appearance.point, height)
        pen.ring((point.x_px, point.y_px), radius, WHITE)
        words = f"+{point.time_s - fall.release_s:.2f} s"
        x = round(point.x_px + radius + 0.4 * pen.text_px)
        if x + pen.text_width(words) > width:
            x = round(point.x_px - radius - 0.4 * pen.text_px) - pen.text_width(words)
        if abs(point.y_px - last_y) >= 1.2 * pen.text_px:
            pen.text(words, (x, round(point.y_px + 0.36 * pen.text_px)))
            last_y = point.y_px


def _release_ring_px(fall: Fall, height: int) -> float:
    size_px = fall.path[0].size_px if fall.path else 0.0
    return max(size_px + 4.0, 20.0 * height / 1080)


def _draw_release(pen: Pen, incident: Incident, canvas: Picture) -> None:
    height, width = canvas.shape[:2]
    (x, y), radius = incident.fall.release_px, _release_ring_px(incident.fall, height)
    pen.ring((x, y), radius, RED)
    origin = incident.fall.origin
    words = "release" if origin is None else f"release: floor {origin.floor}{_unit(incident)}"
    corner_x = round(x + radius + 0.4 * pen.text_px)
    if corner_x + pen.text_width(words) > width:
        corner_x = round(x - radius - 0.4 * pen.text_px) - pen.text_width(words)
    pen.text(words, (corner_x, min(max(round(y), pen.text_px), height - pen.text_px)))


def _draw_caption(pen: Pen, incident: Incident, canvas: Picture) -> None:
    """Write two lines of facts on a dark bar along the lower border, as large as the width allows."""
    height, width = canvas.shape[:2]
    lines = caption_lines(incident)
    widest = max(pen.text_width(line) for line in lines)
    size = min(pen.text_px, max(9, int(pen.text_px * (width - 2 * pen.text_px) / widest)))
    top = height - caption_height_px(pen)
    pen.shade([(0, top), (width, top), (width, height), (0, height)], (0, 0, 0), 0.62)
    pen.text(lines[0], (pen.text_px // 2, top + round(1.35 * size)), size_px=size)
    pen.text(lines[1], (pen.text_px // 2, top + round(2.75 * size)), size_px=size)


def caption_height_px(pen: Pen) -> int:
    """Tell the height of the bar with the facts."""
    return round(3.4 * pen.text_px)


def caption_lines(incident: Incident) -> tuple[str, str]:
    """Write the facts that stand on the picture: what and from where, then which camera and when."""
    fall, origin = incident.fall, incident.fall.origin
    what = f"{fall.verdict.upper()}   {fall.label.replace('_', ' ')}   score {fall.score:.2f}"
    if origin is not None:
        is_one = origin.floor_low == origin.floor_high
        between = "that floor alone" if is_one else f"floors {origin.floor_low} to {origin.floor_high}"
        what += f"   floor {origin.floor}{_unit(incident)}, {origin.probability:.0%} (90% interval: {between})"
    where = incident.camera_id if incident.building is None else f"{incident.building.name}   {incident.camera_id}"
    moment = incident.release_utc
    when = f"at {fall.release_s:.2f} s of the recording" if moment is None else to_rfc3339(moment)
    return what, f"{where}   release {when}   incident {incident.incident_id}   derived picture, see original/"


def _unit(incident: Incident) -> str:
    origin = incident.fall.origin
    return "" if origin is None or origin.unit is None else f", unit {origin.unit}"

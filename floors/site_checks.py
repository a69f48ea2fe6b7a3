"""What must hold among the marks of a site, beyond each by itself. Each check gives the complaint, or None."""

from collections.abc import Sequence

import numpy as np

from floors.errors import GeometryError
from floors.homography import fit_homography
from floors.site_parts import FacadePoint, FloorLine, Pixel, Unit

_OVERLAP_M = 1e-6
_OVERLAP_PX = 2.0


def outside(point: Pixel, width_px: float, height_px: float) -> str | None:
    """Complain of a point that lies outside the frame by more than the frame's size."""
    x_px, y_px = point
    if -width_px <= x_px <= 2 * width_px and -height_px <= y_px <= 2 * height_px:
        return None
    return (
        f"({x_px:g}, {y_px:g}) lies outside the {width_px:g}x{height_px:g} frame by more than its size; "
        "is camera.width and height the size that the pixels refer to?"
    )


def facade_points(points: Sequence[FacadePoint]) -> str | None:
    """Complain of points that no camera can see so."""
    metres = np.array([point.m for point in points])
    pixels = np.array([point.px for point in points])
    try:
        matrix = fit_homography(metres, pixels)
    except GeometryError as error:
        return f"{error}; give four corners of a rectangle on the wall, far apart"
    if np.linalg.det(matrix) > 0:
        return "left and right, or up and down, are exchanged: m is [x to the right, y up], px is [x, y down]"
    return None


def floor_lines(lines: Sequence[FloorLine], width_px: float, height_px: float) -> tuple[int, str] | None:
    """Complain of lines out of order or that cross in the frame: the index of the line and why."""
    for index, (lower, upper) in enumerate(zip(lines, lines[1:], strict=False), start=1):
        if upper.floor <= lower.floor:
            return index, f"floor {upper.floor} stands after floor {lower.floor}; list the floors from low to high"
        if not _is_above(upper, lower):
            return index, f"floors out of order: floor {upper.floor} is drawn below floor {lower.floor}"
    for index, line in enumerate(lines):
        for earlier in range(index):
            if _cross_in_frame(line, lines[earlier], width_px, height_px):
                return index, f"crosses the line of floor {lines[earlier].floor} inside the frame; draw both anew"
    return None


def units(found: Sequence[Unit]) -> tuple[int, str] | None:
    """Complain of units that overlap or are not listed from left to right: the index and why."""
    names: set[str] = set()
    for index, unit in enumerate(found):
        if unit.name in names:
            return index, f'a second unit is named "{unit.name}"; names must differ'
        names.add(unit.name)
        left, right = span_of(unit)
        if right <= left:
            return index, "its right border is not to the right of its left one"
        if index == 0:
            continue
        before = found[index - 1]
        slack = _OVERLAP_M if unit.x_m else _OVERLAP_PX
        if left < span_of(before)[0]:
            return index, f'stands after unit "{before.name}" but lies left of it; list units from left to right'
        if left < span_of(before)[1] - slack:
            return index, f'overlaps unit "{before.name}"'
    return None


def span_of(unit: Unit) -> tuple[float, float]:
    """Give left and right border: metres, or the mean columns of its lines in pixels."""
    if unit.x_m is not None:
        return unit.x_m
    left, right = unit.lines_px or (((0.0, 0.0),) * 2,) * 2
    return (left[0][0] + left[1][0]) / 2, (right[0][0] + right[1][0]) / 2


def _is_above(upper: FloorLine, lower: FloorLine) -> bool:
    along_x, along_y = lower.right_px[0] - lower.left_px[0], lower.right_px[1] - lower.left_px[1]
    middle_x = (upper.left_px[0] + upper.right_px[0]) / 2 - lower.left_px[0]
    middle_y = (upper.left_px[1] + upper.right_px[1]) / 2 - lower.left_px[1]
    return middle_x * along_y - middle_y * along_x > 0


def _cross_in_frame(first: FloorLine, second: FloorLine, width_px: float, height_px: float) -> bool:
    """Tell whether two lines, drawn on for ever, meet inside the frame."""
    meeting = np.cross(_through(first), _through(second))
    if abs(meeting[2]) < 1e-9 * np.linalg.norm(meeting):
        return False
    x_px, y_px = meeting[:2] / meeting[2]
    return bool(0 <= x_px <= width_px and 0 <= y_px <= height_px)


def _through(line: FloorLine) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.cross([*line.left_px, 1.0], [*line.right_px, 1.0])

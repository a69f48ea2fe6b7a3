"""The ruler of floors at the side of a facade."""

from collections.abc import Iterable, Sequence

from evidence.drawing import AMBER, WHITE, Pen, Point
from floors.origin import Origin

FloorLine = tuple[int, Point, Point]
"""A floor, and the two ends (x, y) of its lower edge across the facade, pixels of the full frame."""

_BAND_OPACITY = 0.14


def scaled_ruler(ruler: Sequence[FloorLine], across: float, down: float) -> tuple[FloorLine, ...]:
    """Lay a ruler on pictures that are `across` times as wide and `down` times as high."""

    def moved(point: Point) -> Point:
        return point[0] * across, point[1] * down

    return tuple((floor, moved(one), moved(other)) for floor, one, other in ruler)


def draw_ruler(
    pen: Pen, size: tuple[int, int], ruler: Sequence[FloorLine], origin: Origin | None, path_x: float
) -> None:
    """Draw ticks and floor numbers at that edge of the facade which is further from the path.

    Args:
        pen: Draws on the picture.
        size: Width and height of the part of the picture that may be written on, pixels, from the upper left.
        ruler: Lower edges of the floors.
        origin: Its 90 % interval of floors is tinted across the facade.
        path_x: Where the path is, pixels: the other edge is taken.
    """
    lines = [_left_to_right(line) for line in sorted(ruler)]
    if not lines:
        return
    if origin is not None:
        _draw_band(pen, lines, origin)
    left = sum(line[1][0] for line in lines) / len(lines)
    right = sum(line[2][0] for line in lines) / len(lines)
    on_left = abs(path_x - left) >= abs(path_x - right)
    margin = 3.0 * pen.text_px
    ends = {floor: _within(first, last, margin, size[0] - margin)[0 if on_left else 1] for floor, first, last in lines}
    ends = {floor: end for floor, end in ends.items() if -size[1] <= end[1] <= 2 * size[1]}
    named = _span(origin)
    pen.lines(list(ends.values()), WHITE)
    outward = -1.0 if on_left else 1.0
    for floor, (x, y) in ends.items():
        pen.lines([(x, y), (x + outward * 0.5 * pen.text_px, y)], AMBER if floor in named else WHITE)
    for floor, middle_y in _labels(ends, named, 1.1 * pen.text_px):
        words = str(floor)
        x = ends[floor][0] + outward * 0.8 * pen.text_px - (pen.text_width(words) if on_left else 0)
        baseline = round(middle_y + 0.36 * pen.text_px)
        if pen.text_px <= baseline < size[1]:
            pen.text(words, (round(x), baseline), AMBER if floor in named else WHITE)


def _span(origin: Origin | None) -> range:
    return range(0) if origin is None else range(origin.floor_low, origin.floor_high + 1)


def _labels(ends: dict[int, Point], first_of_all: Iterable[int], least_gap: float) -> list[tuple[int, float]]:
    """Choose the floors to write, without overlap: those of the origin, then round numbers, then the rest."""
    chosen: list[tuple[int, float]] = []
    important = [floor for floor in first_of_all if floor in ends]
    for floor in [*important, *sorted(ends, key=lambda floor: (floor % 10 != 0, floor % 5 != 0, floor))]:
        above = ends.get(floor + 1)
        below = ends.get(floor - 1)
        y = ends[floor][1]
        step = above[1] - y if above is not None else (y - below[1] if below is not None else -least_gap)
        middle = y + step / 2.0
        if all(abs(middle - other) >= least_gap for _, other in chosen):
            chosen.append((floor, middle))
    return chosen


def _draw_band(pen: Pen, lines: Sequence[FloorLine], origin: Origin) -> None:
    edges = {floor: (first, last) for floor, first, last in lines}
    lower = edges.get(origin.floor_low)
    upper = edges.get(origin.floor_high + 1)
    if lower is None:
        return
    if upper is None:
        below = edges.get(origin.floor_high - 1)
        top = edges.get(origin.floor_high)
        if below is None or top is None:
            return
        upper = _beyond(below[0], top[0]), _beyond(below[1], top[1])
    pen.shade([lower[0], lower[1], upper[1], upper[0]], AMBER, _BAND_OPACITY)


def _beyond(below: Point, top: Point) -> Point:
    return 2.0 * top[0] - below[0], 2.0 * top[1] - below[1]


def _left_to_right(line: FloorLine) -> FloorLine:
    floor, first, last = line
    return (floor, first, last) if first[0] <= last[0] else (floor, last, first)


def _within(first: Point, last: Point, left: float, right: float) -> tuple[Point, Point]:
    """Cut a line to the columns between left and right."""
    if last[0] - first[0] < 1.0:
        return first, last
    slope = (last[1] - first[1]) / (last[0] - first[0])
    start, end = max(first[0], min(left, last[0])), min(last[0], max(right, first[0]))
    return (start, first[1] + (start - first[0]) * slope), (end, first[1] + (end - first[0]) * slope)

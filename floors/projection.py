"""The facade as the camera sees it: pixels, metres, floors and units."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from floors.camera import Camera
from floors.errors import GeometryError, SiteError
from floors.floor_map import ASSUMED_FLOOR_M, FloorMap, fit_floor_map
from floors.homography import apply, fit_homography
from floors.lens import Lens
from floors.pose import LOG_FOCAL_BY_WIDTH, PoseEstimate, estimate_pose
from floors.posterior import Column
from floors.site import Site

Array = NDArray[np.float64]

_FLOORS_BEYOND = 4
_MOST_BEND_FLOORS = 0.6
_RULER_WIDTH = 2.0
_CLICK_SIGMA_PX = 2.0
_FRAME_OF_CLICKS_PX = 1080


@dataclass(frozen=True, slots=True, eq=False)
class Facade:
    """Geometry of one site. Where floors are only drawn, each is taken to be `ASSUMED_FLOOR_M` high.

    Attributes:
        site: The site, at the size of the frames.
        homography: (3, 3) from facade metres (x, y, 1) to undistorted pixels.
        boundaries_m: Borders between floors, rising, the lower edge of floor 1 first.
        camera: Pose; with floor lines and no known focal length, that of a usual one.
        lens: Distortion of the lens, or None.
        pose: How well the pose is known; None with floor lines.
        floor_map: Floors over the picture; None with facade points.
        bends: (2, L) floor numbers as the map has them at the drawn lines, and as they are.
    """

    site: Site
    homography: Array
    boundaries_m: tuple[float, ...]
    camera: Camera
    lens: Lens | None
    pose: PoseEstimate | None
    floor_map: FloorMap | None
    bends: Array
    _to_metres: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Invert once what is asked for in every frame."""
        object.__setattr__(self, "_to_metres", np.linalg.inv(self.homography).astype(np.float64))

    @property
    def has_metres(self) -> bool:
        """Tell whether metres are measured (facade points) rather than assumed (floor lines)."""
        return self.pose is not None

    def metres_of(self, points_px: Array) -> Array:
        """Give facade metres (..., 2), x right and y up, of pixels (..., 2)."""
        ideal = points_px if self.lens is None else self.lens.undistort(points_px)
        return apply(self._to_metres, ideal)

    def pixels_of(self, metres: Array) -> Array:
        """Give pixels (..., 2) of facade metres (..., 2)."""
        ideal = apply(self.homography, metres)
        return ideal if self.lens is None else self.lens.distort(ideal)

    def height_m_of(self, x_px: float, y_px: float) -> float:
        """Give the height over the ground of the wall at a pixel, metres."""
        floor = self.floor_of_pixel(x_px, y_px)
        return self.height_of_floor(floor)

    def floor_of_pixel(self, x_px: float, y_px: float) -> float:
        """Give the floor number at a pixel, with its fraction: 7.0 is the lower edge of floor 7."""
        return float(self.floors_of(np.array([[x_px, y_px]]))[0])

    def floors_of(self, points_px: Array) -> Array:
        """Give floor numbers (N,) of pixels (N, 2)."""
        return self.floors_of_height(self.metres_of(points_px)[:, 1])

    def floors_of_height(self, heights_m: Array) -> Array:
        """Give floor numbers (N,) of heights (N,), beyond the building at the pace of its last floors."""
        floors = _stretch(heights_m, np.array(self.boundaries_m), np.arange(1.0, len(self.boundaries_m) + 1))
        return floors if self.floor_map is None else _stretch(floors, self.bends[0], self.bends[1])

    def height_of_floor(self, floor: float) -> float:
        """Give the height of a floor number, metres; the inverse of `floors_of_height` for measured metres."""
        numbers = np.arange(1.0, len(self.boundaries_m) + 1)
        return float(_stretch(np.array([floor]), numbers, np.array(self.boundaries_m))[0])

    def floor_at(self, height_m: float) -> int:
        """Give the floor at a height, from 1 to the highest."""
        index = int(np.searchsorted(self.boundaries_m, height_m, side="right"))
        return min(max(index, 1), len(self.boundaries_m) - 1)

    def columns_at(self, x_px: float, y_px: float) -> tuple[float, tuple[Column, ...]]:
        """Give a pixel's place across the facade, and the units in the same measure: metres, or pixels of its row."""
        if self.has_metres:
            x_m = float(self.metres_of(np.array([[x_px, y_px]]))[0, 0])
            return x_m, tuple(Column(unit.name, *unit.x_m) for unit in self.site.units if unit.x_m)
        return x_px, tuple(
            Column(unit.name, _column_at(unit.lines_px[0], y_px), _column_at(unit.lines_px[1], y_px))
            for unit in self.site.units
            if unit.lines_px
        )

    def unit_at(self, x_px: float, y_px: float) -> str | None:
        """Give the name of the unit at a pixel; None beside all units."""
        place, columns = self.columns_at(x_px, y_px)
        return next((column.name for column in columns if column.left <= place < column.right), None)

    def px_per_m(self, x_px: float, y_px: float) -> float:
        """Give how many pixels a metre of height takes up at a pixel."""
        here = self.metres_of(np.array([x_px, y_px]))
        around = self.pixels_of(here + np.array([[0.0, -0.05], [0.0, 0.05]]))
        return float(np.linalg.norm(around[1] - around[0]) / 0.1)

    def px_per_m_across(self, x_px: float, y_px: float) -> float:
        """Give how many pixels a metre along the wall takes up at a pixel: the scale of what faces the camera."""
        here = self.metres_of(np.array([x_px, y_px]))
        around = self.pixels_of(here + np.array([[-0.05, 0.0], [0.05, 0.0]]))
        return float(np.linalg.norm(around[1] - around[0]) / 0.1)

    @property
    def extent_m(self) -> tuple[float, float]:
        """Tell where along the wall its units begin and end; without units, the points that were given."""
        edges = [edge for unit in self.site.units if unit.x_m for edge in unit.x_m]
        edges = edges or [point.m[0] for point in self.site.points]
        return min(edges), max(edges)

    def row_of_floor(self, floor: float, x_px: float) -> float | None:
        """Give the row y at which a floor's lower edge crosses column x; None where it does not in reach."""
        rows = np.linspace(-0.5, 1.5, 801) * self.site.camera.height_px
        floors = self.floors_of(np.stack((np.full_like(rows, x_px), rows), axis=1))
        signs = np.flatnonzero((floors[:-1] >= floor) & (floors[1:] < floor))
        if not len(signs):
            return None
        index = int(signs[0])
        part = (floors[index] - floor) / (floors[index] - floors[index + 1])
        return float(rows[index] + part * (rows[index + 1] - rows[index]))

    def ruler(self) -> list[tuple[int, tuple[float, float], tuple[float, float]]]:
        """Give (floor, left end, right end) of each floor's lower edge, pixels, clipped to the frame."""
        width_px, height_px = self.site.camera.width_px, self.site.camera.height_px
        left_px, right_px = self._extent()
        lines = []
        for floor in range(1, len(self.boundaries_m)):
            first, second = self.row_of_floor(floor, left_px), self.row_of_floor(floor, right_px)
            if first is None or second is None:
                continue
            clipped = _clip((left_px, first), (right_px, second), width_px - 1, height_px - 1)
            if clipped:
                lines.append((floor, *clipped))
        return lines

    def _extent(self) -> tuple[float, float]:
        """Give the columns between which the site's marks lie, inside the frame."""
        marks = [point.px[0] for point in self.site.points]
        marks += [end[0] for line in self.site.lines for end in (line.left_px, line.right_px)]
        last = float(self.site.camera.width_px - 1)
        left, right = (min(max(mark, 0.0), last) for mark in (min(marks), max(marks)))
        return (left, right) if right - left > _RULER_WIDTH else (0.0, last)


def make_facade(site: Site) -> Facade | None:
    """Make the geometry of a site, at the site's frame size; None where it has none.

    Raises:
        SiteError: The points or lines do not determine a geometry.
    """
    try:
        if site.kind == "points":
            return _from_points(site)
        return _from_lines(site) if site.kind == "lines" else None
    except GeometryError as error:
        key = "facade.points" if site.kind == "points" else "floors.lines"
        raise SiteError(f"{site.where}: {key}: {error}") from error


def _from_points(site: Site) -> Facade:
    camera, lens = site.camera, _lens(site)
    metres = np.array([point.m for point in site.points])
    pixels = np.array([point.px for point in site.points])
    sigma_px = _CLICK_SIGMA_PX * max(1.0, camera.height_px / _FRAME_OF_CLICKS_PX)
    size = (camera.width_px, camera.height_px)
    pose = estimate_pose(metres, pixels, size, sigma_px, camera.focal_px, lens, camera.centre_px)
    ideal = pixels if lens is None else lens.undistort(pixels)
    return Facade(
        site=site,
        homography=fit_homography(metres, ideal),
        boundaries_m=site.boundaries_m,
        camera=pose.camera,
        lens=lens,
        pose=pose,
        floor_map=None,
        bends=np.zeros((2, 0)),
    )


def _from_lines(site: Site) -> Facade:
    camera, lens = site.camera, _lens(site)
    floor_map = fit_floor_map(site.lines, lens)
    centre = camera.centre_px or (camera.width_px / 2, camera.height_px / 2)
    nominal = floor_map.camera(camera.focal_px or float(np.exp(LOG_FOCAL_BY_WIDTH)) * camera.width_px, centre, lens)
    count = site.floor_count or site.lines[-1].floor + _FLOORS_BEYOND
    return Facade(
        site=site,
        homography=nominal.facade_homography(),
        boundaries_m=tuple(ASSUMED_FLOOR_M * index for index in range(count + 1)),
        camera=nominal,
        lens=lens,
        pose=None,
        floor_map=floor_map,
        bends=_bends(site, floor_map, lens),
    )


def _bends(site: Site, floor_map: FloorMap, lens: Lens | None) -> Array:
    """Compare the map with the drawn lines: what it leaves over (lens, uneven floors) is straightened line by line."""
    middles = np.array([np.mean((line.left_px, line.right_px), axis=0) for line in site.lines])
    mapped = floor_map.floors_of(middles if lens is None else lens.undistort(middles))
    drawn = np.array([float(line.floor) for line in site.lines])
    if any(after <= before for before, after in pairwise(mapped.tolist())):
        raise GeometryError("the lines do not follow each other up a flat wall: check their floors and places")
    worst = int(np.argmax(np.abs(mapped - drawn)))
    if abs(mapped[worst] - drawn[worst]) > _MOST_BEND_FLOORS:
        raise GeometryError(
            f"floor {site.lines[worst].floor} is drawn where the other lines put floor {mapped[worst]:.1f}; "
            "check its number and place"
        )
    return np.stack((mapped, drawn))


def _lens(site: Site) -> Lens | None:
    camera = site.camera
    if camera.distortion is None or camera.focal_px is None or camera.centre_px is None:
        return None
    return Lens(camera.distortion, camera.focal_px, camera.centre_px)


def _stretch(values: Array, knots: Array, targets: Array) -> Array:
    """Interpolate piecewise linearly; beyond the ends go on at the slope of the last span."""
    inside = np.interp(values, knots, targets)
    low, high = (targets[1] - targets[0]) / (knots[1] - knots[0]), (targets[-1] - targets[-2]) / (knots[-1] - knots[-2])
    below, above = np.minimum(values - knots[0], 0.0), np.maximum(values - knots[-1], 0.0)
    result: Array = inside + below * low + above * high
    return result


def _column_at(line: tuple[tuple[float, float], tuple[float, float]], y_px: float) -> float:
    (x0, y0), (x1, y1) = line
    return x0 + (x1 - x0) * (y_px - y0) / (y1 - y0)


def _clip(
    start: tuple[float, float], end: tuple[float, float], right_px: float, bottom_px: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Clip a line to the frame (Liang and Barsky, 1984); None where nothing of it is inside."""
    along = (end[0] - start[0], end[1] - start[1])
    enter, leave = 0.0, 1.0
    for place, step, limit in ((start[0], along[0], right_px), (start[1], along[1], bottom_px)):
        if step == 0:
            if not 0 <= place <= limit:
                return None
            continue
        first, last = sorted((-place / step, (limit - place) / step))
        enter, leave = max(enter, first), min(leave, last)
    if enter > leave:
        return None
    ends = [(start[0] + part * along[0], start[1] + part * along[1]) for part in (enter, leave)]
    return ends[0], ends[1]

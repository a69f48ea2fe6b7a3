"""The site file: camera, building, geometry, zones."""

import hashlib
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from floors.errors import SiteError
from floors.site_parts import Building, FacadePoint, FloorLine, Pixel, Polygon, SiteCamera, Unit
from floors.site_reader import (
    Kind,
    read_boundaries,
    read_building,
    read_camera,
    read_lines,
    read_points,
    read_polygons,
    read_units,
)
from floors.site_table import SiteTable


@dataclass(frozen=True, slots=True)
class Site:
    """One camera and the facade that it watches. A site has facade points, or floor lines, or no geometry.

    Attributes:
        camera: The camera and the frame size that all pixels here refer to.
        building: The building.
        min_floor: Falls from below are recorded, not sent on.
        points: Points of the facade, or none.
        boundaries_m: Borders between floors, metres, the ground first; with points only.
        lines: Lower edges of floors on the picture, from low to high, or none.
        floor_count: Floors of the building, or None where only lines tell.
        units: Columns of windows, left to right.
        zones: Watch only here; none for the whole picture.
        shields: Do not watch here.
        sha256: Digest of the file's bytes, hexadecimal.
        where: Name of the file, for messages.
    """

    camera: SiteCamera
    building: Building
    min_floor: int
    points: tuple[FacadePoint, ...]
    boundaries_m: tuple[float, ...]
    lines: tuple[FloorLine, ...]
    floor_count: int | None
    units: tuple[Unit, ...]
    zones: tuple[Polygon, ...]
    shields: tuple[Polygon, ...]
    sha256: str
    where: str

    @property
    def kind(self) -> Kind | None:
        """Tell which geometry the site has, or None."""
        if self.points:
            return "points"
        return "lines" if self.lines else None

    def scaled_to(self, width_px: int, height_px: int) -> "Site":
        """Give the same site for frames of another size of the same shape.

        Raises:
            SiteError: The shape differs: the picture was cropped or stretched, so the pixels mean something else.
        """
        camera = self.camera
        if (width_px, height_px) == (camera.width_px, camera.height_px):
            return self
        if abs(height_px - camera.height_px * width_px / camera.width_px) > 1.0:
            raise SiteError(
                f"{self.where}: camera.width, camera.height: the site is drawn on "
                f"{camera.width_px}x{camera.height_px}, but the pictures are {width_px}x{height_px}, another shape; "
                "draw the site on a frame of this camera"
            )
        scale = _Scale(width_px / camera.width_px, height_px / camera.height_px)
        return replace(
            self,
            camera=replace(
                camera,
                width_px=width_px,
                height_px=height_px,
                focal_px=None if camera.focal_px is None else camera.focal_px * scale.x,
                centre_px=None if camera.centre_px is None else scale.pixel(camera.centre_px),
            ),
            points=tuple(replace(point, px=scale.pixel(point.px)) for point in self.points),
            lines=tuple(
                replace(line, left_px=scale.pixel(line.left_px), right_px=scale.pixel(line.right_px))
                for line in self.lines
            ),
            units=tuple(scale.unit(unit) for unit in self.units),
            zones=tuple(scale.polygon(polygon) for polygon in self.zones),
            shields=tuple(scale.polygon(polygon) for polygon in self.shields),
        )


def load_site(path: Path) -> Site:
    """Read a site file.

    Raises:
        SiteError: It cannot be read, or something in it is wrong; the message names the key.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(f"{path}: cannot be read ({reason}); give the path of a site file") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return replace(parse_site(text, str(path)), sha256=hashlib.sha256(content).hexdigest())


def parse_site(text: str, where: str) -> Site:
    """Read the text of a site file; `where` names it in messages.

    Raises:
        SiteError: Something is wrong; the message names the key and says what to do.
    """
    try:
        top = SiteTable(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise SiteError(f"{where}: is not valid TOML: {error}") from error
    if "camera" not in top:
        raise top.fail("camera", "is missing; add [camera] with id, width and height")
    camera = read_camera(top.table("camera"))
    facade, floors = top.table("facade"), top.table("floors")
    points = read_points(facade, camera)
    lines: tuple[FloorLine, ...] = ()
    boundaries_m: tuple[float, ...] = ()
    if points and "lines" in floors:
        raise floors.fail("lines", "stands beside facade.points; a site has one kind of geometry, remove one")
    if points:
        if "floors" not in top:
            raise top.fail("floors", "is missing; give count with height_m, or boundaries_m")
        boundaries_m = read_boundaries(floors)
    elif "lines" in floors:
        lines = read_lines(floors, camera)
    elif "floors" in top:
        _refuse_incomplete(floors)
    elif "facade" in top:
        raise facade.fail("points", "is missing; give four or more points, or remove [facade]")
    kind: Kind | None = "points" if points else "lines" if lines else None
    site = Site(
        camera=camera,
        building=read_building(top.table("building")),
        min_floor=top.integer("min_floor", least=1, default=1),
        points=points,
        boundaries_m=boundaries_m,
        lines=lines,
        floor_count=len(boundaries_m) - 1 if boundaries_m else _count_of(floors),
        units=read_units(top.tables("units"), camera, kind),
        zones=read_polygons(top.tables("zone"), camera, "zone"),
        shields=read_polygons(top.tables("shield"), camera, "shield"),
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        where=where,
    )
    top.finish()
    return site


def _count_of(floors: SiteTable) -> int | None:
    return floors.integer("count", least=1) if "count" in floors else None


def _refuse_incomplete(floors: SiteTable) -> None:
    """Say what a floors table without geometry lacks; a misspelt key first."""
    floors.allow("count", "height_m", "boundaries_m", "lines")
    floors.finish()
    raise floors.fail("", "no geometry: add facade.points for metres, or lines = [...] drawn on the picture")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Factors of width and height."""

    x: float
    y: float

    def pixel(self, point: Pixel) -> Pixel:
        return point[0] * self.x, point[1] * self.y

    def unit(self, unit: Unit) -> Unit:
        if unit.lines_px is None:
            return unit
        (a, b), (c, d) = unit.lines_px
        return replace(unit, lines_px=((self.pixel(a), self.pixel(b)), (self.pixel(c), self.pixel(d))))

    def polygon(self, polygon: Polygon) -> Polygon:
        return replace(polygon, corners_px=tuple(self.pixel(corner) for corner in polygon.corners_px))

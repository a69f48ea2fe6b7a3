"""Reads the parts of a site out of its tables."""

from typing import Literal

from floors import site_checks
from floors.site_parts import Building, FacadePoint, FloorLine, Pixel, Polygon, SiteCamera, Unit
from floors.site_table import SiteTable

Kind = Literal["points", "lines"]


def read_camera(table: SiteTable) -> SiteCamera:
    """Read [camera]."""
    distortion = None
    if "distortion" in table:
        k1, k2, p1, p2, k3 = table.numbers("distortion", 5)
        distortion = (k1, k2, p1, p2, k3)
        for key in ("focal_px", "centre_px"):
            if key not in table:
                raise table.fail(key, "is missing; distortion needs the focal_px and centre_px of its calibration")
    camera = SiteCamera(
        id=table.text("id"),
        width_px=table.integer("width", least=16),
        height_px=table.integer("height", least=16),
        distortion=distortion,
        focal_px=table.positive("focal_px") if "focal_px" in table else None,
        centre_px=table.pixel("centre_px") if "centre_px" in table else None,
    )
    table.allow("distortion", "focal_px", "centre_px")
    table.finish()
    return camera


def read_building(table: SiteTable) -> Building:
    """Read [building]; its name is its id unless given."""
    key = table.text("id", default="")
    building = Building(key, table.text("name", default=key))
    table.finish()
    return building


def read_points(table: SiteTable, camera: SiteCamera) -> tuple[FacadePoint, ...]:
    """Read [facade]: points, or none."""
    points = []
    given = table.tables("points")
    for row in given:
        pixel = row.pixel("px")
        _inside(row, "px", pixel, camera)
        x_m, y_m = row.numbers("m", 2)
        points.append(FacadePoint(pixel, (x_m, y_m)))
        row.finish()
    table.finish()
    if "points" in table:
        if len(points) < 4:
            raise table.fail("points", f"has {len(points)} points; four or more are needed")
        complaint = site_checks.facade_points(points)
        if complaint:
            raise table.fail("points", complaint)
    return tuple(points)


def read_boundaries(table: SiteTable) -> tuple[float, ...]:
    """Read the borders between floors, metres from the ground: count and height_m, or boundaries_m."""
    if "height_m" in table and "boundaries_m" in table:
        raise table.fail("boundaries_m", "stands beside height_m; keep one of them")
    table.allow("lines", "count", "height_m", "boundaries_m")
    table.finish()
    if "boundaries_m" in table:
        borders = table.numbers("boundaries_m")
        if len(borders) < 2:
            raise table.fail("boundaries_m", "must have the ground and the top of each floor: two numbers or more")
        for index, (below, above) in enumerate(zip(borders, borders[1:], strict=False), start=1):
            if above <= below:
                raise table.fail(f"boundaries_m[{index}]", f"floors out of order: {above:g} is not over {below:g}")
        if "count" in table and table.integer("count", least=1) != len(borders) - 1:
            raise table.fail("count", f"does not fit boundaries_m, which has the borders of {len(borders) - 1} floors")
        return borders
    if "height_m" not in table:
        raise table.fail("height_m", "is missing; give count with height_m, or boundaries_m")
    count, height_m = table.integer("count", least=1), table.positive("height_m")
    return tuple(index * height_m for index in range(count + 1))


def read_lines(table: SiteTable, camera: SiteCamera) -> tuple[FloorLine, ...]:
    """Read the lines of floors drawn on the picture."""
    lines = []
    rows = table.tables("lines")
    for row in rows:
        left, right = row.pixel_pair("px")
        for index, point in enumerate((left, right)):
            _inside(row, f"px[{index}]", point, camera)
        if left[0] > right[0]:
            left, right = right, left
        lines.append(FloorLine(row.integer("floor", least=1), left, right))
        row.finish()
    if len(lines) < 2:
        raise table.fail("lines", f"has {len(lines)} lines; two or more are needed")
    complaint = site_checks.floor_lines(lines, camera.width_px, camera.height_px)
    if complaint:
        raise rows[complaint[0]].fail("px", complaint[1])
    for key in ("height_m", "boundaries_m"):
        if key in table:
            raise table.fail(key, "stands beside lines; a site has metres (with facade.points) or lines")
    if "count" in table and table.integer("count", least=1) < lines[-1].floor:
        raise table.fail("count", f"is less than the highest line, floor {lines[-1].floor}")
    table.allow("count", "height_m", "boundaries_m")
    table.finish()
    return tuple(lines)


def read_units(rows: list[SiteTable], camera: SiteCamera, kind: Kind | None) -> tuple[Unit, ...]:
    """Read [[units]]: metres for facade points, lines on the picture for floor lines."""
    units = []
    for row in rows:
        if kind is None:
            raise row.fail("", "units need a geometry: facade.points with floors, or floors.lines")
        wanted, other = ("x_m", "px") if kind == "points" else ("px", "x_m")
        if other in row:
            raise row.fail(other, f"does not go with this site's geometry ({kind}); give {wanted}")
        name = row.text("name")
        if kind == "points":
            left_m, right_m = row.numbers("x_m", 2)
            units.append(Unit(name, x_m=(left_m, right_m)))
        else:
            units.append(Unit(name, lines_px=_unit_lines(row, camera)))
        row.finish()
    complaint = site_checks.units(units)
    if complaint:
        raise rows[complaint[0]].fail("x_m" if kind == "points" else "px", complaint[1])
    return tuple(units)


def read_polygons(rows: list[SiteTable], camera: SiteCamera, kind: str) -> tuple[Polygon, ...]:
    """Read [[zone]] or [[shield]]."""
    polygons = []
    for index, row in enumerate(rows, start=1):
        corners = row.pixels("px", least=3)
        for place, corner in enumerate(corners):
            _inside(row, f"px[{place}]", corner, camera)
        polygons.append(Polygon(row.text("name", default=f"{kind} {index}"), corners))
        row.finish()
    return tuple(polygons)


def _unit_lines(row: SiteTable, camera: SiteCamera) -> tuple[tuple[Pixel, Pixel], tuple[Pixel, Pixel]]:
    """Read two lines, or two points through which upright lines go."""
    if row.has_nested_lines("px"):
        left, right = row.pixel_pairs("px", 2)
    else:
        first, second = row.pixel_pair("px")
        height_px = float(camera.height_px)
        left, right = (((x_px, 0.0), (x_px, height_px)) for x_px, _ in (first, second))
    for index, line in enumerate((left, right)):
        for place, point in enumerate(line):
            _inside(row, f"px[{index}][{place}]", point, camera)
        if line[0][1] == line[1][1]:
            raise row.fail(f"px[{index}]", "the border of a unit runs up the wall, but this line is level")
    return left, right


def _inside(row: SiteTable, key: str, point: Pixel, camera: SiteCamera) -> None:
    complaint = site_checks.outside(point, camera.width_px, camera.height_px)
    if complaint:
        raise row.fail(key, complaint)

from pathlib import Path

import pytest

from floors.errors import SiteError
from floors.site import load_site, parse_site

CAMERA = '[camera]\nid = "3-north"\nwidth = 1920\nheight = 1080\n'
POINTS = (
    "[facade]\npoints = [ { px = [500.0, 1414.5], m = [0.0, 0.0] }, { px = [1400, 1400], m = [24, 0] },"
    " { px = [1200, 100], m = [24, 54] }, { px = [700, 100], m = [0, 54] } ]\n"
)
FLOORS = "[floors]\ncount = 18\nheight_m = 3.0\n"
UNITS = '[[units]]\nname = "01"\nx_m = [0.0, 4.5]\n[[units]]\nname = "02"\nx_m = [4.5, 9.0]\n'
LINES = (
    "[floors]\nlines = [ { floor = 7, px = [[500, 422], [670, 419]] }, { floor = 8, px = [[500, 343], [660, 341]] },"
    " { floor = 10, px = [[500, 225], [650, 223]] } ]\n"
)
CORNERS = "px = [[1000, 460], [1280, 460], [1280, 720], [1000, 720]]"


def message_of(text: str) -> str:
    with pytest.raises(SiteError) as caught:
        parse_site(text, "b3.site.toml")
    assert str(caught.value).startswith("b3.site.toml: ")
    return str(caught.value)


def test_site_with_points_has_borders_units_and_defaults() -> None:
    site = parse_site(f"min_floor = 7\n{CAMERA}{POINTS}{FLOORS}{UNITS}", "b3.site.toml")
    assert site.kind == "points"
    assert site.min_floor == 7
    assert site.points[0].px == (500.0, 1414.5)
    assert site.boundaries_m[:3] == (0.0, 3.0, 6.0)
    assert site.floor_count == 18
    assert [unit.name for unit in site.units] == ["01", "02"]
    assert site.zones == site.shields == ()


def test_floor_borders_may_be_given_one_by_one() -> None:
    site = parse_site(f"{CAMERA}{POINTS}[floors]\nboundaries_m = [0.0, 4.5, 7.5]\n", "x")
    assert site.boundaries_m == (0.0, 4.5, 7.5)
    assert site.floor_count == 2


def test_site_with_lines_keeps_them_from_left_to_right() -> None:
    site = parse_site(CAMERA + LINES.replace("[[500, 422], [670, 419]]", "[[670, 419], [500, 422]]"), "x")
    assert site.kind == "lines"
    assert site.lines[0].left_px == (500.0, 422.0)


def test_site_without_geometry_is_legal() -> None:
    site = parse_site(f'{CAMERA}[[zone]]\n{CORNERS}\n[[shield]]\nname = "tree"\n{CORNERS}\n', "x")
    assert site.kind is None
    assert site.zones[0].name == "zone 1"
    assert site.shields[0].corners_px[2] == (1280.0, 720.0)


def test_lens_of_a_calibration_is_read() -> None:
    lens = "distortion = [-0.1, 0.01, 0, 0, 0]\nfocal_px = 1300\ncentre_px = [960, 540]\n"
    camera = parse_site(CAMERA + lens, "x").camera
    assert camera.distortion == (-0.1, 0.01, 0.0, 0.0, 0.0)
    assert camera.focal_px == 1300
    assert "camera.focal_px: is missing" in message_of(CAMERA + "distortion = [-0.1, 0.01, 0, 0, 0]\n")


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("", "camera", "missing"),
        (CAMERA.replace("height", "heigth"), "camera.heigth", "did you mean height?"),
        (f"{CAMERA}min_flor = 7\n", "camera.min_flor", "unknown key"),
        (f"min_flor = 7\n{CAMERA}", "min_flor", "did you mean min_floor?"),
        (f"min_floor = 0\n{CAMERA}", "min_floor", "1 or more"),
        (f"min_floor = true\n{CAMERA}", "min_floor", "whole number"),
        (CAMERA.replace("1920", '"1920"'), "camera.width", "whole number"),
        (CAMERA.replace('"3-north"', "3"), "camera.id", "text"),
        (CAMERA + POINTS, "floors", "missing"),
        (CAMERA + POINTS + "[floors]\ncount = 18\n", "floors.height_m", "missing"),
        (CAMERA + POINTS + "[floors]\ncount = 18\nheigth_m = 3\n", "floors.heigth_m", "did you mean height_m?"),
        (CAMERA + POINTS + "[floors]\ncount = 18\nheight_m = -3\n", "floors.height_m", "over 0"),
        (CAMERA + POINTS + "[floors]\nboundaries_m = [0, 3, 3]\n", "floors.boundaries_m[2]", "out of order"),
        (CAMERA + POINTS + "[floors]\ncount = 5\nboundaries_m = [0, 3, 6]\n", "floors.count", "2 floors"),
        (CAMERA + POINTS + LINES, "floors.lines", "one kind of geometry"),
        (CAMERA + FLOORS, "floors", "facade.points"),
        (CAMERA + "[facade]\n", "facade.points", "missing"),
        (CAMERA + POINTS.replace("[1400, 1400]", "[5000, 1400]") + FLOORS, "facade.points[1].px", "outside"),
        (CAMERA + POINTS.replace("[1400, 1400]", "[1400]") + FLOORS, "facade.points[1].px", "2 numbers"),
        (CAMERA + POINTS.replace("[1400, 1400]", '[1400, "a"]') + FLOORS, "facade.points[1].px[1]", "number"),
        (CAMERA + POINTS.replace("[1400, 1400]", "[1400, nan]") + FLOORS, "facade.points[1].px[1]", "number"),
        (CAMERA + POINTS.replace(", m = [24, 0]", ", n = [24, 0]") + FLOORS, "facade.points[1]", "m"),
        (CAMERA + POINTS.replace(", { px = [1400, 1400], m = [24, 0] }", "") + FLOORS, "facade.points", "four"),
        (CAMERA + LINES.replace("floor = 8", "floor = 6"), "floors.lines[1].px", "low to high"),
        (CAMERA + LINES.replace("[[500, 343], [660, 341]]", "[[500, 543], [660, 541]]"), "floors.lines[1].px", "order"),
        (CAMERA + LINES.replace("[660, 341]", "[660, 400]"), "floors.lines[1].px", "crosses"),
        (CAMERA + "[floors]\nlines = [ { floor = 7, px = [[500, 422], [670, 419]] } ]\n", "floors.lines", "two"),
        (CAMERA + LINES.replace("[670, 419]", "[500, 422]"), "floors.lines[0].px", "same point"),
        (CAMERA + LINES + "height_m = 3.0\n", "floors.height_m", "beside lines"),
        (CAMERA + UNITS, "units[0]", "geometry"),
        (CAMERA + LINES + UNITS, "units[0].x_m", "px"),
        (CAMERA + POINTS + FLOORS + UNITS.replace("[4.5, 9.0]", "[4.0, 9.0]"), "units[1].x_m", "overlaps"),
        (CAMERA + POINTS + FLOORS + UNITS.replace("[4.5, 9.0]", "[-9.0, -4.5]"), "units[1].x_m", "left to right"),
        (CAMERA + POINTS + FLOORS + UNITS.replace("[4.5, 9.0]", "[9.0, 4.5]"), "units[1].x_m", "right border"),
        (CAMERA + POINTS + FLOORS + UNITS.replace('"02"', '"01"'), "units[1].x_m", "names must differ"),
        (CAMERA + "[[zone]]\npx = [[0, 0], [9, 9]]\n", "zone[0].px", "3 points"),
        (CAMERA + "[[shield]]\npx = [[0, 0], [9, 9], [-4000, 3]]\n", "shield[0].px[2]", "outside"),
        ("camera = 3\n", "camera", "table"),
        ("[camera\n", "is not valid TOML", ""),
    ],
)
def test_wrong_site_is_refused_by_the_name_of_its_key(text: str, key: str, hint: str) -> None:
    message = message_of(text)
    assert message.startswith(f"b3.site.toml: {key}")
    assert hint in message


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([((0, 0), (0, 0)), ((9, 90), (1, 1)), ((18, 180), (2, 2)), ((27, 270), (3, 3))], "line"),
        ([((0, 900), (0, 0)), ((500, 900), (10, 0)), ((900, 900), (20, 0)), ((500, 100), (10, 30))], "line"),
        ([((0, 900), (0, 0)), ((900, 900), (20, 0)), ((900, 100), (0, 30)), ((0, 100), (20, 30))], "exchanged"),
        ([((0, 900), (20, 0)), ((900, 900), (0, 0)), ((900, 100), (0, 30)), ((0, 100), (20, 30))], "exchanged"),
    ],
)
def test_points_that_no_camera_sees_so_are_refused(
    points: list[tuple[tuple[float, float], tuple[float, float]]], why: str
) -> None:
    rows = ", ".join(f"{{ px = [{px[0]}, {px[1]}], m = [{m[0]}, {m[1]}] }}" for px, m in points)
    message = message_of(f"{CAMERA}[facade]\npoints = [{rows}]\n{FLOORS}")
    assert message.startswith("b3.site.toml: facade.points: ")
    assert why in message


def test_units_beside_drawn_lines_are_lines_themselves() -> None:
    text = f'{CAMERA}{LINES}[[units]]\nname = "01"\npx = [[[500, 420], [510, 225]], [[580, 420], [585, 225]]]\n'
    unit = parse_site(text, "x").units[0]
    assert unit.lines_px == (((500.0, 420.0), (510.0, 225.0)), ((580.0, 420.0), (585.0, 225.0)))


def test_two_points_of_a_unit_stand_for_upright_lines() -> None:
    text = f'{CAMERA}{LINES}[[units]]\nname = "01"\npx = [[500, 420], [580, 420]]\n'
    unit = parse_site(text, "x").units[0]
    assert unit.lines_px == (((500.0, 0.0), (500.0, 1080.0)), ((580.0, 0.0), (580.0, 1080.0)))


def test_another_size_of_the_same_shape_scales_every_pixel() -> None:
    lens = "focal_px = 1300\ncentre_px = [960, 540]\n"
    text = CAMERA + lens + LINES + f"[[zone]]\n{CORNERS}\n"
    site = parse_site(text, "x").scaled_to(960, 540)
    assert (site.camera.width_px, site.camera.height_px) == (960, 540)
    assert site.camera.focal_px == 650
    assert site.camera.centre_px == (480.0, 270.0)
    assert site.lines[0].left_px == (250.0, 211.0)
    assert site.zones[0].corners_px[0] == (500.0, 230.0)
    assert parse_site(CAMERA, "x").scaled_to(854, 480).camera.width_px == 854


def test_another_shape_is_an_error() -> None:
    with pytest.raises(SiteError, match=r"camera\.width.*1920x1080.*1280x960"):
        parse_site(CAMERA, "x").scaled_to(1280, 960)


def test_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.site.toml"
    path.write_bytes(CAMERA.replace("\n", "\r\n").encode())
    site = load_site(path)
    assert len(site.sha256) == 64
    assert site.sha256 != parse_site(CAMERA, "x").sha256


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="missing.toml: cannot be read"):
        load_site(tmp_path / "missing.toml")
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"name = '\xff'")
    with pytest.raises(SiteError, match="UTF-8"):
        load_site(broken)

"""The commented site files in samples/ are the reference: they load, name every key, and agree with each other."""

from pathlib import Path

import pytest

from floors.site import Site, load_site, parse_site
from tests.source_tree import ROOT

POINTS = ROOT / "samples" / "site.toml"
LINES = ROOT / "samples" / "floor_lines.toml"


def opened(path: Path, *keys: str, closed: tuple[str, ...] = ()) -> Site:
    """Load a file with the lines of some keys taken out of comments, and of others put into them."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(tuple(f"# {key} = " for key in keys)):
            lines.append(line.removeprefix("# "))
        elif line.startswith(tuple(f"{key} = " for key in closed)):
            lines.append(f"# {line}")
        else:
            lines.append(line)
    return parse_site("\n".join(lines), path.name)


def test_site_with_points_loads_as_its_comments_say() -> None:
    site = load_site(POINTS)
    assert (site.kind, site.min_floor, site.floor_count) == ("points", 7, 18)
    assert (site.camera.id, site.building.name) == ("3-north", "3栋")
    assert [unit.name for unit in site.units] == ["01", "02", "03"]
    assert ([zone.name for zone in site.zones], [shield.name for shield in site.shields]) == (["wall"], ["tree"])


def test_keys_in_comments_of_the_site_file_are_understood() -> None:
    camera = opened(POINTS, "distortion", "focal_px", "centre_px").camera
    assert camera.distortion == (-0.21, 0.05, 0.0, 0.0, 0.0)
    assert (camera.focal_px, camera.centre_px) == (1450.0, (960.0, 540.0))
    site = opened(POINTS, "boundaries_m", closed=("count", "height_m"))
    assert site.boundaries_m == (0.0, 4.5, 7.5, 10.5, 13.5)


def test_floors_drawn_and_measured_are_of_one_tower() -> None:
    drawn, measured = load_site(LINES), load_site(POINTS)
    assert (drawn.kind, drawn.floor_count) == ("lines", 18)
    assert drawn.building == measured.building
    assert [line.floor for line in drawn.lines] == [7, 10, 14, 17]
    # Floor 6's lower edge is the lowest pair of points, floor 11's the middle one, floor 18's the highest.
    between = [(line.left_px[1], line.floor) for line in drawn.lines]
    between += [(point.px[1], floor) for point, floor in zip(measured.points[::2], (6, 11, 18), strict=True)]
    assert [floor for _, floor in sorted(between, reverse=True)] == [6, 7, 10, 11, 14, 17, 18]


def test_unit_drawn_as_two_points_is_understood() -> None:
    text = LINES.read_text(encoding="utf-8")
    extra = '# [[units]]\n# name = "02"\n# px = [[600, 600], [800, 600]]\n'
    assert extra in text
    site = parse_site(text.replace(extra, extra.replace("# ", "")), LINES.name)
    assert site.units[1].lines_px == (((600.0, 0.0), (600.0, 1080.0)), ((800.0, 0.0), (800.0, 1080.0)))


@pytest.mark.parametrize("path", [POINTS, LINES], ids=lambda path: path.name)
def test_reference_site_fits_frames_of_another_size(path: Path) -> None:
    half = load_site(path).scaled_to(960, 540)
    assert (half.camera.width_px, half.camera.height_px) == (960, 540)

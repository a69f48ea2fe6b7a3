import numpy as np
import pytest

from floors.errors import SiteError
from floors.projection import Facade, make_facade
from floors.site import parse_site
from tests.floors.scenes import lines_text, look, site_text

CAMERA = look((5.0, 1.6, 25.0), (12.0, 20.0, 0.0), 1100.0)


def points_facade() -> Facade:
    facade = make_facade(parse_site(site_text(CAMERA, (0.0, 6.0, 24.0, 33.0)), "x"))
    assert facade is not None
    return facade


def lines_facade() -> Facade:
    facade = make_facade(parse_site(lines_text(CAMERA, range(4, 12)), "x"))
    assert facade is not None
    return facade


def test_site_without_geometry_makes_none() -> None:
    assert make_facade(parse_site('[camera]\nid = "a"\nwidth = 640\nheight = 360\n', "x")) is None


def test_pixels_become_metres_and_back() -> None:
    facade = points_facade()
    pixel = CAMERA.project(np.array([9.0, 22.0, 0.0]))
    assert facade.metres_of(pixel) == pytest.approx([9.0, 22.0], abs=1e-3)
    assert facade.pixels_of(np.array([9.0, 22.0])) == pytest.approx(pixel, abs=1e-2)


@pytest.mark.parametrize("floor", [2.0, 7.5, 13.25])
def test_both_geometries_give_the_floor_of_a_pixel(floor: float) -> None:
    x_px, y_px = CAMERA.project(np.array([9.0, 3.0 * (floor - 1), 0.0])).tolist()
    for facade in (points_facade(), lines_facade()):
        assert facade.floor_of_pixel(x_px, y_px) == pytest.approx(floor, abs=1e-2)
        assert facade.height_m_of(x_px, y_px) == pytest.approx(3.0 * (floor - 1), abs=0.03)
        assert facade.row_of_floor(floor, x_px) == pytest.approx(y_px, abs=0.5)


def test_floor_at_a_height_stays_inside_the_building() -> None:
    facade = points_facade()
    assert [facade.floor_at(h) for h in (-1.0, 0.0, 2.99, 3.0, 89.0, 120.0)] == [1, 1, 1, 2, 30, 30]


def test_unit_at_a_pixel_is_the_column_there() -> None:
    facade = points_facade()
    x_px, y_px = CAMERA.project(np.array([9.0, 22.0, 0.0])).tolist()
    assert facade.unit_at(x_px, y_px) == "03"
    assert facade.unit_at(-900.0, y_px) is None


def test_unit_beside_drawn_lines_follows_its_leaning_border() -> None:
    unit = '[[units]]\nname = "07"\npx = [[[100, 0], [200, 1000]], [[300, 0], [400, 1000]]]\n'
    facade = make_facade(parse_site(lines_text(CAMERA, range(4, 12)) + unit, "x"))
    assert facade is not None
    assert facade.unit_at(120.0, 100.0) == "07"
    assert facade.unit_at(120.0, 900.0) is None


def test_scale_agrees_with_projection() -> None:
    facade = points_facade()
    low, high = CAMERA.project(np.array([[9.0, 21.5, 0.0], [9.0, 22.5, 0.0]]))
    x_px, y_px = CAMERA.project(np.array([9.0, 22.0, 0.0])).tolist()
    assert facade.px_per_m(x_px, y_px) == pytest.approx(np.linalg.norm(high - low), rel=1e-2)


def test_ruler_has_a_line_for_each_floor_in_view() -> None:
    facade = points_facade()
    ruler = facade.ruler()
    assert [floor for floor, _, _ in ruler] == list(range(ruler[0][0], ruler[-1][0] + 1))
    for floor, *ends in ruler:
        for x_px, y_px in ends:
            assert -1e-6 <= x_px <= 1919 + 1e-6
            assert -1e-6 <= y_px <= 1079 + 1e-6
            assert facade.floor_of_pixel(x_px, y_px) == pytest.approx(floor, abs=0.05)


def test_drawn_lines_give_the_camera_of_a_known_focal_length() -> None:
    facade = lines_facade()
    assert facade.floor_map is not None
    camera = facade.floor_map.camera(1100.0, (960.0, 540.0))
    assert camera.position_m[1:] == pytest.approx(CAMERA.position_m[1:], abs=0.01)
    assert camera.rotation == pytest.approx(CAMERA.rotation, abs=1e-3)


def test_two_lines_are_enough_to_begin_with() -> None:
    facade = make_facade(parse_site(lines_text(CAMERA, range(6, 8)), "x"))
    assert facade is not None
    x_px, y_px = CAMERA.project(np.array([9.0, 16.5, 0.0])).tolist()
    assert facade.floor_of_pixel(x_px, y_px) == pytest.approx(6.5, abs=0.05)


def test_line_of_a_wrong_floor_is_refused() -> None:
    text = lines_text(CAMERA, range(4, 12)).replace("floor = 11,", "floor = 47,").replace("count = 30", "count = 60")
    with pytest.raises(SiteError, match=r"floors\.lines: .*check"):
        make_facade(parse_site(text, "x"))

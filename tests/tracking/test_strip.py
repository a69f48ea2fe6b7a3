"""Cutting the part around a path out of pictures."""

import numpy as np

from tracking.past import Picture
from tracking.strip import cut_strip, discs, usual


def picture(time_s: float, moved_px: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """A ramp of two levels a pixel to the right and one down, moved."""
    rows, columns = np.mgrid[:60, :80].astype(float)
    luma = np.clip(2 * (columns - moved_px[0]) + (rows - moved_px[1]), 0, 255).round().astype(np.uint8)
    return Picture(time_s, time_s + 0.001, luma, moved_px)


PATH_PX = np.array([[30.0, 20.0], [34.0, 40.0]])


def test_part_holds_the_path_with_its_margin() -> None:
    strip = cut_strip([picture(0.0), picture(0.04)], PATH_PX, 5.0)
    assert strip is not None
    assert (len(strip), strip.corner_px, strip.luma.shape) == (2, (25, 15), (2, 31, 15))
    assert strip.luma[1, 0, 0] == 2 * 25 + 15
    assert strip.taken_s.tolist() == [0.001, 0.041]


def test_picture_of_a_camera_that_moved_is_moved_back() -> None:
    strip = cut_strip([picture(0.0), picture(0.04, (1.5, -2.0))], PATH_PX, 5.0)
    assert strip is not None
    assert np.abs(strip.luma[1] - strip.luma[0]).max() <= 1.0


def test_part_ends_where_the_picture_does() -> None:
    strip = cut_strip([picture(0.0)], PATH_PX, 25.0)
    assert strip is not None
    assert strip.corner_px == (5, 0)
    assert strip.luma.shape == (1, 60, 55)


def test_nothing_is_cut_out_of_no_pictures_or_out_of_view() -> None:
    assert cut_strip([], PATH_PX, 5.0) is None
    assert cut_strip([picture(0.0)], PATH_PX + 500.0, 5.0) is None


def test_disc_worked_by_hand() -> None:
    marked = discs((3, 4, 5), np.array([[1.0, 1.0], [2.0, 2.0], [0.0, 0.0]]), np.array([1.2, 0.0, 1.5]))
    assert np.argwhere(marked[0]).tolist() == [[0, 1], [1, 0], [1, 1], [1, 2], [2, 1]]
    assert not marked[1].any()
    assert np.argwhere(marked[2]).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_what_is_usual_leaves_out_what_is_hidden() -> None:
    levels = np.array([10, 11, 12, 13, 14, 90, 91, 92], np.float32)[:, None, None]
    hidden = (levels > 50).astype(bool)
    assert usual(levels, hidden)[0, 0] == 12.0
    assert usual(levels, np.zeros_like(hidden))[0, 0] == 13.5
    # Of four known ones nothing can be said: all count.
    assert usual(levels, levels > 13)[0, 0] == 13.5


def test_discs_anywhere_are_what_the_distance_of_each_pixel_says() -> None:
    rng = np.random.default_rng(3)
    places_px = rng.uniform(-12, 40, (200, 2))
    radii_px = rng.uniform(-3, 15, 200)
    places_px[:40], radii_px[:40] = np.round(places_px[:40]), np.round(radii_px[:40])
    columns, rows = np.meshgrid(np.arange(31), np.arange(23))
    distance_px = np.hypot(columns - places_px[:, :1, None], rows - places_px[:, 1:, None])
    assert np.array_equal(discs((200, 23, 31), places_px, radii_px), distance_px < radii_px[:, None, None])

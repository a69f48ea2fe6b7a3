"""Foreground pixels grouped into detections, worked out by hand."""

import numpy as np
import pytest

from vision.background import Foreground
from vision.blobs import CELL_PX, group_blobs
from vision.detection import Detection

Pixel = tuple[int, int]


def foreground(
    points: list[Pixel], difference: list[int] | None = None, excess: list[float] | None = None
) -> Foreground:
    return Foreground(
        np.array(points, np.int32).reshape(-1, 2),
        np.array(difference if difference is not None else [40] * len(points), np.int16),
        np.array(excess if excess is not None else [2.0] * len(points), np.float32),
        overloaded=False,
    )


def square(left: int, top: int, side: int) -> list[Pixel]:
    return [(left + dx, top + dy) for dy in range(side) for dx in range(side)]


def group(seen: Foreground) -> list[Detection]:
    return group_blobs(seen, 1.5, 1.48)


def test_nothing_makes_no_detection() -> None:
    assert group(foreground([])) == []


def test_single_pixel_is_a_detection_with_every_number() -> None:
    assert group(foreground([(17, 33)], [-25], [1.75])) == [
        Detection(
            time_s=1.5,
            taken_s=1.48,
            x_px=17.0,
            y_px=33.0,
            width_px=1.0,
            height_px=1.0,
            area_px=1,
            contrast=-25.0,
            snr=1.75,
        )
    ]


def test_dots_twenty_pixels_apart_are_two() -> None:
    found = group(foreground(square(100, 100, 3) + square(120, 100, 3)))
    assert sorted((d.x_px, d.y_px, d.area_px) for d in found) == [(101.0, 101.0, 9), (121.0, 101.0, 9)]


@pytest.mark.parametrize("shift", [(2 * CELL_PX, 0), (0, 2 * CELL_PX)])
def test_an_empty_cell_between_parts_two_dots_and_none_joins_them(shift: Pixel) -> None:
    one = (40, 40)
    assert len(group(foreground([one, (40 + shift[0], 40 + shift[1])]))) == 2
    assert len(group(foreground([one, (40 + shift[0] // 2, 40 + shift[1] // 2)]))) == 1


def test_cells_that_touch_at_a_corner_are_one() -> None:
    assert len(group(foreground([(43, 43), (44, 44)]))) == 1


def test_an_l_shape_is_one_with_its_bounding_box() -> None:
    upright = [(60, y) for y in range(20, 50)]
    foot = [(x, 49) for x in range(61, 90)]
    (found,) = group(foreground(upright + foot))
    assert (found.width_px, found.height_px, found.area_px) == (30.0, 30.0, 59)
    # Sum of x: 30 * 60 + (61 + ... + 89) = 1800 + 2175; of y: (20 + ... + 49) + 29 * 49 = 1035 + 1421; by 59.
    assert found.x_px == pytest.approx(3975 / 59)
    assert found.y_px == pytest.approx(2456 / 59)


def test_centre_is_weighted_by_excess() -> None:
    # (10 * 1 + 12 * 3) / 4 = 11.5 and (20 * 1 + 21 * 3) / 4 = 20.75.
    (found,) = group(foreground([(10, 20), (12, 21)], [30, 50], [1.0, 3.0]))
    assert (found.x_px, found.y_px) == (11.5, 20.75)
    assert found.contrast == 40.0
    assert found.snr == 3.0


def test_contrast_keeps_its_sign() -> None:
    found = group(foreground([(10, 10), (11, 10), (50, 10), (51, 10)], [30, 50, -20, -40]))
    assert sorted((d.x_px, d.contrast) for d in found) == [(10.5, 40.0), (50.5, -30.0)]


def test_border_pixels_are_grouped_in_frames_of_odd_size() -> None:
    found = group(foreground([(0, 0), (636, 0), (0, 358), (636, 358)]))
    assert sorted((d.x_px, d.y_px) for d in found) == [(0.0, 0.0), (0.0, 358.0), (636.0, 0.0), (636.0, 358.0)]


@pytest.mark.parametrize("gap_cells", [2, 3, 50])
def test_empty_cells_between_two_dots_keep_them_apart_however_many_they_are(gap_cells: int) -> None:
    assert len(group(foreground([(40, 40), (40 + gap_cells * CELL_PX, 40)]))) == 2
    assert len(group(foreground([(40, 40), (40, 40 + gap_cells * CELL_PX)]))) == 2


def test_every_pixel_belongs_to_exactly_one_detection() -> None:
    rng = np.random.default_rng(1)
    flat = rng.choice(640 * 360, 3000, replace=False)
    points = np.column_stack([flat % 640, flat // 640])
    found = group(foreground([(int(x), int(y)) for x, y in points]))
    assert sum(d.area_px for d in found) == 3000
    assert all(d.area_px <= d.width_px * d.height_px for d in found)

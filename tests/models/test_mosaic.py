import numpy as np
import pytest
from numpy.typing import NDArray

from models.crop import CROP_PX, spread
from models.mosaic import CELL_PX, CELLS, EMPTY, MARGIN_PX, MOSAIC_PX, cell_at, corner_px, lay


def crops(count: int) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(1)
    return list(rng.integers(0, 256, (count, CROP_PX, CROP_PX, 3), np.uint8))


def test_each_crop_lies_in_its_cell_with_grey_about_it() -> None:
    laid = crops(CELLS)
    (mosaic,) = lay(laid)
    assert mosaic.shape == (MOSAIC_PX, MOSAIC_PX, 3)
    for cell, crop in enumerate(laid):
        top_px, left_px = (place * CELL_PX for place in divmod(cell, 8))
        shown = mosaic[top_px : top_px + CELL_PX, left_px : left_px + CELL_PX]
        inner = slice(MARGIN_PX, MARGIN_PX + CROP_PX)
        assert np.array_equal(shown[inner, inner], spread(crop))
        assert (shown.sum(axis=(0, 1)) - spread(crop).sum(axis=(0, 1)) == EMPTY * (CELL_PX**2 - CROP_PX**2)).all()


@pytest.mark.parametrize(("count", "mosaics"), [(0, 0), (1, 1), (CELLS, 1), (CELLS + 1, 2), (3 * CELLS, 3)])
def test_there_are_as_few_mosaics_as_hold_all_crops(count: int, mosaics: int) -> None:
    assert lay(crops(count)).shape == (mosaics, MOSAIC_PX, MOSAIC_PX, 3)


def test_what_does_not_fit_into_one_mosaic_begins_the_next() -> None:
    laid = crops(CELLS + 2)
    mosaic = lay(laid)[1]
    left_px, top_px = corner_px(1)
    assert np.array_equal(mosaic[top_px : top_px + CROP_PX, left_px : left_px + CROP_PX], spread(laid[-1]))
    assert (mosaic[:, 2 * CELL_PX :] == EMPTY).all()


def test_corners_are_of_the_crop_not_of_the_cell() -> None:
    assert corner_px(0) == (2, 2)
    assert corner_px(7) == (7 * 48 + 2, 2)
    assert corner_px(8) == (2, 48 + 2)
    assert corner_px(63) == (7 * 48 + 2, 7 * 48 + 2)


@pytest.mark.parametrize("cell", range(CELLS))
def test_every_place_of_a_crop_is_in_its_cell(cell: int) -> None:
    left_px, top_px = corner_px(cell)
    assert cell_at(left_px, top_px) == cell
    assert cell_at(left_px + CROP_PX - 0.1, top_px + CROP_PX - 0.1) == cell


def test_places_beyond_the_border_belong_to_the_nearest_cell() -> None:
    assert cell_at(-3.0, -0.5) == 0
    assert cell_at(MOSAIC_PX + 9.0, 50.0) == 15
    assert cell_at(100.0, MOSAIC_PX) == 58

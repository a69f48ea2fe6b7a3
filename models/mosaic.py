"""Many crops laid side by side, so that one pass of a network reads them all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.crop import CROP_PX, spread

CELL_PX = 48
CELLS_A_SIDE = 8
CELLS = CELLS_A_SIDE**2
MOSAIC_PX = CELL_PX * CELLS_A_SIDE
EMPTY = 114
"""Grey between and instead of crops, as Ultralytics pads pictures."""
MARGIN_PX = (CELL_PX - CROP_PX) // 2
_NEAR_PX = CELL_PX / 4
"""How far from the middle of its cell the followed thing may be: what lies further out is its neighbour."""


def lay(crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Lay crops, their grey levels spread, row by row into as few mosaics as they need.

    Args:
        crops: N of (CROP_PX, CROP_PX, 3) uint8, as `models.crop.cut` makes them.

    Returns:
        (ceil(N / CELLS), MOSAIC_PX, MOSAIC_PX, 3) uint8; crop n is in cell n % CELLS of mosaic n // CELLS.
    """
    count = -(-len(crops) // CELLS)
    mosaics = np.full((count, MOSAIC_PX, MOSAIC_PX, 3), EMPTY, np.uint8)
    for index, crop in enumerate(crops):
        left_px, top_px = corner_px(index % CELLS)
        mosaics[index // CELLS, top_px : top_px + CROP_PX, left_px : left_px + CROP_PX] = spread(crop)
    return mosaics


def corner_px(cell: int) -> tuple[int, int]:
    """Tell the left and top pixel of the crop in a cell, 0 to CELLS - 1."""
    row, column = divmod(cell, CELLS_A_SIDE)
    return column * CELL_PX + MARGIN_PX, row * CELL_PX + MARGIN_PX


def cell_at(x_px: float, y_px: float) -> int:
    """Tell the cell at a place in a mosaic; places beyond its border belong to the nearest cell."""
    row, column = (min(max(int(place // CELL_PX), 0), CELLS_A_SIDE - 1) for place in (y_px, x_px))
    return row * CELLS_A_SIDE + column


def is_in_middle(x_px: float, y_px: float) -> bool:
    """Tell whether a place in a mosaic is where the thing is that its cell is about."""
    left_px, top_px = corner_px(cell_at(x_px, y_px))
    return max(abs(x_px - left_px - CROP_PX / 2), abs(y_px - top_px - CROP_PX / 2)) <= _NEAR_PX

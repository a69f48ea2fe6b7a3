"""What a network takes one followed thing for, crop by crop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.crop import CROP_PX
from models.mosaic import CELL_PX, CELLS, cell_at, corner_px, lay
from models.motion_class import MotionClass
from models.network import Box, Detector

_NEAR_PX = CELL_PX / 4
"""How far from the middle of its cell the followed thing may be: what lies further out is its neighbour."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the thing in the middle of a crop is taken for, and how surely (0..1); None for nothing at all."""

    label: MotionClass | None
    confidence: float


NOTHING = Reading(None, 0.0)


def read(detector: Detector, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
    """Read crops, many in one pass.

    Args:
        detector: Reads mosaics.
        crops: N of (CROP_PX, CROP_PX, 3) uint8.

    Returns:
        N readings.

    Raises:
        ModelError: The network could not be run.
    """
    return list(_readings(detector.detect(lay(crops)), len(crops)))


def _readings(boxes: Sequence[Sequence[Box]], count: int) -> Iterator[Reading]:
    """Choose of each cell the surest box near its middle; boxes come the surest first."""
    found: dict[tuple[int, int], Reading] = {}
    for mosaic, its in enumerate(boxes):
        for box in its:
            cell = cell_at(*box.centre_px)
            if _is_near(box, cell):
                found.setdefault((mosaic, cell), Reading(box.label, box.confidence))
    for index in range(count):
        yield found.get((index // CELLS, index % CELLS), NOTHING)


def _is_near(box: Box, cell: int) -> bool:
    left_px, top_px = corner_px(cell)
    x_px, y_px = box.centre_px
    return max(abs(x_px - left_px - CROP_PX / 2), abs(y_px - top_px - CROP_PX / 2)) <= _NEAR_PX

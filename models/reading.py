"""What a network takes one followed thing for, crop by crop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mosaic import CELLS, cell_at, is_in_middle, lay
from models.motion_class import MotionClass
from models.network import Box, Detector


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
            if is_in_middle(*box.centre_px):
                found.setdefault((mosaic, cell_at(*box.centre_px)), Reading(box.label, box.confidence))
    for index in range(count):
        yield found.get((index // CELLS, index % CELLS), NOTHING)

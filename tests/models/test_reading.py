"""Of each crop the surest thing in its middle counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.crop import CROP_PX
from models.mosaic import CELLS, corner_px
from models.motion_class import MotionClass
from models.network import Box
from models.reading import NOTHING, Reading, read


class Told:
    """Says of each mosaic what it was told to say."""

    def __init__(self, *answers: Sequence[Box]) -> None:
        self._answers = answers

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        assert len(mosaics) == len(self._answers)
        return [list(answer) for answer in self._answers]


def box(label: MotionClass, confidence: float, cell: int, aside_px: float = 0.0) -> Box:
    left_px, top_px = corner_px(cell)
    x_px, y_px = left_px + CROP_PX / 2 + aside_px, top_px + CROP_PX / 2
    return Box(label, confidence, x_px - 4, y_px - 4, x_px + 4, y_px + 4)


def crops(count: int) -> list[NDArray[np.uint8]]:
    return [np.zeros((CROP_PX, CROP_PX, 3), np.uint8)] * count


def test_surest_box_in_the_middle_of_each_cell_counts() -> None:
    told = Told([box(MotionClass.BIRD, 0.9, 1), box(MotionClass.INSECT, 0.6, 1), box(MotionClass.CLOTH, 0.5, 0)])
    assert read(told, crops(3)) == [Reading(MotionClass.CLOTH, 0.5), Reading(MotionClass.BIRD, 0.9), NOTHING]


def test_neighbour_at_the_border_of_a_crop_does_not_count() -> None:
    told = Told([box(MotionClass.BIRD, 0.9, 0, aside_px=13.0), box(MotionClass.CLOTH, 0.3, 0, aside_px=11.0)])
    assert read(told, crops(1)) == [Reading(MotionClass.CLOTH, 0.3)]


def test_crops_of_the_second_mosaic_are_read_too() -> None:
    told = Told([], [box(MotionClass.PERSON, 0.7, 1)])
    assert read(told, crops(CELLS + 2))[CELLS:] == [NOTHING, Reading(MotionClass.PERSON, 0.7)]


def test_no_crops_need_no_pass() -> None:
    assert read(Told(), []) == []

"""Counting what a network finds: worked by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.assessment import Assessment, Tally, assess, mean_average_precision
from models.crop import CROP_PX
from models.labels import Label, LabelledCrop
from models.mosaic import CELLS, corner_px
from models.motion_class import MotionClass
from models.network import Box

FALLING, BIRD = MotionClass.FALLING_OBJECT, MotionClass.BIRD


class Told:
    """Says of each mosaic what it was told to say."""

    def __init__(self, *answers: Sequence[Box]) -> None:
        self._answers = list(answers)

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        return [list(self._answers.pop(0)) for _ in mosaics]


def shown(answers: Sequence[Sequence[Box]], crops: Sequence[LabelledCrop]) -> Assessment:
    """Assess a network that tells no more where it is used than where everything is asked for."""
    return assess(Told(*answers), Told(*answers), crops)


def crop(*labels: Label) -> LabelledCrop:
    return np.zeros((CROP_PX, CROP_PX, 3), np.uint8), labels


def box(label: MotionClass, confidence: float, cell: int, *, right_px: float = 0.0) -> Box:
    x, y = corner_px(cell)
    return Box(label, confidence, x + 18 + right_px, y + 18.0, x + 26 + right_px, y + 26.0)


def thing(label: MotionClass) -> Label:
    return Label(label, (18.0, 18.0, 26.0, 26.0))


def test_average_precision_is_the_area_under_falling_precision() -> None:
    # Of three things: right, wrong, right, by falling confidence. Precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3.
    tally = Tally([0.9, 0.8, 0.7], [True, False, True], [True, False, True], things=3)
    assert tally.average_precision == pytest.approx(1 / 3 + (2 / 3) * (1 / 3))
    assert tally.precision == pytest.approx(2 / 3)
    assert tally.recall == pytest.approx(2 / 3)


def test_tally_of_nothing_is_no_error() -> None:
    assert Tally().average_precision == 0.0
    assert (Tally().precision, Tally().recall) == (1.0, 1.0)


def test_boxes_are_right_where_they_cover_a_thing_of_their_class() -> None:
    # 8 px boxes moved by 2 px share 48 of 80 px, by 3 px 40 of 88.
    told = [box(FALLING, 0.9, 0, right_px=2), box(FALLING, 0.8, 1, right_px=3), box(BIRD, 0.7, 2)]
    found = shown([told], [crop(thing(FALLING)), crop(thing(FALLING)), crop(thing(FALLING))]).by_class
    assert found[FALLING].right == [True, False]
    assert (found[FALLING].things, found[FALLING].sure) == (3, [True, False])
    assert found[BIRD].right == [False]


def test_thing_is_found_once() -> None:
    told = [box(FALLING, 0.9, 0), box(FALLING, 0.8, 0)]
    assert shown([told], [crop(thing(FALLING))]).by_class[FALLING].right == [True, False]


def test_unsure_box_counts_for_the_average_alone() -> None:
    tally = shown([[box(FALLING, 0.2, 0)]], [crop(thing(FALLING))]).by_class[FALLING]
    assert tally.average_precision == 1.0
    assert tally.recall == 0.0


def test_second_mosaic_counts_too() -> None:
    tally = shown([[], [box(BIRD, 0.9, 1)]], [crop(thing(BIRD))] * (CELLS + 2)).by_class[BIRD]
    assert (tally.things, tally.sure) == (CELLS + 2, [True])


def test_average_is_of_all_that_is_possible_and_recall_of_what_is_told() -> None:
    used, every = Told([box(BIRD, 0.6, 0)]), Told([box(BIRD, 0.6, 0), box(FALLING, 0.3, 0)])
    found = assess(used, every, [crop(thing(FALLING))]).by_class
    assert (found[FALLING].average_precision, found[FALLING].recall) == (1.0, 0.0)
    assert (found[BIRD].right, found[BIRD].precision) == ([False], 0.0)


def test_what_lies_elsewhere_is_not_asked_about() -> None:
    aside = Label(FALLING, (31.0, 18.0, 39.0, 26.0))  # its middle 13 px from that of the crop, where 12 are near
    told = [
        box(FALLING, 0.9, 0, right_px=13),
        box(FALLING, 0.8, 1),
        box(FALLING, 0.7, 2),
        box(FALLING, 0.6, 3, right_px=13),
    ]
    found = shown([told], [crop(aside), crop(thing(FALLING)), crop(), crop()])
    middle = found.in_middle[FALLING]
    assert (middle.confidences, middle.right, middle.sure) == ([0.8, 0.7], [True, False], [True, False])
    assert middle.things == 1
    assert found.by_class[FALLING].right == [True, True, False, False]


def test_box_aside_that_covers_half_of_what_is_asked_about_finds_it() -> None:
    near = Label(FALLING, (29.0, 18.0, 37.0, 26.0))
    middle = shown([[box(FALLING, 0.9, 0, right_px=13)]], [crop(near)]).in_middle[FALLING]
    assert (middle.right, middle.things) == ([True], 1)


def test_falling_objects_are_counted_by_size() -> None:
    large = Label(FALLING, (10.0, 10.0, 34.5, 22.0))
    by_size = shown([[box(FALLING, 0.9, 0)]], [crop(thing(FALLING)), crop(large)]).by_size
    assert {size: (tally.things, tally.sure) for size, tally in by_size.items()} == {0: (1, [True]), 3: (1, [])}


def test_wrong_box_counts_with_its_own_size() -> None:
    wide = Box(FALLING, 0.9, 0.0, 0.0, 30.0, 10.0)
    by_size = shown([[wide, box(FALLING, 0.8, 1)]], [crop(), crop(thing(FALLING))]).by_size
    assert {size: (tally.precision, tally.recall) for size, tally in by_size.items()} == {0: (1.0, 1.0), 3: (0.0, 1.0)}


def test_mean_is_over_the_classes_that_there_were() -> None:
    found = shown([[box(FALLING, 0.9, 0)]], [crop(thing(FALLING)), crop(thing(BIRD))])
    assert mean_average_precision(found.by_class) == pytest.approx(0.5)

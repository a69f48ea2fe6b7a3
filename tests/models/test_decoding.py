import numpy as np
import pytest
from numpy.typing import NDArray

from models.decoding import MOST_BOXES, OVERLAP, ROWS, read_boxes, suppress, to_input
from models.mosaic import MOSAIC_PX
from models.motion_class import MotionClass
from models.network import Box


def raw(*anchors: tuple[float, float, float, float, int, float]) -> NDArray[np.float32]:
    """Make an answer of anchors: of each x, y, width, height, class and how sure it is of that."""
    answer = np.zeros((ROWS, len(anchors)), np.float32)
    for column, (x_px, y_px, width_px, height_px, label, sure) in enumerate(anchors):
        answer[:4, column] = x_px, y_px, width_px, height_px
        answer[4 + label, column] = sure
    return answer


def test_anchor_becomes_a_box_with_its_corners() -> None:
    assert read_boxes(raw((100, 60, 10, 6, 5, 0.75))) == [Box(MotionClass.CLOTH, 0.75, 95, 57, 105, 63)]


def test_surest_class_of_an_anchor_is_its_class() -> None:
    answer = raw((100, 60, 10, 6, 1, 0.5))
    answer[4 + 6, 0] = 0.625
    assert [(box.label, box.confidence) for box in read_boxes(answer)] == [(MotionClass.PERSON, 0.625)]


def test_anchor_may_tell_each_class_that_it_thinks_possible() -> None:
    answer = raw((100, 60, 10, 6, 5, 0.25), (200, 60, 10, 6, 2, 0.5))
    answer[4 + 6, 0] = 0.625
    boxes = read_boxes(answer, every_class=True)
    assert [(box.label, box.confidence, box.left_px) for box in boxes] == [
        (MotionClass.PERSON, 0.625, 95),
        (MotionClass.INSECT, 0.5, 195),
        (MotionClass.CLOTH, 0.25, 95),
    ]


def test_surest_box_comes_first_and_unsure_ones_are_left_out() -> None:
    answer = raw((20, 20, 8, 8, 0, 0.25), (60, 20, 8, 8, 0, 0.125), (100, 20, 8, 8, 0, 0.875), (140, 20, 8, 8, 0, 0.09))
    assert [box.confidence for box in read_boxes(answer)] == [0.875, 0.25, 0.125]
    assert [box.confidence for box in read_boxes(answer, confidence=0.25)] == [0.875]


def test_answer_without_anything_gives_no_boxes() -> None:
    assert read_boxes(raw()) == []
    assert read_boxes(raw((20, 20, 8, 8, 0, 0.05))) == []


def test_boxes_are_cut_at_the_border() -> None:
    answer = raw((2, MOSAIC_PX - 1, 10, 20, 0, 0.5))
    assert read_boxes(answer) == [Box(MotionClass.FALLING_OBJECT, 0.5, 0, MOSAIC_PX - 11, 7, MOSAIC_PX)]


def test_covered_boxes_are_suppressed_as_worked_by_hand() -> None:
    corners_px = np.array(
        [
            [0, 0, 10, 10],
            [3, 0, 13, 10],  # shares 70 of 130 with the first: 0.54, goes
            [4, 0, 14, 10],  # shares 60 of 140 with the first: 0.43, stays; 0.82 with the second, which is gone
            [5, 0, 15, 10],  # shares 90 of 110 with the third: 0.82, goes
            [0, 0, 10, 20],  # shares 100 of 200 with the first: 0.5, no more than OVERLAP, stays
            [0, 0, 10, 10],  # the first's place, of another class: stays
            [40, 40, 40, 40],  # without an area: stays
        ],
        np.float32,
    )
    assert OVERLAP == 0.5
    assert suppress(corners_px, np.array([2, 2, 2, 2, 2, 7, 2])).tolist() == [0, 2, 4, 5, 6]


def test_no_more_than_the_most_boxes_are_told() -> None:
    places = [(column, row) for row in range(1, 91) for column in range(1, 9)]
    anchors = [(4.0 * column, 4.0 * row, 2.0, 2.0, 0, 0.9 - 0.001 * row) for column, row in places]
    boxes = read_boxes(raw(*anchors[::-1]))
    assert len(boxes) == MOST_BOXES
    assert boxes[-1].confidence == pytest.approx(0.9 - 0.038, abs=1e-6)


def test_network_reads_channels_in_reverse_and_from_nought_to_one() -> None:
    mosaic = np.zeros((MOSAIC_PX, MOSAIC_PX, 3), np.uint8)
    mosaic[5, 9] = 0, 51, 255
    blob = to_input(mosaic)
    assert blob.shape == (1, 3, MOSAIC_PX, MOSAIC_PX)
    assert blob.dtype == np.float32
    assert blob.flags.c_contiguous
    assert blob[0, :, 5, 9].tolist() == pytest.approx([1.0, 0.2, 0.0])
    assert np.count_nonzero(blob) == 2

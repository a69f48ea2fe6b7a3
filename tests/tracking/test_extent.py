"""What the extent of a detection says."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tracking.amplitude import follow
from tracking.extent import CLASSES, extent_chance, extents, log_weights

Array = NDArray[np.float64]


def chance_of(extent: NDArray[np.int64], expected: Array) -> Array:
    return extent_chance(extent, expected, log_weights(expected))


def test_areas_are_classed_by_their_binary_logarithm() -> None:
    areas = np.array([0.0, 1, 2, 3, 5, 6, 11, 12, 22, 23, 45, 46, 1e6])
    assert extents(areas).tolist() == [0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


def test_chance_of_the_expected_extent_by_hand() -> None:
    # An expected extent of 2: weights exp(-d^2 / 2) of the seven classes at distances 2 1 0 1 2 3 4.
    total = 1 + 2 * math.exp(-0.5) + 2 * math.exp(-2) + math.exp(-4.5) + math.exp(-8)
    chance = chance_of(np.array([2, 3]), np.array([2.0, 2.0]))
    assert chance == pytest.approx([-math.log(total), -0.5 - math.log(total)])


@pytest.mark.parametrize("expected", [0.0, 0.4, 3.3, 6.0])
def test_chances_of_all_extents_add_up_to_one(expected: float) -> None:
    chances = chance_of(np.arange(CLASSES), np.full(CLASSES, expected))
    assert np.exp(chances).sum() == pytest.approx(1)


def test_chances_broadcast_over_tracks_and_detections() -> None:
    chances = chance_of(np.array([[0, 1, 2]]), np.array([[0.5], [1.5]]))
    assert chances.shape == (2, 3)
    assert chances[1, 2] == pytest.approx(float(chance_of(np.array(2), np.array(1.5))))


def test_expected_extent_moves_a_fifth_of_the_way() -> None:
    assert follow(np.array([1.0, 2.0]), np.array([2, 2])) == pytest.approx([1.2, 2.0])

"""What the strength of a detection says."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tracking.amplitude import CLUTTER_DECAY, OBJECT_SIGMA, follow, log_chance_seen, strength_gain

Array = NDArray[np.float64]


def gain_of(strength: Array, expected: Array) -> Array:
    return strength_gain(strength, expected, log_chance_seen(expected))


def test_gain_of_the_expected_strength_by_hand() -> None:
    # Density of the object at its mean, of which 0.8944 lies above 0, over the clutter's 2.5 exp(-2.5 s) at s = 1.
    of_object = 1 / (OBJECT_SIGMA * math.sqrt(2 * math.pi)) / 0.894350
    of_clutter = CLUTTER_DECAY * math.exp(-CLUTTER_DECAY)
    assert gain_of(np.array(1.0), np.array(1.0)) == pytest.approx(math.log(of_object / of_clutter), abs=1e-5)


@pytest.mark.parametrize("expected", [0.1, 1.5])
def test_both_densities_are_densities_of_what_is_seen(expected: float) -> None:
    strength = np.linspace(0, 9, 3001)
    of_clutter = CLUTTER_DECAY * np.exp(-CLUTTER_DECAY * strength)
    of_object = np.exp(gain_of(strength, np.array(expected))) * of_clutter
    assert np.trapezoid(of_clutter, strength) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(of_object, strength) == pytest.approx(1, abs=1e-3)


def test_weak_detection_speaks_against_a_strong_track() -> None:
    strong = np.array(2.0)
    assert gain_of(np.array(0.0), strong) < 0 < gain_of(np.array(2.0), strong)


def test_gains_broadcast_over_tracks_and_detections() -> None:
    gain = gain_of(np.array([[0.0, 1.0, 2.0]]), np.array([[0.5], [1.5]]))
    assert gain.shape == (2, 3)
    assert gain[1, 2] == gain_of(np.array(2.0), np.array(1.5))


def test_expected_strength_moves_a_fifth_of_the_way() -> None:
    assert follow(np.array([1.0, 2.0]), np.array([2.0, 2.0])) == pytest.approx([1.2, 2.0])

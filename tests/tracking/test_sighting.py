"""Detections laid out as arrays."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import GivenClutter, dot
from tracking.sighting import PixelSpace, make_sightings, measured_sigma_px
from vision.detection import Detection

Array = NDArray[np.float64]


class HalfMetres:
    """A track space of half a metre a pixel."""

    def from_px(self, position_px: Array) -> Array:
        return position_px * 0.5

    def units_per_px(self, position_px: Array) -> Array:
        return np.full(len(position_px), 0.5)


def test_centre_of_a_dot_is_good_to_a_pixel_and_of_a_smear_to_a_tenth() -> None:
    sigma = measured_sigma_px(np.array([1.0, 6.0, 3.0]), np.array([1.0, 3.0, 40.0]))
    assert sigma == pytest.approx([math.hypot(0.8, 0.1), 1.0, math.hypot(0.8, 4.0)])


def test_columns_hold_what_the_detections_said() -> None:
    detections = [dot(1.0, 10.0, 20.0, size_px=6.0, snr=math.e), dot(1.0, 30.0, 40.0, size_px=6.0, contrast=-20.0)]
    seen = make_sightings(1.0, 0.01, detections, PixelSpace(), GivenClutter(np.array([1e-4, 2e-4])))
    assert len(seen) == 2
    assert (seen.time_s, seen.timing_sigma_s) == (1.0, 0.01)
    assert seen.position.tolist() == [[10.0, 20.0], [30.0, 40.0]]
    assert seen.variance == pytest.approx([1.0, 1.0])
    assert seen.contrast.tolist() == [40.0, -20.0]
    assert seen.strength[0] == pytest.approx(1.0)
    assert seen.density.tolist() == [1e-4, 2e-4]


def test_what_is_weaker_than_just_seen_has_no_strength() -> None:
    seen = make_sightings(0.0, 0.0, [dot(0.0, 1.0, 1.0, snr=0.3)], PixelSpace(), GivenClutter(np.ones(1)))
    assert seen.strength.tolist() == [0.0]


def test_units_of_the_space_scale_error_and_density() -> None:
    seen = make_sightings(0.0, 0.0, [dot(0.0, 10.0, 20.0, size_px=6.0)], HalfMetres(), GivenClutter(1e-4))
    assert seen.position.tolist() == [[5.0, 10.0]]
    assert seen.position_px.tolist() == [[10.0, 20.0]]
    assert seen.variance == pytest.approx([0.25])
    # A square pixel is a quarter of a square metre: four times as many detections a square metre.
    assert seen.density == pytest.approx([4e-4])


def test_choosing_keeps_rows_together() -> None:
    detections = [dot(0.0, float(i), 10.0 * i, size_px=3.0 + i) for i in range(5)]
    seen = make_sightings(0.0, 0.0, detections, PixelSpace(), GivenClutter(np.arange(5.0))).only(np.array([4, 1]))
    assert [d.x_px for d in seen.detections] == [4.0, 1.0]
    assert seen.position[:, 1].tolist() == [40.0, 10.0]
    assert seen.density.tolist() == [4.0, 1.0]
    assert seen.area.tolist() == [float(detections[4].area_px), float(detections[1].area_px)]


def test_frame_without_detections_has_empty_columns() -> None:
    none: list[Detection] = []
    seen = make_sightings(0.0, 0.0, none, PixelSpace(), GivenClutter(np.empty(0)))
    assert len(seen) == 0
    assert seen.position.shape == (0, 2)
    assert seen.only(np.empty(0, np.int64)).variance.shape == (0,)


def test_most_promising_stand_out_from_the_clutter_around_them() -> None:
    # Strong, weak, and as strong as the first in a place that is a thousand times as restless.
    detections = [dot(0.0, 1.0, 1.0, snr=6.0), dot(0.0, 2.0, 2.0, snr=1.0), dot(0.0, 3.0, 3.0, snr=6.0)]
    seen = make_sightings(0.0, 0.0, detections, PixelSpace(), GivenClutter(np.array([1e-6, 1e-6, 1e-2])))
    assert [d.x_px for d in seen.promising(1).detections] == [1.0]
    assert [d.x_px for d in seen.promising(2).detections] == [1.0, 2.0]
    assert seen.promising(3) is seen

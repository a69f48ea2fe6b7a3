import math

import numpy as np
import pytest
from numpy.typing import NDArray

from samples.coverage import Patch, Shape, polygon, sweep


def centroid(patch: Patch) -> tuple[float, float]:
    rows, columns = np.mgrid[0 : patch.coverage.shape[0], 0 : patch.coverage.shape[1]]
    total = float(patch.coverage.sum())
    x_px = float((patch.coverage * columns).sum()) / total + patch.left_px
    return x_px, float((patch.coverage * rows).sum()) / total + patch.top_px


def still(x_px: float, y_px: float) -> NDArray[np.float64]:
    return np.tile([[x_px, y_px]], (8, 1))


def test_box_on_whole_pixels_covers_exactly_those() -> None:
    # Pixels are centred at whole numbers, so 2 x 2 px about (10.5, 20.5) are the pixels 10 and 11, 20 and 21.
    patch = sweep("box", still(10.5, 20.5), (2.0, 2.0), np.zeros(8))
    covered = np.argwhere(patch.coverage > 1e-6) + (patch.top_px, patch.left_px)
    assert covered.tolist() == [[20, 10], [20, 11], [21, 10], [21, 11]]
    assert patch.coverage.max() == pytest.approx(1.0)


def test_box_between_pixels_is_shared_by_overlap() -> None:
    patch = sweep("box", still(10.25, 20.0), (1.0, 1.0), np.zeros(8))
    row = patch.coverage[20 - patch.top_px]
    assert row[10 - patch.left_px] == pytest.approx(0.75)
    assert row[11 - patch.left_px] == pytest.approx(0.25)


@pytest.mark.parametrize("sides", [(0.3, 0.2), (1.0, 0.4), (3.0, 2.0), (9.0, 5.0), (30.0, 18.0)])
@pytest.mark.parametrize("shape", ["ellipse", "box"])
def test_sum_of_coverage_is_the_area_of_any_size(shape: Shape, sides: tuple[float, float]) -> None:
    patch = sweep(shape, still(50.3, 60.7), sides, np.full(8, 0.6))
    area_px = sides[0] * sides[1] * (math.pi / 4.0 if shape == "ellipse" else 1.0)
    assert float(patch.coverage.sum()) == pytest.approx(area_px, rel=0.06)
    # What is smaller than a pixel and inside it cannot be told from its middle.
    assert centroid(patch) == pytest.approx((50.3, 60.7), abs=max(0.06, 0.4 - 0.4 * min(sides)))


def test_motion_dilutes_the_coverage_and_keeps_its_sum() -> None:
    places = np.column_stack([np.linspace(40.0, 60.0, 40), np.full(40, 30.0)])
    patch = sweep("ellipse", places, (4.0, 4.0), np.zeros(40))
    assert float(patch.coverage.sum()) == pytest.approx(math.pi * 4.0, rel=0.03)
    assert float(patch.coverage.max()) == pytest.approx(4.0 / 20.5, rel=0.1)
    assert centroid(patch) == pytest.approx((50.0, 30.0), abs=0.02)


def test_shape_that_is_there_half_the_exposure_covers_half() -> None:
    patch = sweep("box", still(10.0, 10.0), (3.0, 3.0), np.zeros(8), total=16)
    assert float(patch.coverage.max()) == pytest.approx(0.5)


def test_polygon_covers_its_area() -> None:
    patch = polygon(np.array([[10.0, 10.0], [30.0, 12.0], [28.0, 40.0], [9.0, 38.0]]))
    assert float(patch.coverage.sum()) == pytest.approx(539.0, rel=0.05)
    assert centroid(patch) == pytest.approx((19.3, 25.0), abs=0.4)

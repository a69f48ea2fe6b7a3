"""The origin of something light, from where it was first seen."""

import numpy as np
import pytest

from floors.first_sight import trace_first_sight
from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import LookingUp


def seen_px(x_m: float, height_m: float, before_m: float) -> tuple[float, float]:
    place = np.array([[x_m, WALL_M - before_m, height_m - EYE_M]])
    x_px, y_px = LookingUp().project(place)[0]
    return float(x_px), float(y_px)


@pytest.mark.parametrize("floor", [9, 12, 16])
def test_hand_in_the_middle_of_a_window(floor: int) -> None:
    origin = trace_first_sight(facade(), *seen_px(4.0, 3.0 * (floor - 1) + 1.3, 0.4))
    assert (origin.floor, origin.unit) == (floor, "02")
    assert origin.probability > 0.7


def test_distance_before_the_wall_is_allowed_for() -> None:
    # At 47 m, 1.8 m of height for each metre before the wall: seen 0.4 m before it, 45.2 m look like 45.9 m.
    origin = trace_first_sight(facade(), *seen_px(4.0, 3.0 * 15 + 0.5, 0.4))
    assert origin.floor == 16


def test_between_two_floors_both_are_named() -> None:
    origin = trace_first_sight(facade(), *seen_px(-4.0, 3.0 * 11 + 0.2, 0.4))
    assert {11, 12} <= {candidate.floor for candidate in origin.candidates}
    assert (origin.floor_low, origin.floor_high) == (11, 12)

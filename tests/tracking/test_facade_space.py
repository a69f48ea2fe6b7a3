"""Tracks in metres on the facade."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import FPS, GRAVITY_M_S2, HEIGHT_PX, WIDTH_PX, LookingUp, clutter, dot
from tracking.facade_space import FARTHEST_M, FacadeSpace
from tracking.setup import make_tracker
from tracking.track import Track

Array = NDArray[np.float64]


def wall_px(x_m: Array, height_m: Array) -> Array:
    return LookingUp().project(np.column_stack([x_m, np.full_like(x_m, WALL_M), height_m - EYE_M]))


def test_place_on_the_wall_is_told_in_metres_with_down_as_minus_the_height() -> None:
    x_m, height_m = np.array([-3.0, 0.0, 5.5]), np.array([26.0, 40.0, 49.0])
    assert FacadeSpace(facade()).from_px(wall_px(x_m, height_m)) == pytest.approx(
        np.column_stack([x_m, -height_m]), abs=0.01
    )


def test_pixel_is_worth_more_metres_higher_up() -> None:
    # By differences of the projection itself: one pixel at 25 m and at 48 m.
    heights_m = np.array([25.0, 48.0])
    rows = wall_px(np.zeros(2), heights_m)[:, 1] - wall_px(np.zeros(2), heights_m + 0.01)[:, 1]
    scale = FacadeSpace(facade()).units_per_px(wall_px(np.zeros(2), heights_m))
    assert scale == pytest.approx(0.01 / rows, rel=0.01)
    assert scale[1] > 1.5 * scale[0]


def test_pixels_beyond_the_horizon_of_the_wall_stay_finite() -> None:
    corners = np.array([[0.0, 0.0], [1919.0, 0.0], [0.0, 1079.0], [960.0, -5000.0], [960.0, 5000.0]])
    space = FacadeSpace(facade())
    assert np.abs(space.from_px(corners)).max() <= FARTHEST_M
    assert (space.units_per_px(corners) > 0).all()


def test_frame_without_detections_has_no_places() -> None:
    space = FacadeSpace(facade())
    nothing = np.empty((0, 2))
    assert space.from_px(nothing).shape == (0, 2)
    assert space.units_per_px(nothing).shape == (0,)


def test_fall_before_a_facade_is_one_track_in_clutter() -> None:
    rng = np.random.default_rng(3)
    tracker = make_tracker(WIDTH_PX, HEIGHT_PX, facade())
    tracks: list[Track] = []
    visible = 0
    for frame in range(70):
        time_s = frame / FPS
        detections = clutter(rng, time_s, 50)
        height_m = 44.0 - GRAVITY_M_S2 * max(0.0, time_s - 1.0) ** 2 / 2
        if time_s > 1.05 and height_m > 24.0:
            (x_px, y_px), *_ = wall_px(np.array([-2.0]), np.array([height_m])) + rng.normal(0, 0.5, 2)
            detections.append(dot(time_s, float(x_px), float(y_px), size_px=6))
            visible += 1
        tracks += tracker.step(time_s, detections)
    (track,) = tracks + tracker.finish()
    # The first frames after the release, slower than the noise, start no track: they are traced back later.
    assert len(track.detections) >= 0.8 * visible
    assert all(abs(d.x_px - wall_px(np.array([-2.0]), np.array([35.0]))[0, 0]) < 40 for d in track.detections)

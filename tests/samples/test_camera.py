import math

import numpy as np
import pytest

from samples.camera import Camera, frame_facade
from samples.errors import SceneError

# 20 m from the wall, 2 m above the ground, looking 45 degrees up.
CAMERA = Camera(width_px=1280, height_px=720, focal_px=1000.0, position_m=(5.0, 2.0, 20.0), pitch_deg=45.0)


def test_optical_axis_meets_the_wall_where_trigonometry_says() -> None:
    # 45 degrees up from 2 m at 20 m: the axis meets the wall at 22 m.
    assert CAMERA.project(np.array([[5.0, 22.0, 0.0]])) == pytest.approx(np.array([[640.0, 360.0]]))


def test_point_beside_the_axis_is_as_far_to_the_right_as_worked_by_hand() -> None:
    # The slant distance is 20 sqrt(2) m, so 2 m to the right are 1000 * 2 / 28.284 = 70.711 px.
    assert CAMERA.project(np.array([[7.0, 22.0, 0.0]])) == pytest.approx(np.array([[710.7107, 360.0]]), abs=1e-3)


def test_point_straight_ahead_is_below_the_middle() -> None:
    # At the camera's own height the ray is 45 degrees under the axis: 1000 * tan(45 degrees) = 1000 px down.
    assert CAMERA.project(np.array([[5.0, 2.0, 0.0]])) == pytest.approx(np.array([[640.0, 1360.0]]))


def test_coming_out_of_the_wall_moves_down_and_nearer() -> None:
    points = np.array([[5.0, 22.0, 0.0], [5.0, 22.0, 4.0]])
    pixels, depth_m = CAMERA.project(points), CAMERA.depth_m(points)
    # 4 m out of the wall are 4 cos 45 nearer along the axis and 4 sin 45 against "down".
    half = 4.0 * math.sqrt(0.5)
    assert depth_m == pytest.approx([20 * math.sqrt(2.0), 20 * math.sqrt(2.0) - half])
    assert pixels[1, 1] == pytest.approx(360.0 - 1000.0 * half / (20 * math.sqrt(2.0) - half))


def test_yaw_to_the_right_moves_the_wall_to_the_left() -> None:
    turned = Camera(1280, 720, 1000.0, (5.0, 2.0, 20.0), pitch_deg=0.0, yaw_deg=10.0)
    pixel = turned.project(np.array([[5.0, 2.0, 0.0]]))
    assert pixel == pytest.approx(np.array([[640.0 - 1000.0 * math.tan(math.radians(10.0)), 360.0]]))


@pytest.mark.parametrize("roll_deg", [-10.0, 10.0])
def test_roll_to_the_right_turns_the_picture_to_the_left(roll_deg: float) -> None:
    rolled = Camera(1280, 720, 1000.0, (5.0, 2.0, 20.0), pitch_deg=0.0, roll_deg=roll_deg)
    pixel = rolled.project(np.array([[6.0, 2.0, 0.0]]))[0]
    assert pixel[1] == pytest.approx(360.0 - 50.0 * math.sin(math.radians(roll_deg)))


def test_homography_agrees_with_projection() -> None:
    camera = Camera(1920, 1080, 1300.0, (4.0, 1.7, 25.0), pitch_deg=48.0, yaw_deg=-4.0, roll_deg=1.2)
    points = np.array([[0.0, 10.0], [12.0, 30.0], [20.0, 55.0]])
    mapped = np.column_stack([points, np.ones(3)]) @ camera.facade_homography().T
    seen = camera.project(np.column_stack([points, np.zeros(3)]))
    assert mapped[:, :2] / mapped[:, 2:] == pytest.approx(seen)


def test_axes_are_a_rotation() -> None:
    axes = Camera(1920, 1080, 1300.0, (4.0, 1.7, 25.0), 48.0, -4.0, 1.2).axes()
    assert axes @ axes.T == pytest.approx(np.eye(3))
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_point_behind_the_camera_is_refused() -> None:
    with pytest.raises(SceneError, match="behind the camera"):
        CAMERA.project(np.array([[5.0, 2.0, 45.0]]))


def test_framing_puts_the_range_of_heights_at_the_borders() -> None:
    camera = frame_facade((1920, 1080), (10.0, 2.0, 24.0), (12.0, 55.0))
    bottom, top = camera.project(np.array([[10.0, 12.0, 0.0], [10.0, 55.0, 0.0]]))[:, 1]
    assert bottom == pytest.approx(540.0 * 1.97)
    assert top == pytest.approx(540.0 * 0.03)


def test_framing_an_empty_range_is_refused() -> None:
    with pytest.raises(SceneError, match="upward range"):
        frame_facade((1920, 1080), (10.0, 2.0, 24.0), (55.0, 12.0))

import numpy as np
import pytest

from floors.camera import Camera
from floors.lens import Lens
from tests.floors.scenes import look

LENS = Lens((-0.12, 0.03, 0.001, -0.0005, 0.0), 1300.0, (960.0, 540.0))


def test_camera_before_the_wall_sees_up_as_up_and_right_as_right() -> None:
    camera = look((0.0, 0.0, 10.0), (0.0, 0.0, 0.0), focal_px=1000.0)
    # By hand: 10 m away, 1 m right and 2 m up: 100 px right of the middle and 200 px above it.
    assert camera.project(np.array([1.0, 2.0, 0.0])) == pytest.approx([1060.0, 340.0])
    assert camera.on_facade(np.array([1060.0, 340.0])) == pytest.approx([1.0, 2.0])


def test_homography_agrees_with_projection() -> None:
    camera = look((3.0, 1.6, 20.0), (12.0, 30.0, 0.0))
    x, y, w = camera.facade_homography() @ [7.0, 25.0, 1.0]
    assert camera.project(np.array([7.0, 25.0, 0.0])) == pytest.approx([x / w, y / w])


def test_jacobian_agrees_with_differences() -> None:
    camera = look((3.0, 1.6, 20.0), (12.0, 30.0, 0.0))
    place = np.array([7.0, 25.0, 1.5])
    steps = 1e-5 * np.eye(3)
    expected = np.stack([(camera.project(place + s) - camera.project(place - s)) / 2e-5 for s in steps], axis=-1)
    assert camera.jacobian(place) == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_lens_and_its_inverse_cancel_out() -> None:
    points = np.array([[10.0, 20.0], [960.0, 540.0], [1900.0, 1000.0], [1200.0, 40.0]])
    assert LENS.distort(LENS.undistort(points)) == pytest.approx(points, abs=1e-3)


def test_barrel_lens_pulls_corners_inwards() -> None:
    corner = LENS.distort(np.array([0.0, 0.0]))
    assert np.all(corner > 20.0)


def test_facade_is_met_through_the_lens_too() -> None:
    straight = look((3.0, 1.6, 20.0), (12.0, 30.0, 0.0))
    camera = Camera(straight.focal_px, straight.centre_px, straight.rotation, straight.position_m, LENS)
    pixel = camera.project(np.array([7.0, 25.0, 0.0]))
    assert camera.on_facade(pixel) == pytest.approx([7.0, 25.0], abs=1e-4)

import numpy as np
import pytest

from floors.errors import GeometryError
from floors.lens import Lens
from floors.pose import PoseEstimate, estimate_pose
from tests.floors.scenes import FRAME, Array, look

CORNERS = np.array([[0.0, 0.0], [24.0, 0.0], [24.0, 54.0], [0.0, 54.0]])


def pixels_of(camera: "object", metres: Array) -> Array:
    pixels: Array = camera.project(np.column_stack((metres, np.zeros(len(metres)))))  # type: ignore[attr-defined]
    return pixels


@pytest.mark.parametrize("focal_px", [800.0, 1300.0, 1700.0])
@pytest.mark.parametrize("position", [(3.0, 1.6, 18.0), (-5.0, 4.0, 30.0), (30.0, 2.0, 40.0)])
def test_pose_from_exact_points_is_exact(focal_px: float, position: tuple[float, float, float]) -> None:
    camera = look(position, (12.0, 27.0, 0.0), focal_px)
    pose = estimate_pose(CORNERS, pixels_of(camera, CORNERS), FRAME)
    assert pose.camera.focal_px == pytest.approx(focal_px, rel=2e-3)
    assert pose.camera.position_m == pytest.approx(camera.position_m, abs=0.1)
    assert pose.camera.rotation == pytest.approx(camera.rotation, abs=2e-3)
    assert pose.residual_rms_px < 0.1
    assert not pose.focal_from_prior


def clicked(sigma_px: float, seed: int) -> PoseEstimate:
    rng = np.random.default_rng(seed)
    camera = look((3.0, 1.6, 18.0), (12.0, 27.0, 0.0), 1300.0)
    return estimate_pose(CORNERS, pixels_of(camera, CORNERS) + rng.normal(0, sigma_px, (4, 2)), FRAME)


def test_pose_from_clicks_of_four_pixels_stays_sensible() -> None:
    poses = [clicked(4.0, seed) for seed in range(20)]
    assert all(abs(np.log(pose.camera.focal_px / 1300.0)) < 0.1 for pose in poses)
    assert all(abs(pose.camera.position_m[2] - 18.0) < 1.5 for pose in poses)


def test_covariance_of_facade_metres_matches_the_scatter() -> None:
    camera = look((3.0, 1.6, 18.0), (12.0, 27.0, 0.0), 1300.0)
    x_px, y_px = camera.project(np.array([8.0, 45.0, 0.0]))
    poses = [clicked(2.0, seed) for seed in range(60)]
    heights = [pose.camera.on_facade(np.array([x_px, y_px]))[1] for pose in poses]
    told = np.sqrt(poses[0].facade_covariance(float(x_px), float(y_px))[1, 1])
    assert np.std(heights) == pytest.approx(told, rel=0.4)


def test_view_square_to_the_wall_takes_a_usual_focal_length_and_says_so() -> None:
    camera = look((12.0, 15.0, 50.0), (12.0, 15.0, 0.0), 1300.0)
    corners = CORNERS * [1.0, 30 / 54]
    noise = np.random.default_rng(1).normal(0, 1.0, (4, 2))
    pose = estimate_pose(corners, pixels_of(camera, corners) + noise, FRAME)
    assert pose.focal_from_prior
    assert 0.35 < pose.camera.focal_px / FRAME[0] < 1.4
    assert "usual field of view" in pose.describe()


def test_known_focal_length_is_kept() -> None:
    camera = look((12.0, 15.0, 50.0), (12.0, 15.0, 0.0), 1300.0)
    pose = estimate_pose(CORNERS, pixels_of(camera, CORNERS), FRAME, focal_px=1300.0)
    assert pose.camera.focal_px == pytest.approx(1300.0, rel=1e-3)
    assert not pose.focal_from_prior


def test_distortion_is_taken_out_first() -> None:
    lens = Lens((-0.1, 0.02, 0.0, 0.0, 0.0), 1300.0, (960.0, 540.0))
    camera = look((3.0, 1.6, 18.0), (12.0, 27.0, 0.0), 1300.0)
    pose = estimate_pose(CORNERS, lens.distort(pixels_of(camera, CORNERS)), FRAME, lens=lens)
    assert pose.camera.focal_px == pytest.approx(1300.0, rel=2e-3)


def test_points_in_a_line_are_refused() -> None:
    with pytest.raises(GeometryError, match="line"):
        estimate_pose(CORNERS * [0.0, 1.0], CORNERS * [0.0, -10.0] + 500, FRAME)


def test_mirrored_points_are_refused() -> None:
    camera = look((3.0, 1.6, 18.0), (12.0, 27.0, 0.0))
    with pytest.raises(GeometryError, match="exchanged"):
        estimate_pose(CORNERS * [-1.0, 1.0], pixels_of(camera, CORNERS), FRAME)

"""Where the camera stands, from points of a facade.

One view of a plane gives the pose of a camera and, unless it looks at the wall squarely, its focal length (Zhang, "A
flexible new technique for camera calibration", 2000). What the points leave open is filled by what cameras usually
have: a horizontal field of view of 40 to 110 degrees.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from floors.camera import Camera
from floors.errors import GeometryError
from floors.homography import fit_homography
from floors.least_squares import Solution, solve
from floors.lens import Lens

Array = NDArray[np.float64]

# Of the logarithm of focal length by width: 40 to 110 degrees is 1.37 to 0.35, that is 0.69 times or by 2.
LOG_FOCAL_BY_WIDTH = float(np.log(0.69))
LOG_FOCAL_SIGMA = 0.4
_FOCAL_STARTS = (0.45, 0.7, 1.1)
_ILL_DETERMINED = 0.5
_MISSING_PX = 1e6
_STEPS = np.array([1e-6, 1e-7, 1e-7, 1e-7, 1e-5, 1e-5, 1e-5])


@dataclass(frozen=True, slots=True, eq=False)
class PoseEstimate:
    """A camera, and how well it is known.

    Attributes:
        camera: The best pose.
        covariance: (7, 7) of log focal length, rotation vector (3, camera frame), position (3, metres).
        residual_rms_px: Root mean square distance of the given points from the projected ones.
        focal_sigma: Standard deviation of the focal length by itself (0.1 is ten percent).
        focal_from_prior: Whether the points hardly tell the focal length, so that the usual one was assumed.
    """

    camera: Camera
    covariance: Array
    residual_rms_px: float
    focal_sigma: float
    focal_from_prior: bool

    def describe(self) -> str:
        """Say in words where the camera stands and how sure that is."""
        distance_m = float(self.camera.position_m[2])
        text = (
            f"camera {distance_m:.1f} m from the wall, focal length {self.camera.focal_px:.0f} px "
            f"(+-{100 * self.focal_sigma:.0f} %), points fit to {self.residual_rms_px:.1f} px"
        )
        if self.focal_from_prior:
            text += "; the view is nearly square to the wall, so a usual field of view was assumed"
        return text

    def facade_covariance(self, x_px: float, y_px: float) -> Array:
        """Give the (2, 2) covariance of the facade metres (x, y) that a pixel is taken for."""
        point = np.array([x_px, y_px])
        here = self.camera.on_facade(point)
        slopes = np.stack(
            [(_moved(self.camera, unit * step).on_facade(point) - here) / step for unit, step in _units()], axis=1
        )
        result: Array = slopes @ self.covariance @ slopes.T
        return result


def estimate_pose(
    facade_m: Array,
    points_px: Array,
    size_px: tuple[int, int],
    sigma_px: float = 2.0,
    focal_px: float | None = None,
    lens: Lens | None = None,
    centre_px: tuple[float, float] | None = None,
) -> PoseEstimate:
    """Estimate focal length, rotation and position from points of the facade.

    Args:
        facade_m: (N, 2) facade metres, x right, y up; 4 points at least.
        points_px: (N, 2) pixels of them.
        size_px: Width and height of the picture.
        sigma_px: Standard deviation with which the pixels were clicked.
        focal_px: Focal length where it is known.
        lens: Distortion of the lens.
        centre_px: Principal point; the middle of the picture unless given, or told by the lens.

    Raises:
        GeometryError: The points lie in a line, or no camera before the wall sees them so.
    """
    centre = lens.centre_px if lens else centre_px or (size_px[0] / 2, size_px[1] / 2)
    ideal = lens.undistort(points_px) if lens else points_px
    matrix = fit_homography(facade_m, ideal - np.array(centre))
    if np.linalg.det(matrix) > 0:
        raise GeometryError("left and right of the facade are exchanged: x is to the right, y up from the ground")
    belief = (np.log(focal_px), 0.002) if focal_px else (LOG_FOCAL_BY_WIDTH + np.log(size_px[0]), LOG_FOCAL_SIGMA)
    best: tuple[Solution, Camera] | None = None
    for focal in _starts(matrix, size_px[0], focal_px):
        start = Camera(focal, centre, *_decompose(matrix, focal), lens)
        points = _Points(start, np.column_stack((facade_m, np.zeros(len(facade_m)))), ideal, sigma_px, belief)
        solution = solve(points, np.zeros(7))
        if solution is not None and (best is None or solution.cost < best[0].cost - 1e-6):
            best = solution, _moved(start, solution.parameters)
    if best is None or best[1].position_m[2] <= 0:
        raise GeometryError("no camera before the wall sees the points so")
    solution, camera = best
    misses = solution.residuals[:-1].reshape(-1, 2) * sigma_px
    # Clicks that miss by more than was assumed make everything less sure.
    freedom = 2 * len(facade_m) - 7
    excess = max(1.0, float((solution.residuals[:-1] ** 2).sum()) / freedom) if freedom > 2 else 1.0
    focal_sigma = float(np.sqrt(solution.covariance[0, 0] * excess))
    return PoseEstimate(
        camera=camera,
        covariance=solution.covariance * excess,
        residual_rms_px=float(np.sqrt((misses**2).sum(axis=1).mean())),
        focal_sigma=focal_sigma,
        focal_from_prior=focal_px is None and focal_sigma > _ILL_DETERMINED * LOG_FOCAL_SIGMA,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Residuals of the facade's points for a camera moved by (log focal, rotation vector, shift)."""

    start: Camera
    world_m: Array
    ideal_px: Array
    sigma_px: float
    belief: tuple[float, float]

    def residuals(self, parameters: Array) -> Array:
        camera = _moved(self.start, parameters)
        depth = (self.world_m - camera.position_m) @ camera.rotation[2]
        misses = (camera.project_ideal(self.world_m) - self.ideal_px) / self.sigma_px
        misses[depth <= 0] = _MISSING_PX
        return np.append(misses.ravel(), (np.log(camera.focal_px) - self.belief[0]) / self.belief[1])

    def linearise(self, parameters: Array) -> tuple[Array, Array]:
        here = self.residuals(parameters)
        columns = [
            (self.residuals(parameters + unit * step) - self.residuals(parameters - unit * step)) / (2 * step)
            for unit, step in _units()
        ]
        return here, np.stack(columns, axis=1)


def _units() -> list[tuple[Array, float]]:
    return list(zip(np.eye(7), _STEPS.tolist(), strict=True))


def _moved(camera: Camera, change: Array) -> Camera:
    """Change a camera by (log focal, rotation vector in its own frame, shift in metres)."""
    turn = np.asarray(cv2.Rodrigues(change[1:4])[0], np.float64)
    focal = camera.focal_px * float(np.exp(change[0]))
    return Camera(focal, camera.centre_px, turn @ camera.rotation, camera.position_m + change[4:7], camera.lens)


def _starts(matrix: Array, width_px: int, focal_px: float | None) -> list[float]:
    """Give focal lengths to begin from: that of the two constraints on the homography, and usual ones."""
    if focal_px is not None:
        return [focal_px]
    first, second = matrix[:, 0], matrix[:, 1]
    # For K = diag(f, f, 1) the first two columns of K^-1 H are orthogonal and of one length.
    left = np.array([first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]])
    right = np.array([-first[2] * second[2], second[2] ** 2 - first[2] ** 2])
    inverse_square = float(left @ right) / max(float(left @ left), 1e-300)
    starts = [share * width_px for share in _FOCAL_STARTS]
    if inverse_square > 0:
        measured = float(1 / np.sqrt(inverse_square))
        starts.insert(0, float(np.clip(measured, 0.2 * width_px, 5 * width_px)))
    return starts


def _decompose(matrix: Array, focal_px: float) -> tuple[Array, Array]:
    """Give rotation and position of the camera whose homography (centred pixels) this nearly is."""
    scaled = np.diag([1 / focal_px, 1 / focal_px, 1.0]) @ matrix
    scaled = scaled / np.sqrt(np.linalg.norm(scaled[:, 0]) * np.linalg.norm(scaled[:, 1]))
    near = np.column_stack((scaled[:, 0], scaled[:, 1], np.cross(scaled[:, 0], scaled[:, 1])))
    left, _, right = np.linalg.svd(near)
    rotation = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    return rotation, -rotation.T @ scaled[:, 2]

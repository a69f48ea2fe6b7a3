"""A pinhole camera below a facade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from samples.errors import SceneError

_TOP_MARGIN = 0.97


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera with square pixels and a centred principal point.

    The world is that of the facade: x right, y up from the ground, z out of the wall, metres. Pixels are centred at
    whole numbers, x right, y down; the principal point is at (width / 2, height / 2).

    Attributes:
        width_px: Width of the picture.
        height_px: Height of the picture.
        focal_px: Focal length, pixels.
        position_m: Centre of projection (x, y, z), metres.
        pitch_deg: Elevation of the optical axis, degrees above the horizon.
        yaw_deg: Turn of the axis to the right, degrees; 0 looks straight at the wall.
        roll_deg: Turn of the camera about its axis, clockwise from behind, degrees; the picture turns the other way.
    """

    width_px: int
    height_px: int
    focal_px: float
    position_m: tuple[float, float, float]
    pitch_deg: float
    yaw_deg: float = 0.0
    roll_deg: float = 0.0

    def axes(self) -> NDArray[np.float64]:
        """Return the (3, 3) rotation from world to camera: rows right, down, forward; not to be written to."""
        return _axes(self.pitch_deg, self.yaw_deg, self.roll_deg)

    def depth_m(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of (n, 3) world points along the optical axis, (n,) metres."""
        depth: NDArray[np.float64] = (points_m - np.asarray(self.position_m)) @ self.axes()[2]
        return depth

    def project(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project world points into the picture.

        Args:
            points_m: (n, 3) metres.

        Returns:
            (n, 2) pixels; may lie outside the frame.

        Raises:
            SceneError: A point is behind the camera.
        """
        seen = (points_m - np.asarray(self.position_m)) @ self.axes().T
        if np.any(seen[:, 2] <= 0.0):
            raise SceneError(
                "a point to be drawn is behind the camera: move the camera away from the wall or look up less"
            )
        scaled = self.focal_px * seen[:, :2] / seen[:, 2:3]
        pixels: NDArray[np.float64] = scaled + (self.width_px / 2.0, self.height_px / 2.0)
        return pixels

    def facade_homography(self) -> NDArray[np.float64]:
        """Return the (3, 3) map from facade metres (x, y, 1) to homogeneous pixels (Hartley & Zisserman, ch. 8.1)."""
        axes = self.axes()
        intrinsics = np.array(
            [[self.focal_px, 0.0, self.width_px / 2.0], [0.0, self.focal_px, self.height_px / 2.0], [0.0, 0.0, 1.0]],
        )
        pose = np.column_stack([axes[:, 0], axes[:, 1], -axes @ np.asarray(self.position_m)])
        homography: NDArray[np.float64] = intrinsics @ pose
        return homography

    def contains(self, pixels: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which of (n, 2) pixels lie in the frame."""
        x_px, y_px = pixels[:, 0], pixels[:, 1]
        inside: NDArray[np.bool_] = (
            (x_px >= 0.0) & (x_px <= self.width_px - 1.0) & (y_px >= 0.0) & (y_px <= self.height_px - 1.0)
        )
        return inside


@cache
def _axes(pitch_deg: float, yaw_deg: float, roll_deg: float) -> NDArray[np.float64]:
    """Make the axes of a camera; asked for by each thing drawn in each frame, so kept."""
    pitch, yaw, roll = (math.radians(angle) for angle in (pitch_deg, yaw_deg, roll_deg))
    forward = np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), -math.cos(yaw) * math.cos(pitch)])
    right = np.array([math.cos(yaw), 0.0, math.sin(yaw)])
    down = np.cross(forward, right)
    turned_right = math.cos(roll) * right + math.sin(roll) * down
    turned_down = math.cos(roll) * down - math.sin(roll) * right
    axes = np.stack([turned_right, turned_down, forward])
    axes.flags.writeable = False
    return axes


def frame_facade(
    size_px: tuple[int, int],
    position_m: tuple[float, float, float],
    heights_m: tuple[float, float],
    turn_deg: tuple[float, float] = (0.0, 0.0),
) -> Camera:
    """Choose pitch and focal length so that a range of heights on the wall fills the picture from bottom to top.

    Args:
        size_px: Width and height of the picture.
        position_m: Centre of projection.
        heights_m: Lowest and highest height to be seen on the wall, metres.
        turn_deg: Yaw and roll, degrees.

    Returns:
        The camera.

    Raises:
        SceneError: The range is empty or the camera is not in front of the wall.
    """
    low_m, high_m = heights_m
    _, camera_height_m, distance_m = position_m
    if distance_m <= 0.0 or high_m <= low_m:
        raise SceneError(
            f"no camera at {distance_m} m from the wall can frame {low_m} m to {high_m} m: give an upward range"
        )
    low = math.atan2(low_m - camera_height_m, distance_m)
    high = math.atan2(high_m - camera_height_m, distance_m)
    focal_px = _TOP_MARGIN * size_px[1] / 2.0 / math.tan((high - low) / 2.0)
    return Camera(size_px[0], size_px[1], focal_px, position_m, math.degrees((low + high) / 2.0), *turn_deg)

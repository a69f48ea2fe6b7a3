"""A camera that looks at a facade."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.lens import Lens

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole camera with square pixels in the world of the facade.

    World: the facade is the plane z = 0, x right, y up from the ground, z out of the wall towards the camera, metres.
    Camera: x right, y down, z forward.

    Attributes:
        focal_px: Focal length, pixels.
        centre_px: Principal point (x, y), pixels.
        rotation: (3, 3) world to camera; its rows are the camera's right, down and forward axes in the world.
        position_m: (3,) optical centre in the world, metres.
        lens: Distortion of the lens; None for a pinhole.
    """

    focal_px: float
    centre_px: tuple[float, float]
    rotation: Array
    position_m: Array
    lens: Lens | None = None

    def project(self, world_m: Array) -> Array:
        """Project world points (..., 3), metres, to pixels (..., 2). Points must lie before the camera."""
        return self.seen_pixels(self.project_ideal(world_m))

    def project_ideal(self, world_m: Array) -> Array:
        """Project world points (..., 3), metres, to undistorted pixels (..., 2)."""
        seen = (world_m - self.position_m) @ self.rotation.T
        return seen[..., :2] / seen[..., 2:] * self.focal_px + self.centre_px

    def ideal_pixels(self, points_px: Array) -> Array:
        """Take the lens's distortion out of pixels (..., 2)."""
        return points_px if self.lens is None else self.lens.undistort(points_px)

    def seen_pixels(self, ideal_px: Array) -> Array:
        """Put the lens's distortion into pixels (..., 2)."""
        return ideal_px if self.lens is None else self.lens.distort(ideal_px)

    def jacobian(self, world_m: Array) -> Array:
        """Differentiate undistorted pixels by world position: (..., 3) to (..., 2, 3), pixels a metre."""
        seen = (world_m - self.position_m) @ self.rotation.T
        depth = seen[..., 2]
        slopes = seen[..., :2] / depth[..., None]
        rows = self.rotation[:2] - slopes[..., :, None] * self.rotation[2]
        result: Array = rows * (self.focal_px / depth)[..., None, None]
        return result

    def facade_homography(self) -> Array:
        """Give the (3, 3) matrix from facade (x m, y m, 1) to undistorted pixels (x, y, 1)."""
        intrinsics = np.array(
            [[self.focal_px, 0, self.centre_px[0]], [0, self.focal_px, self.centre_px[1]], [0, 0, 1.0]]
        )
        offset = -self.rotation @ self.position_m
        result: Array = intrinsics @ np.column_stack((self.rotation[:, 0], self.rotation[:, 1], offset))
        return result

    def on_facade(self, points_px: Array) -> Array:
        """Meet the rays of pixels (..., 2) with the wall: (..., 2) facade metres."""
        ideal = self.ideal_pixels(points_px)
        local = (ideal - self.centre_px) / self.focal_px
        rays = np.concatenate((local, np.ones_like(local[..., :1])), axis=-1) @ self.rotation
        result: Array = self.position_m[:2] - rays[..., :2] * (self.position_m[2] / rays[..., 2:])
        return result

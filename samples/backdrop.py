"""What stands still: the tower as the camera sees it, and the sky behind it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera
from samples.facade_texture import Texture

_BAND_ROWS = 48
_KEPT_DETAIL = 1.25
_FINEST_PX_PER_M = 90.0


def wanted_px_per_m(camera: Camera, height_m: float, width_m: float) -> float:
    """Tell the resolution that does not magnify the nearest part of the wall in view, at most 90 px to the metre."""
    heights_m, places_m = np.meshgrid(np.linspace(0.0, height_m, 60), np.linspace(0.0, width_m, 9))
    points_m = np.stack([places_m.ravel(), heights_m.ravel(), np.zeros(heights_m.size)], axis=1)
    points_m = points_m[camera.depth_m(points_m) > 0.1]
    seen = points_m[camera.contains(camera.project(points_m))]
    if len(seen) == 0:
        return 10.0
    return float(min(camera.focal_px / camera.depth_m(seen).min(), _FINEST_PX_PER_M))


def paint_backdrop(camera: Camera, texture: Texture, is_night: bool, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Paint the wall over the sky.

    The texture is reduced to the resolution of each band of rows before it is projected, so that the grazing upper
    floors are averaged over areas instead of sampled.

    Args:
        camera: The camera.
        texture: The wall, from its lower left corner at (0, 0).
        is_night: Whether the sky is dark.
        rng: Source of chance.

    Returns:
        (height, width, 3) uint8 BGR.
    """
    picture = _paint_sky(camera, is_night, rng)
    for top in range(0, camera.height_px, _BAND_ROWS):
        rows = min(_BAND_ROWS, camera.height_px - top)
        wall = _project_band(camera, texture, top, rows)
        if wall is not None:
            share = wall[..., 3:] / 255.0
            picture[top : top + rows] = picture[top : top + rows] * (1.0 - share) + wall[..., :3]
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _paint_sky(camera: Camera, is_night: bool, rng: np.random.Generator) -> NDArray[np.float32]:
    size = (camera.width_px, camera.height_px)
    clouds = cv2.resize(rng.standard_normal((5, 8)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    ramp = np.linspace(0.0, 1.0, camera.height_px, dtype=np.float32)[:, None]
    if is_night:
        base, depth = np.array([24.0, 18.0, 17.0], np.float32), 2.0
    else:
        base, depth = np.array(rng.choice([[232, 226, 220], [226, 190, 150]]), np.float32), 5.0
    tone = (1.0 + 0.04 * ramp)[..., None] * base + depth * clouds[..., None]
    return np.clip(tone, 0, 255).astype(np.float32)


def _project_band(camera: Camera, texture: Texture, top: int, rows: int) -> NDArray[np.float32] | None:
    homography = camera.facade_homography()
    right = camera.width_px - 1.0
    corners = np.array([[0.0, top, 1.0], [right, top, 1.0], [0.0, top + rows, 1.0], [right, top + rows, 1.0]])
    on_wall = corners @ np.linalg.inv(homography).T
    if np.any(on_wall[:, 2] <= 0.0):  # a ray that passes over the wall
        return None
    heights_m = on_wall[:, 1] / on_wall[:, 2]
    low_m, high_m = float(heights_m.min()) - 0.5, float(heights_m.max()) + 0.5
    first = max(int((texture.height_m - high_m) * texture.px_per_m), 0)
    last = min(int((texture.height_m - low_m) * texture.px_per_m) + 1, texture.bgr.shape[0])
    if last - first < 2:
        return None
    across, along = _scale(camera, texture, (first, last))
    piece = cv2.cvtColor(texture.bgr[first:last], cv2.COLOR_BGR2BGRA)
    size = (max(round(piece.shape[1] * across), 2), max(round(piece.shape[0] * along), 2))
    small = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
    place = _texel_to_metres(texture, first, (size[0] / piece.shape[1], size[1] / piece.shape[0]))
    shift = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -top], [0.0, 0.0, 1.0]])
    warped = cv2.warpPerspective(
        small.astype(np.float32), shift @ homography @ place, (camera.width_px, rows), flags=cv2.INTER_LINEAR
    )
    return np.asarray(warped, np.float32)


def _scale(camera: Camera, texture: Texture, rows: tuple[int, int]) -> tuple[float, float]:
    heights_m = texture.height_m - np.array(rows) / texture.px_per_m
    width_m = texture.bgr.shape[1] / texture.px_per_m
    step_m = 0.05
    largest = np.zeros(2)
    for x_m in (0.0, width_m / 2.0, width_m):
        for y_m in heights_m:
            corner = np.array([[x_m, y_m, 0.0], [x_m + step_m, y_m, 0.0], [x_m, y_m + step_m, 0.0]])
            if camera.depth_m(corner).min() <= 0.5:
                return 1.0, 1.0
            here, right, up = camera.project(corner)
            largest = np.maximum(largest, [np.linalg.norm(right - here), np.linalg.norm(up - here)])
    across, along = _KEPT_DETAIL * largest / step_m / texture.px_per_m
    return min(float(across), 1.0), min(float(along), 1.0)


def _texel_to_metres(texture: Texture, first_row: int, scale: tuple[float, float]) -> NDArray[np.float64]:
    across, along = scale[0] * texture.px_per_m, scale[1] * texture.px_per_m
    top_m = texture.height_m - first_row / texture.px_per_m
    return np.array([[1.0 / across, 0.0, 0.5 / across], [0.0, -1.0 / along, top_m - 0.5 / along], [0.0, 0.0, 1.0]])

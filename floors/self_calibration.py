"""Finds the focal length from a fall, where floors are only drawn on the picture.

The drawn floors give the whole pose but for the focal length (`FloorMap.camera`). A fall seen in front of them fits
gravity for one focal length only, so the fall itself calibrates the camera.
"""

import numpy as np
from numpy.typing import NDArray

from floors.ballistics import start_cost
from floors.camera import Camera
from floors.pose import LOG_FOCAL_BY_WIDTH, LOG_FOCAL_SIGMA
from floors.projection import Facade
from floors.throw_prior import ThrowPrior

Array = NDArray[np.float64]

_COARSE = np.geomspace(0.4, 1.5, 11)
_FINE = np.array([0.95, 0.975, 1.025, 1.05])
_NEIGHBOURS = (0.96, 1.0, 1.04)
# Cameras stand on the ground or a pole; the numbering of floors may be off by one.
_CAMERA_HEIGHT_M, _CAMERA_HEIGHT_SIGMA_M = 2.5, 5.0


def likely_cameras(
    facade: Facade, times_s: Array, points_px: Array, sigmas_px: Array, prior: ThrowPrior
) -> list[Camera]:
    """Give the cameras that make a path most nearly a fall: three of neighbouring focal lengths, or the known one.

    Args:
        facade: Geometry with drawn floors.
        times_s: (N,) presentation seconds.
        points_px: (N, 2) pixels.
        sigmas_px: (N,) their standard deviations.
        prior: How things are thrown.
    """
    if facade.site.camera.focal_px is not None or facade.floor_map is None:
        return [facade.camera]

    def cost(focal_px: float) -> float:
        camera = _camera(facade, focal_px)
        return start_cost(times_s, points_px, sigmas_px, camera, prior) + unlikeliness(facade, camera)

    best = min((float(share) * facade.site.camera.width_px for share in _COARSE), key=cost)
    best = min((best, *(best * float(share) for share in _FINE)), key=cost)
    return [_camera(facade, best * share) for share in _NEIGHBOURS]


def unlikeliness(facade: Facade, camera: Camera) -> float:
    """Tell how unusual a camera is: half the sum of squares of its focal length and height in standard deviations."""
    usual = LOG_FOCAL_BY_WIDTH + np.log(facade.site.camera.width_px)
    wide = (np.log(camera.focal_px) - usual) / LOG_FOCAL_SIGMA
    high = (float(camera.position_m[1]) - _CAMERA_HEIGHT_M) / _CAMERA_HEIGHT_SIGMA_M
    return float(0.5 * (wide * wide + high * high))


def _camera(facade: Facade, focal_px: float) -> Camera:
    if facade.floor_map is None:
        return facade.camera
    return facade.floor_map.camera(focal_px, facade.camera.centre_px, facade.lens)

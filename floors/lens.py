"""Distortion of a lens, after Brown (1966), as OpenCV writes its coefficients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_UNDISTORT_ROUNDS = 25


@dataclass(frozen=True, slots=True)
class Lens:
    """Where the lens bends straight lines.

    Attributes:
        coefficients: k1, k2, p1, p2, k3.
        focal_px: Focal length of the calibration that gave the coefficients.
        centre_px: Principal point (x, y) of that calibration.
    """

    coefficients: tuple[float, float, float, float, float]
    focal_px: float
    centre_px: tuple[float, float]

    def distort(self, points_px: Array) -> Array:
        """Bend ideal pinhole pixels (..., 2) to where the lens shows them."""
        ideal = (points_px - self.centre_px) / self.focal_px
        return self._bend(ideal) * self.focal_px + self.centre_px

    def undistort(self, points_px: Array) -> Array:
        """Straighten seen pixels (..., 2) to those of a pinhole camera, by fixed-point iteration."""
        seen = (points_px - self.centre_px) / self.focal_px
        ideal = seen
        for _ in range(_UNDISTORT_ROUNDS):
            ideal = ideal + (seen - self._bend(ideal))
        return ideal * self.focal_px + self.centre_px

    def _bend(self, ideal: Array) -> Array:
        k1, k2, p1, p2, k3 = self.coefficients
        x, y = ideal[..., 0], ideal[..., 1]
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        return np.stack(
            (
                x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
                y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
            ),
            axis=-1,
        )

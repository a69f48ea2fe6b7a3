"""Floor numbers over the picture, from lines drawn on it.

On a flat facade under a pinhole camera the floor number is a quotient of two linear functions of the pixel,
    f(x, y) = (a x + b y + c) / (d x + e y + 1),
whatever the camera (Hartley and Zisserman, ch. 8: a plane's homography, of which only the row of the height is seen).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.camera import Camera
from floors.errors import GeometryError
from floors.lens import Lens
from floors.site_parts import FloorLine

Array = NDArray[np.float64]

# What a floor is taken to measure where no metres are known.
ASSUMED_FLOOR_M = 3.0
_ROUNDS = 8
_RIDGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class FloorMap:
    """Floor number as a function of the undistorted pixel; 7.0 is the lower edge of floor 7.

    Attributes:
        numerator: (3,) a, b, c.
        denominator: (3,) d, e, 1, positive where the facade is seen.
        residual_rms_px: Root mean square distance of the ends of the drawn lines from those of the map.
    """

    numerator: Array
    denominator: Array
    residual_rms_px: float

    def floors_of(self, ideal_px: Array) -> Array:
        """Give floor numbers (...) of pixels (..., 2)."""
        lifted = np.concatenate((ideal_px, np.ones_like(ideal_px[..., :1])), axis=-1)
        result: Array = (lifted @ self.numerator) / (lifted @ self.denominator)
        return result

    def camera(self, focal_px: float, centre_px: tuple[float, float], lens: Lens | None = None) -> Camera:
        """Give the camera of that focal length which sees the floors so, with floors of `ASSUMED_FLOOR_M`.

        The denominator is the facade's vanishing line, so it gives the wall's normal; the numerator then gives up,
        distance and height. World x is 0 where the camera stands.
        """
        intrinsics = np.array([[focal_px, 0, centre_px[0]], [0, focal_px, centre_px[1]], [0, 0, 1.0]])
        seen_normal = intrinsics.T @ self.denominator
        scale = -float(np.linalg.norm(seen_normal))
        out = seen_normal / scale
        heights = intrinsics.T @ (self.numerator - self.denominator) * (ASSUMED_FLOOR_M / scale)
        height_m = float(heights @ out)
        down = heights - height_m * out
        distance_m = float(np.linalg.norm(down))
        up = -down / distance_m
        rotation = np.column_stack((np.cross(up, out), up, out))
        return Camera(focal_px, centre_px, rotation, np.array([0.0, height_m, distance_m]), lens)


def fit_floor_map(lines: Sequence[FloorLine], lens: Lens | None = None) -> FloorMap:
    """Fit the map to both ends of all lines, in pixels of distance.

    Two lines leave it open how floors shrink towards the top; then the map that shrinks least is taken.

    Raises:
        GeometryError: The lines do not make a map: one of them is far off, or a floor's number is wrong.
    """
    ends = np.array([end for line in lines for end in (line.left_px, line.right_px)])
    floors = np.repeat([float(line.floor) for line in lines], 2)
    if lens is not None:
        ends = lens.undistort(ends)
    centre, scale = ends.mean(axis=0), float(np.abs(ends - ends.mean(axis=0)).max())
    middle = floors.mean()
    local = (ends - centre) / scale
    lifted = np.column_stack((local, np.ones(len(local))))
    relative = floors - middle
    numerator, tilt = np.zeros(3), np.zeros(2)
    weights = np.ones(len(floors))
    for _ in range(_ROUNDS):
        columns = np.column_stack((lifted, -relative[:, None] * local)) * weights[:, None]
        ridge = _RIDGE * float(np.abs(columns).max()) * np.eye(5)[3:]
        aims = np.concatenate((relative * weights, np.zeros(2)))
        solved = np.linalg.lstsq(np.concatenate((columns, ridge)), aims, rcond=None)[0]
        numerator, tilt = solved[:3], solved[3:]
        bottom = 1 + local @ tilt
        # An algebraic miss is the distance in pixels by the slope of f and the denominator.
        slopes = (numerator[:2] - ((lifted @ numerator) / bottom)[:, None] * tilt) / bottom[:, None]
        weights = 1 / np.maximum(np.abs(bottom) * np.linalg.norm(slopes, axis=1), 1e-9)
    if np.min(bottom) <= 0:
        raise GeometryError("no flat facade has its floors so: check the numbers and the places of the lines")
    misses = ((lifted @ numerator) / bottom - relative) / np.linalg.norm(slopes, axis=1) * scale
    bottom_row = np.array([*(tilt / scale), 1 - tilt @ centre / scale])
    top_row = np.array([*(numerator[:2] / scale), numerator[2] - numerator[:2] @ centre / scale]) + middle * bottom_row
    norm = bottom_row[2] if abs(bottom_row[2]) > 1e-9 else 1.0
    flip = abs(norm)
    return FloorMap(top_row / flip, bottom_row / flip, float(np.sqrt(np.mean(misses**2))))

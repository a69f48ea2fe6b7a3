"""Where to look: zones in which things may fall, shields in which nothing counts."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Polygon = Sequence[tuple[float, float]]


def look_mask(
    width: int, height: int, zones: Sequence[Polygon] = (), shields: Sequence[Polygon] = ()
) -> NDArray[np.uint8]:
    """Draw which pixels are looked at.

    Args:
        width: Width of the frame, pixels.
        height: Height of the frame, pixels.
        zones: Polygons (x, y) in pixels; only their insides are looked at. None given means everywhere.
        shields: Polygons whose insides are never looked at.

    Returns:
        (height, width) uint8, 255 where to look and 0 elsewhere.
    """
    mask = np.full((height, width), 0 if zones else 255, np.uint8)
    for polygons, value in ((zones, 255), (shields, 0)):
        for polygon in polygons:
            cv2.fillPoly(mask, [np.rint(np.asarray(polygon, np.float64)).astype(np.int32)], [value])
    return mask

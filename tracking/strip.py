"""The part of some pictures in which something fell, as one block of numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tracking.past import Picture

Array = NDArray[np.float64]
Levels = NDArray[np.float32]

_FEWEST_KNOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """N pictures of one part of the scene.

    Attributes:
        times_s: (N,) presentation times, rising.
        taken_s: (N,) when they were taken.
        corner_px: x and y of the part's upper left pixel, where the camera stood at first.
        luma: (N, h, w) float32, grey levels, as a camera that does not shake would have seen them.
    """

    times_s: Array
    taken_s: Array
    corner_px: tuple[int, int]
    luma: Levels

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.times_s)


def cut_strip(pictures: Iterable[Picture], around_px: Array, margin_px: float) -> Strip | None:
    """Cut out what surrounds a path; None where there are no pictures, or the path is not in view.

    Args:
        pictures: In order of time; each is let go of at once.
        around_px: (M, 2) places, pixels.
        margin_px: How far around them to cut.
    """
    low = np.floor(around_px.min(axis=0) - margin_px).astype(int)
    high = np.ceil(around_px.max(axis=0) + margin_px).astype(int)
    times_s, taken_s, parts = [], [], []
    corner = size = np.zeros(2, int)
    for picture in pictures:
        height, width = picture.luma.shape
        corner = np.clip(low, 0, (width, height))
        size = np.clip(high + 1, 0, (width, height)) - corner
        if size.min() < 1:
            return None
        times_s.append(picture.time_s)
        taken_s.append(picture.taken_s)
        parts.append(_steady_part(picture, corner, size))
    if not parts:
        return None
    return Strip(np.array(times_s), np.array(taken_s), (int(corner[0]), int(corner[1])), np.stack(parts))


def discs(shape: tuple[int, int, int], places_px: Array, radii_px: Array) -> NDArray[np.bool_]:
    """Mark a disc in each of N pictures.

    Args:
        shape: (N, h, w).
        places_px: (N, 2) x and y of their centres within the strip.
        radii_px: (N,); of 0 or less there is none.

    Returns:
        (N, h, w), true within the discs.
    """
    result = np.zeros(shape, bool)
    for marked, (x_px, y_px), radius_px in zip(result, places_px.tolist(), radii_px.tolist(), strict=True):
        if radius_px > 0:
            # Around it alone: distances of all pixels would be 128 MB, and a fifth of the time of a look along a track.
            rows, columns = _reach(y_px, radius_px, shape[1]), _reach(x_px, radius_px, shape[2])
            down2 = (np.arange(rows.start, rows.stop) - y_px) ** 2
            across2 = (np.arange(columns.start, columns.stop) - x_px) ** 2
            marked[rows, columns] = down2[:, None] + across2 < radius_px**2
    return result


def _reach(centre_px: float, radius_px: float, size_px: int) -> slice:
    """Give the pixels of a side that a disc may reach."""
    first, beyond = math.ceil(centre_px - radius_px), math.floor(centre_px + radius_px) + 1
    return slice(max(0, first), max(0, first, min(beyond, size_px)))


def usual(levels: Levels, hidden: NDArray[np.bool_]) -> Levels:
    """Give the (h, w) median over pictures of (N, h, w) `levels`, those apart in which a place is `hidden`.

    Where fewer than five are left all count.
    """
    known = (~hidden).sum(axis=0)
    hidden = hidden & (known >= _FEWEST_KNOWN)
    known = np.where(known >= _FEWEST_KNOWN, known, len(levels))
    # What is not a number is sorted to the end.
    ordered = np.sort(np.where(hidden, np.float32(np.nan), levels), axis=0)
    low, high = (np.take_along_axis(ordered, index[None], axis=0)[0] for index in ((known - 1) // 2, known // 2))
    result: Levels = (low + high) / 2
    return result


def _steady_part(picture: Picture, corner: NDArray[np.int_], size: NDArray[np.int_]) -> Levels:
    """Cut a part out of a picture where the scene has moved to; beyond the picture its border goes on."""
    (right, down), (left, top), (width, height) = picture.moved_px, corner.tolist(), size.tolist()
    if right == down == 0:
        return picture.luma[top : top + height, left : left + width].astype(np.float32)
    centre = (left + right + (width - 1) / 2, top + down + (height - 1) / 2)
    part = cv2.getRectSubPix(picture.luma, (width, height), centre, patchType=cv2.CV_32F)
    return np.asarray(part, np.float32)

"""Blobs of a foreground mask, and the trail that one leaves."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

MIN_AREA_PX = 4
MAX_FRAME_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Blob:
    """Upright box round a blob, pixels: left upper corner, width and height."""

    left_px: float
    top_px: float
    width_px: float
    height_px: float

    @property
    def x_px(self) -> float:
        """Give the column of the middle."""
        return self.left_px + (self.width_px - 1) / 2

    @property
    def y_px(self) -> float:
        """Give the row of the middle."""
        return self.top_px + (self.height_px - 1) / 2

    @property
    def size_px(self) -> float:
        """Give the longer side."""
        return max(self.width_px, self.height_px)


@dataclass(slots=True)
class Trail:
    """Blobs taken to be one object, each with its presentation time in seconds, in order of time."""

    times_s: list[float] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)

    def add(self, time_s: float, blob: Blob) -> None:
        """Go on to a later blob."""
        self.times_s.append(time_s)
        self.blobs.append(blob)

    def path_px(self) -> NDArray[np.float64]:
        """Give (N, 2) middles, x and y."""
        return np.array([(blob.x_px, blob.y_px) for blob in self.blobs], np.float64).reshape(-1, 2)


def blobs_of(mask: NDArray[np.uint8]) -> list[Blob]:
    """List the connected parts of a mask (height, width) that are neither specks nor a change of light."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    most_px = MAX_FRAME_SHARE * mask.size
    boxes = stats[1:count]
    return [
        Blob(float(left), float(top), float(width), float(height))
        for left, top, width, height, area in boxes
        if MIN_AREA_PX <= area <= most_px
    ]

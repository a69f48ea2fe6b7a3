"""What runs a network, whatever it runs on."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.motion_class import MotionClass


@dataclass(frozen=True, slots=True)
class Box:
    """A thing found in a mosaic: what it is taken for, how surely (0..1), and where, in pixels of the mosaic."""

    label: MotionClass
    confidence: float
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    @property
    def centre_px(self) -> tuple[float, float]:
        """Tell its middle (x, y)."""
        return (self.left_px + self.right_px) / 2, (self.top_px + self.bottom_px) / 2


class Detector(Protocol):
    """Reads mosaics (`models.mosaic`)."""

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        """Find things in mosaics.

        Args:
            mosaics: (n, MOSAIC_PX, MOSAIC_PX, 3) uint8; the channels are before, now and after.

        Returns:
            Of each mosaic its boxes, the surest first.

        Raises:
            ModelError: The network could not be run.
        """
        ...

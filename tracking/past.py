"""The pictures of the last seconds, seen again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that was looked at before.

    Attributes:
        time_s: Presentation time, seconds.
        taken_s: When it was taken, on the same axis.
        luma: (height, width) uint8, as the camera gave it.
        moved_px: How far right and down it shows what detections are told of; 0 for a camera that does not shake.
    """

    time_s: float
    taken_s: float
    luma: NDArray[np.uint8]
    moved_px: tuple[float, float]


class Past(Protocol):
    """Shows again what was seen."""

    def pictures(self, start_s: float, end_s: float) -> Iterator[Picture]:
        """Yield the pictures presented from `start_s` to `end_s`, in order; none where they cannot be had cheaply."""
        ...

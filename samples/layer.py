"""What else moves in a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samples.building import Building
from samples.camera import Camera
from samples.canvas import Canvas
from samples.objects import Throw


@dataclass(frozen=True, slots=True)
class Setting:
    """What a layer may know when it is made.

    Attributes:
        camera: The camera.
        building: The tower.
        backdrop_luma: (height, width) uint8, what stands still.
        duration_s: Length of the scene.
        shutter_s: How long the shutter is open.
        is_night: Whether it is dark.
        throws: What is thrown, in order of release.
    """

    camera: Camera
    building: Building
    backdrop_luma: NDArray[np.uint8]
    duration_s: float
    shutter_s: float
    is_night: bool
    throws: tuple[Throw, ...] = ()


class Layer(Protocol):
    """Something that draws itself at any time; chance is settled when it is made, so calls may come in any order."""

    @property
    def in_front(self) -> bool:
        """Tell whether it is nearer to the camera than what is thrown."""
        ...

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw it on the picture whose exposure is centred at that time."""
        ...

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Tell whether nothing behind it can be seen at that place and time."""
        ...

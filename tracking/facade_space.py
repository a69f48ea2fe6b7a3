"""Tracks in metres on the facade: there a fall has constant acceleration near g whatever the lens does."""

import numpy as np
from numpy.typing import NDArray

from floors.projection import Facade

Array = NDArray[np.float64]

FARTHEST_M = 1000.0
"""Pixels near the horizon of the facade's plane lie anywhere: nothing is followed beyond this."""


class FacadeSpace:
    """Track space over a facade with metres: x to the right, down as minus the height."""

    def __init__(self, facade: Facade) -> None:
        """Measure on `facade`, whose pixels are those of the frames."""
        self._facade = facade

    def from_px(self, position_px: Array) -> Array:
        """Turn (M, 2) pixels into (M, 2) metres x and down. See `TrackSpace`."""
        if not len(position_px):
            return np.empty((0, 2))
        metres = np.clip(self._facade.metres_of(position_px), -FARTHEST_M, FARTHEST_M)
        return np.column_stack([metres[:, 0], -metres[:, 1]])

    def units_per_px(self, position_px: Array) -> Array:
        """Tell (M,) metres of height a pixel. See `TrackSpace`."""
        nudge = np.array([0.0, 0.5])
        step = self.from_px(position_px + nudge) - self.from_px(position_px - nudge)
        return np.asarray(np.clip(np.abs(step[:, 1]) if len(step) else np.empty(0), 1e-4, 10.0))

"""Tracks in metres on the facade: there a fall has constant acceleration near g whatever the lens does."""

import numpy as np
from numpy.typing import NDArray

from floors.projection import Facade

Array = NDArray[np.float64]

FARTHEST_M = 1000.0
"""Pixels near the horizon of the facade's plane lie anywhere: nothing is followed beyond this."""
_DOWN = np.array([1.0, -1.0])
_NUDGE_PX = np.array([0.0, 0.5])


class FacadeSpace:
    """Track space over a facade with metres: x to the right, down as minus the height."""

    def __init__(self, facade: Facade) -> None:
        """Measure on `facade`, whose pixels are those of the frames."""
        self._facade = facade

    def from_px(self, position_px: Array) -> Array:
        """Turn (M, 2) pixels into (M, 2) metres x and down. See `TrackSpace`."""
        if not len(position_px):
            return np.empty((0, 2))
        metres = self._facade.metres_of(position_px) * _DOWN
        return np.asarray(np.minimum(np.maximum(metres, -FARTHEST_M), FARTHEST_M))

    def units_per_px(self, position_px: Array) -> Array:
        """Tell (M,) metres of height a pixel. See `TrackSpace`."""
        # Both at once: a call costs more than what it works out.
        below, above = self.from_px(np.concatenate([position_px + _NUDGE_PX, position_px - _NUDGE_PX]))[:, 1].reshape(
            2, -1
        )
        return np.asarray(np.minimum(np.maximum(np.abs(below - above), 1e-4), 10.0))

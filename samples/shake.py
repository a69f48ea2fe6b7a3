"""A camera whose pole is not stiff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shake:
    """Movement of the whole picture: a sum of swings.

    Attributes:
        swing_px: (n, 2) amplitude of each swing, right and down.
        swing_hz: (n,) its frequency.
        phase: (n, 2) its phase.
    """

    swing_px: NDArray[np.float64]
    swing_hz: NDArray[np.float64]
    phase: NDArray[np.float64]

    @classmethod
    def make(cls, strength_px: float, rng: np.random.Generator) -> Shake:
        """Make a shake of that standard deviation in each direction; 0 stands still."""
        swing_hz = np.array([0.3, 0.9, 2.3, 5.1]) * rng.uniform(0.8, 1.25, size=4)
        share = np.array([0.5, 0.3, 0.15, 0.05])[:, None] * rng.uniform(0.5, 1.5, size=(4, 2))
        share /= np.sqrt((share**2).sum(axis=0) / 2.0)
        return cls(strength_px * share, swing_hz, rng.uniform(0.0, 2.0 * np.pi, size=(4, 2)))

    def offset_px(self, time_s: float) -> tuple[float, float]:
        """Return how far the picture is to the right and down at that time."""
        moved = (self.swing_px * np.sin(2.0 * np.pi * self.swing_hz[:, None] * time_s + self.phase)).sum(axis=0)
        return float(moved[0]), float(moved[1])

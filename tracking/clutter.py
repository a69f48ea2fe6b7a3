"""How many detections each part of the image makes by itself: a tree raises its own bar."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class ClutterMap:
    """Expected detections per unit of area and frame, learnt for each cell of the image.

    The estimate is the posterior mean of a Poisson rate under a Gamma prior (Gelman et al., Bayesian Data Analysis,
    2.6), so it means something from the first frame on, and forgets exponentially.
    """

    def __init__(
        self, width_px: int, height_px: int, *, cell_px: int, memory_s: float = 20.0, prior_rate: float = 1e-6
    ) -> None:
        """Divide the frame into square cells.

        Args:
            width_px: Width of the frame.
            height_px: Height of the frame.
            cell_px: Side of a cell.
            memory_s: Time after which a frame counts 1/e.
            prior_rate: Detections a pixel of area and frame that a scene nobody knows is held to make.
        """
        self._cell_px = cell_px
        self._memory_s = memory_s
        shape = (-(-height_px // cell_px), -(-width_px // cell_px))
        self._prior_frames = 5.0
        self._prior_count = prior_rate * cell_px**2 * self._prior_frames
        self._count = np.zeros(shape)
        self._frames = 0.0

    def add(self, position_px: Array, dt_s: float) -> None:
        """Count the (M, 2) detections of a frame `dt_s` after the last."""
        keep = math.exp(-dt_s / self._memory_s)
        self._count *= keep
        self._frames = self._frames * keep + 1.0
        if len(position_px):
            np.add.at(self._count, self._cells(position_px), 1.0)

    def density(self, position_px: Array) -> Array:
        """Tell (M,) expected detections per square pixel and frame at (M, 2) positions."""
        count = self._count[self._cells(position_px)] + self._prior_count
        return np.asarray(count / ((self._frames + self._prior_frames) * self._cell_px**2))

    def _cells(self, position_px: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows, columns = self._count.shape
        column = np.clip(position_px[:, 0] // self._cell_px, 0, columns - 1).astype(np.int64)
        row = np.clip(position_px[:, 1] // self._cell_px, 0, rows - 1).astype(np.int64)
        return row, column

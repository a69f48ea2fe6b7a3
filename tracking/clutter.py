"""How many detections each part of the image makes by itself: a tree raises its own bar."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracking.extent import CLASSES

Array = NDArray[np.float64]
Extents = NDArray[np.int64]


class ClutterMap:
    """Expected detections per unit of area and frame, learnt for each cell of the image.

    The estimate is the posterior mean of a Poisson rate under a Gamma prior (Gelman et al., Bayesian Data Analysis,
    2.6), so it means something from the first frame on, and forgets exponentially.
    """

    def __init__(
        self,
        width_px: int,
        height_px: int,
        *,
        cell_px: int,
        memory_s: float,
        prior_rate: float = 1e-6,
        prior_frames: float = 5.0,
    ) -> None:
        """Divide the frame into square cells.

        Args:
            width_px: Width of the frame.
            height_px: Height of the frame.
            cell_px: Side of a cell.
            memory_s: Time after which a frame counts 1/e.
            prior_rate: Detections a pixel of area and frame that a scene nobody knows is held to make.
            prior_frames: Frames that this belief is worth.
        """
        self._cell_px = cell_px
        self._memory_s = memory_s
        shape = (-(-height_px // cell_px), -(-width_px // cell_px))
        self._prior_frames = prior_frames
        self._prior_count = prior_rate * cell_px**2 * prior_frames
        self._count = np.zeros(shape)
        self._frames = 0.0

    def add(self, position_px: Array, dt_s: float) -> None:
        """Count the (M, 2) detections of a frame `dt_s` after the last."""
        keep = math.exp(-dt_s / self._memory_s)
        self._count *= keep
        self._frames = self._frames * keep + 1.0
        if len(position_px):
            np.add.at(self._count, _cells(position_px, self._cell_px, self._count.shape), 1.0)

    def density(self, position_px: Array) -> Array:
        """Tell (M,) expected detections per square pixel and frame at (M, 2) positions."""
        count = self._count[_cells(position_px, self._cell_px, self._count.shape)] + self._prior_count
        return np.asarray(count / ((self._frames + self._prior_frames) * self._cell_px**2))


class ExtentShares:
    """Of what a region makes by itself, how much has which extent; see `tracking.extent`.

    The shares of a region are a posterior mean under a Dirichlet prior (Gelman et al., 3.4) about those of the whole
    picture, and those under one that holds all extents alike. It forgets as `ClutterMap` does.
    """

    PRIOR_COUNT = 20.0
    """Detections that a prior is worth."""

    def __init__(self, width_px: int, height_px: int, *, cell_px: int, memory_s: float) -> None:
        """Divide the frame into square cells. Arguments as of `ClutterMap`."""
        self._cell_px = cell_px
        self._memory_s = memory_s
        self._count = np.zeros((CLASSES, -(-height_px // cell_px), -(-width_px // cell_px)))

    def add(self, position_px: Array, extent: Extents, dt_s: float) -> None:
        """Count the (M, 2) detections, of (M,) extents, of a frame `dt_s` after the last."""
        self._count *= math.exp(-dt_s / self._memory_s)
        if len(position_px):
            np.add.at(self._count, (extent, *_cells(position_px, self._cell_px, self._count.shape[1:])), 1.0)

    def share(self, position_px: Array, extent: Extents) -> Array:
        """Tell the (M,) shares of (M,) extents among what regions at (M, 2) positions make."""
        everywhere = self._count.sum(axis=(1, 2)) + self.PRIOR_COUNT / CLASSES
        everywhere /= everywhere.sum()
        here = self._count[:, *_cells(position_px, self._cell_px, self._count.shape[1:])]
        own = here[extent, np.arange(len(extent))] + self.PRIOR_COUNT * everywhere[extent]
        return np.asarray(own / (here.sum(axis=0) + self.PRIOR_COUNT))


def _cells(position_px: Array, cell_px: int, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell (M,) rows and columns of the cells in which positions lie; outside the frame those at its border."""
    cells = np.minimum(np.maximum(position_px // cell_px, 0), (shape[1] - 1, shape[0] - 1)).astype(np.int64)
    return cells[:, 1], cells[:, 0]


class Clutter(Protocol):
    """Tells how many detections of an extent a place makes by itself."""

    def add(self, position_px: Array, extent: Extents, free: NDArray[np.bool_], dt_s: float) -> None:
        """Count the detections of a frame; see `SceneClutter`."""
        ...

    def density(self, position_px: Array, extent: Extents) -> Array:
        """Tell (M,) expected detections of (M,) extents per square pixel and frame at (M, 2) positions."""
        ...


class EvenClutter:
    """One density everywhere and always: twenty detections in a frame of 1080p, all extents alike."""

    DENSITY = 1e-5

    def add(self, position_px: Array, extent: Extents, free: NDArray[np.bool_], dt_s: float) -> None:
        """Learn nothing."""

    def density(self, position_px: Array, extent: Extents) -> Array:
        """Tell the same everywhere. See `Clutter`."""
        return np.full(len(position_px), self.DENSITY / CLASSES)


class SceneClutter:
    """Clutter at two scales: restless regions over half a minute, and single places over the last second.

    The coarse one knows trees, and of each region how large what it makes is: among ten thousand specks of one pixel a
    blob of four is rare. The fine one knows what stands still: the ghost of an object that a codec leaves on the wall
    for some frames would otherwise catch the track that made it.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        """Know nothing yet of frames of this size."""
        self._coarse = ClutterMap(width_px, height_px, cell_px=64, memory_s=20.0)
        self._shares = ExtentShares(width_px, height_px, cell_px=64, memory_s=20.0)
        self._fine = ClutterMap(width_px, height_px, cell_px=8, memory_s=0.4, prior_rate=0.0, prior_frames=2.0)

    def add(self, position_px: Array, extent: Extents, free: NDArray[np.bool_], dt_s: float) -> None:
        """Count the detections of a frame.

        Args:
            position_px: (M, 2) detections.
            extent: (M,) their extents.
            free: (M,) whether no live track took it: what falls is no clutter to its region, but its place is used.
            dt_s: Seconds since the frame before.
        """
        self._coarse.add(position_px[free], dt_s)
        self._shares.add(position_px[free], extent[free], dt_s)
        self._fine.add(position_px, dt_s)

    def density(self, position_px: Array, extent: Extents) -> Array:
        """Tell (M,) expected detections of (M,) extents per square pixel and frame at (M, 2) positions."""
        region = self._coarse.density(position_px) * self._shares.share(position_px, extent)
        return np.maximum(region, self._fine.density(position_px) / CLASSES)

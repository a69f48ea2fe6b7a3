"""How many detections each part of the image makes by itself: a tree raises its own bar."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracking.extent import CLASSES

Array = NDArray[np.float64]
Extents = NDArray[np.int64]
Cells = NDArray[np.int64]


_LEAST_WEIGHT = 1e-100


class Grid:
    """A frame divided into square cells, numbered row by row."""

    def __init__(self, width_px: int, height_px: int, cell_px: int) -> None:
        """Divide a frame of a size into cells of a side."""
        self.cell_px = cell_px
        self._last = np.array([-(-width_px // cell_px) - 1, -(-height_px // cell_px) - 1])
        self.size = int(np.prod(self._last + 1))

    def cells(self, position_px: Array) -> Cells:
        """Tell the (M,) cells in which (M, 2) positions lie; outside the frame those at its border."""
        places = np.minimum(np.maximum(position_px / self.cell_px, 0).astype(np.int64), self._last)
        return np.asarray(places[:, 1] * (self._last[0] + 1) + places[:, 0])


class FadingCounts:
    """Counts that forget exponentially.

    What fades is the weight of one, which is the same for all. Multiplying every count in every frame took 12 us for
    1080p, and 320 where most places had seen nothing for five minutes: numbers as small as theirs are slow.
    """

    def __init__(self, size: int, memory_s: float) -> None:
        """Have `size` counts of nothing, of which what is `memory_s` old counts 1/e."""
        self._memory_s = memory_s
        self._counts = np.zeros(size)
        self._weight = 1.0

    def fade(self, dt_s: float) -> None:
        """Let time pass."""
        self._weight *= math.exp(-dt_s / self._memory_s)
        if self._weight < _LEAST_WEIGHT:
            self._counts *= self._weight
            self._weight = 1.0

    def add(self, index: NDArray[np.int64]) -> None:
        """Add one to each of (M,) counts; one may be among them several times."""
        np.add.at(self._counts, index, 1.0 / self._weight)

    def at(self, index: NDArray[np.int64] | slice) -> Array:
        """Tell (M,) counts."""
        return np.asarray(self._counts[index] * self._weight)


class ClutterMap:
    """Expected detections per unit of area and frame, learnt for each cell of the image.

    The estimate is the posterior mean of a Poisson rate under a Gamma prior (Gelman et al., Bayesian Data Analysis,
    2.6), so it means something from the first frame on, and forgets exponentially.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        memory_s: float,
        prior_rate: float = 1e-6,
        prior_frames: float = 5.0,
    ) -> None:
        """Know nothing yet.

        Args:
            grid: The cells.
            memory_s: Time after which a frame counts 1/e.
            prior_rate: Detections a pixel of area and frame that a scene nobody knows is held to make.
            prior_frames: Frames that this belief is worth.
        """
        self._area_px2 = grid.cell_px**2
        self._memory_s = memory_s
        self._prior_frames = prior_frames
        self._prior_count = prior_rate * self._area_px2 * prior_frames
        self._counts = FadingCounts(grid.size, memory_s)
        self._frames = 0.0

    def add(self, cells: Cells, dt_s: float) -> None:
        """Count the detections of a frame, `dt_s` after the last, that lie in (M,) cells."""
        self._counts.fade(dt_s)
        self._counts.add(cells)
        self._frames = self._frames * math.exp(-dt_s / self._memory_s) + 1.0

    def density(self, cells: Cells) -> Array:
        """Tell (M,) expected detections per square pixel and frame in (M,) cells."""
        count = self._counts.at(cells) + self._prior_count
        return np.asarray(count / ((self._frames + self._prior_frames) * self._area_px2))


class ExtentShares:
    """Of what a region makes by itself, how much has which extent; see `tracking.extent`.

    The shares of a region are a posterior mean under a Dirichlet prior (Gelman et al., 3.4) about those of the whole
    picture, and those under one that holds all extents alike. It forgets as `ClutterMap` does.
    """

    PRIOR_COUNT = 20.0
    """Detections that a prior is worth."""

    def __init__(self, grid: Grid, *, memory_s: float) -> None:
        """Know nothing yet. Arguments as of `ClutterMap`."""
        self._regions = FadingCounts(grid.size, memory_s)
        self._extents = FadingCounts(CLASSES, memory_s)
        self._both = FadingCounts(grid.size * CLASSES, memory_s)

    def add(self, cells: Cells, extent: Extents, dt_s: float) -> None:
        """Count the detections of a frame, `dt_s` after the last, that lie in (M,) cells and have (M,) extents."""
        index = (cells, extent, cells * CLASSES + extent)
        for counts, each in zip((self._regions, self._extents, self._both), index, strict=True):
            counts.fade(dt_s)
            counts.add(each)

    def share(self, cells: Cells, extent: Extents) -> Array:
        """Tell the (M,) shares of (M,) extents among what (M,) cells make."""
        everywhere = self._extents.at(slice(None)) + self.PRIOR_COUNT / CLASSES
        everywhere /= everywhere.sum()
        own = self._both.at(cells * CLASSES + extent) + self.PRIOR_COUNT * everywhere[extent]
        return np.asarray(own / (self._regions.at(cells) + self.PRIOR_COUNT))


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
        self._regions, self._places = Grid(width_px, height_px, 64), Grid(width_px, height_px, 8)
        self._coarse = ClutterMap(self._regions, memory_s=20.0)
        self._shares = ExtentShares(self._regions, memory_s=20.0)
        self._fine = ClutterMap(self._places, memory_s=0.4, prior_rate=0.0, prior_frames=2.0)

    def add(self, position_px: Array, extent: Extents, free: NDArray[np.bool_], dt_s: float) -> None:
        """Count the detections of a frame.

        Args:
            position_px: (M, 2) detections.
            extent: (M,) their extents.
            free: (M,) whether no live track took it: what falls is no clutter to its region, but its place is used.
            dt_s: Seconds since the frame before.
        """
        regions = self._regions.cells(position_px[free])
        self._coarse.add(regions, dt_s)
        self._shares.add(regions, extent[free], dt_s)
        self._fine.add(self._places.cells(position_px), dt_s)

    def density(self, position_px: Array, extent: Extents) -> Array:
        """Tell (M,) expected detections of (M,) extents per square pixel and frame at (M, 2) positions."""
        regions = self._regions.cells(position_px)
        region = self._coarse.density(regions) * self._shares.share(regions, extent)
        return np.maximum(region, self._fine.density(self._places.cells(position_px)) / CLASSES)

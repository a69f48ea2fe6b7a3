"""The detections of one frame as arrays, in the coordinates in which tracks live."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracking.amplitude import CLUTTER_DECAY
from tracking.clutter import Clutter
from tracking.extent import extents
from vision.detection import Detection

Array = NDArray[np.float64]

COLUMNS = 11
X, DOWN, VARIANCE, UNITS_PER_PX, AREA, CONTRAST, STRENGTH, EXTENT, DENSITY = range(2, COLUMNS)
"""Columns of `Sightings.table`; the first two are x and y in pixels."""


class TrackSpace(Protocol):
    """The coordinates in which tracks live: pixels, or metres on the facade."""

    def from_px(self, position_px: Array) -> Array:
        """Turn (M, 2) pixels into (M, 2) positions x and down."""
        ...

    def units_per_px(self, position_px: Array) -> Array:
        """Tell (M,) track units a pixel at (M, 2) pixels."""
        ...


class PixelSpace:
    """Tracks live in pixels: no geometry is known."""

    def from_px(self, position_px: Array) -> Array:
        """Return the pixels. See `TrackSpace`."""
        return position_px

    def units_per_px(self, position_px: Array) -> Array:
        """Return ones. See `TrackSpace`."""
        return np.ones(len(position_px))


@dataclass(frozen=True, slots=True)
class Sightings:
    """The M detections of one frame.

    Attributes:
        time_s: When the picture was taken.
        timing_sigma_s: Error of that time.
        detections: The detections themselves.
        table: (M, 11) the columns below side by side: choosing rows of one array costs a tenth of doing so in eight.
    """

    time_s: float
    timing_sigma_s: float
    detections: tuple[Detection, ...]
    table: Array

    def __len__(self) -> int:
        """Count the detections."""
        return len(self.detections)

    @property
    def position_px(self) -> Array:
        """Tell (M, 2) x and y."""
        return self.table[:, 0:2]

    @property
    def position(self) -> Array:
        """Tell (M, 2) x and down in track space."""
        return self.table[:, X : DOWN + 1]

    @property
    def variance(self) -> Array:
        """Tell the (M,) variances of each coordinate of `position`."""
        return self.table[:, VARIANCE]

    @property
    def units_per_px(self) -> Array:
        """Tell (M,) track units a pixel."""
        return self.table[:, UNITS_PER_PX]

    @property
    def area(self) -> Array:
        """Tell (M,) areas, pixels."""
        return self.table[:, AREA]

    @property
    def contrast(self) -> Array:
        """Tell (M,) signed grey levels."""
        return self.table[:, CONTRAST]

    @property
    def strength(self) -> Array:
        """Tell (M,) logarithms of the signal to threshold, 0 for what is just seen."""
        return self.table[:, STRENGTH]

    @property
    def extent(self) -> NDArray[np.int64]:
        """Tell (M,) classes of the area, see `tracking.extent`."""
        return self.table[:, EXTENT].astype(np.int64)

    @property
    def density(self) -> Array:
        """Tell the (M,) expected clutter of that extent a unit of track area and frame."""
        return self.table[:, DENSITY]

    def promising(self, most: int) -> "Sightings":
        """Keep the `most` detections that stand out best from the clutter around them."""
        return self if len(self) <= most else self.only(self.rarest(most))

    def rarest(self, most: int) -> NDArray[np.int64]:
        """Tell the indices, in order, of the `most` detections that stand out best from the clutter around them."""
        if len(self) <= most:
            return np.arange(len(self))
        merit = CLUTTER_DECAY * self.strength - np.log(self.density * self.units_per_px**2)
        return np.sort(np.argpartition(-merit, most)[:most])

    def only(self, chosen: NDArray[np.int64]) -> "Sightings":
        """Keep those at the (K,) indices `chosen`."""
        detections = tuple(self.detections[i] for i in chosen.tolist())
        return Sightings(self.time_s, self.timing_sigma_s, detections, self.table.take(chosen, axis=0))


def median(values: Array) -> float:
    """Tell the median of (M,) numbers; of a few `np.median` takes ten times as long."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def measured_sigma_px(width_px: Array, height_px: Array) -> Array:
    """Guess the error of a blob's centre: a pixel for a dot, a tenth of its extent for what is large or smeared."""
    return np.hypot(0.8, 0.1 * np.maximum(width_px, height_px))


def make_sightings(
    time_s: float,
    timing_sigma_s: float,
    detections: Sequence[Detection],
    space: TrackSpace,
    clutter: Clutter,
) -> Sightings:
    """Lay out the detections of a frame as arrays, with the clutter that is expected where they are."""
    fields = np.fromiter(chain.from_iterable(detections), np.float64).reshape(-1, len(Detection._fields))
    _, _, _, _, width_px, height_px, area_px, contrast, snr = fields.T
    position_px = fields[:, 2:4]
    scale = space.units_per_px(position_px)
    extent = extents(area_px)
    table = np.empty((len(detections), COLUMNS))
    table[:, 0:2] = position_px
    table[:, X : DOWN + 1] = space.from_px(position_px)
    table[:, VARIANCE] = (measured_sigma_px(width_px, height_px) * scale) ** 2
    table[:, UNITS_PER_PX] = scale
    table[:, AREA] = area_px
    table[:, CONTRAST] = contrast
    table[:, STRENGTH] = np.log(np.maximum(snr, 1.0))
    table[:, EXTENT] = extent
    table[:, DENSITY] = clutter.density(position_px, extent) / scale**2
    return Sightings(time_s, timing_sigma_s, tuple(detections), table)

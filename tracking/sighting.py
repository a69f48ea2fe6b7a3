"""The detections of one frame as arrays, in the coordinates in which tracks live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracking.amplitude import CLUTTER_DECAY
from tracking.extent import extents
from vision.detection import Detection

Array = NDArray[np.float64]


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
        position_px: (M, 2) x and y.
        position: (M, 2) x and down in track space.
        variance: (M,) variance of each coordinate of `position`.
        units_per_px: (M,) track units a pixel.
        area: (M,) pixels.
        contrast: (M,) signed grey levels.
        strength: (M,) logarithm of the signal to threshold, 0 for what is just seen.
        extent: (M,) class of the area, see `tracking.extent`.
        density: (M,) expected clutter of that extent a unit of track area and frame.
    """

    time_s: float
    timing_sigma_s: float
    detections: tuple[Detection, ...]
    position_px: Array
    position: Array
    variance: Array
    units_per_px: Array
    area: Array
    contrast: Array
    strength: Array
    extent: NDArray[np.int64]
    density: Array

    def __len__(self) -> int:
        """Count the detections."""
        return len(self.detections)

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
        return Sightings(
            time_s=self.time_s,
            timing_sigma_s=self.timing_sigma_s,
            detections=tuple(self.detections[i] for i in chosen),
            position_px=self.position_px[chosen],
            position=self.position[chosen],
            variance=self.variance[chosen],
            units_per_px=self.units_per_px[chosen],
            area=self.area[chosen],
            contrast=self.contrast[chosen],
            strength=self.strength[chosen],
            extent=self.extent[chosen],
            density=self.density[chosen],
        )


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
    density_per_px2: Array,
) -> Sightings:
    """Lay out the detections of a frame as arrays; `density_per_px2` is (M,) from the clutter map."""
    rows = np.array(
        [(d.x_px, d.y_px, d.width_px, d.height_px, d.area_px, d.contrast, d.snr) for d in detections],
        np.float64,
    ).reshape(-1, 7)
    position_px = rows[:, :2]
    scale = space.units_per_px(position_px)
    sigma = measured_sigma_px(rows[:, 2], rows[:, 3]) * scale
    return Sightings(
        time_s,
        timing_sigma_s,
        tuple(detections),
        position_px,
        space.from_px(position_px),
        sigma**2,
        scale,
        rows[:, 4],
        rows[:, 5],
        np.log(np.maximum(rows[:, 6], 1.0)),
        extents(rows[:, 4]),
        density_per_px2 / scale**2,
    )

"""Paths with exact truth, and the detections that they would make."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
GRAVITY_M_S2 = 9.80665
WIDTH_PX, HEIGHT_PX = 1920, 1080
FPS = 25.0


@dataclass(frozen=True, slots=True)
class LookingUp:
    """A pinhole camera on the ground that looks up a wall; x to the right, y towards the wall, z up, metres."""

    elevation_deg: float = 45.0
    focal_px: float = 900.0

    def project(self, points_m: Array) -> Array:
        """Turn (N, 3) points into (N, 2) pixels of a frame of 1920 x 1080."""
        angle = math.radians(self.elevation_deg)
        forward = np.array([0.0, math.cos(angle), math.sin(angle)])
        down = np.array([0.0, math.sin(angle), -math.cos(angle)])
        depth = points_m @ forward
        return np.column_stack(
            [
                WIDTH_PX / 2 + self.focal_px * points_m[:, 0] / depth,
                HEIGHT_PX / 2 + self.focal_px * (points_m @ down) / depth,
            ]
        )


@dataclass(frozen=True, slots=True)
class GivenClutter:
    """Clutter of given densities a square pixel and frame, one for all detections or one for each."""

    per_px2: Array | float

    def add(self, position_px: Array, extent: Indices, free: NDArray[np.bool_], dt_s: float) -> None:
        """Learn nothing."""

    def density(self, position_px: Array, extent: Indices) -> Array:
        """Tell what was given."""
        return np.full(len(position_px), self.per_px2)


def free_fall_px(times_s: Array, *, top_s: float = 0.0, height_m: float = 45.0, across_m_s: float = 0.8) -> Array:
    """Project a fall from rest at `top_s`, 25 m from the camera along the ground; (N, 2) pixels."""
    tau = times_s - top_s
    fallen = height_m - GRAVITY_M_S2 * tau**2 / 2
    return LookingUp().project(np.column_stack([-3.0 + across_m_s * tau, np.full_like(tau, 25.0), fallen]))


def car_px(times_s: Array, *, speed_m_s: float = 14.0, from_m: float = 60.0) -> Array:
    """Project a car that drives evenly towards a camera 6 m above the road, which looks along it; (N, 2) pixels."""
    ahead = from_m - speed_m_s * times_s
    road = np.column_stack([np.full_like(ahead, -2.0), ahead, np.full_like(ahead, -6.0)])
    return LookingUp(elevation_deg=-10.0).project(road)


def frame_times(start_s: float, end_s: float, fps: float = FPS) -> Array:
    """Give the frames' times from `start_s` to before `end_s`."""
    return np.arange(math.ceil(start_s * fps - 1e-9), math.ceil(end_s * fps - 1e-9)) / fps


def dot(
    time_s: float, x_px: float, y_px: float, *, size_px: float = 5.0, contrast: float = 40.0, snr: float = 4.0
) -> Detection:
    """Make a round detection."""
    return Detection(time_s, time_s, x_px, y_px, size_px, size_px, round(0.8 * size_px**2), contrast, snr)


def clutter(
    rng: np.random.Generator, time_s: float, count: int, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
) -> list[Detection]:
    """Scatter detections over the frame: small, mostly just seen, bright and dark."""
    rows = zip(
        rng.uniform(0, width_px, count),
        rng.uniform(0, height_px, count),
        rng.choice([2.0, 3.0, 4.0, 6.0], count),
        rng.choice([-1.0, 1.0], count) * rng.uniform(12, 40, count),
        np.exp(rng.exponential(1 / 2.5, count)),
        strict=True,
    )
    return [dot(time_s, x, y, size_px=size, contrast=contrast, snr=snr) for x, y, size, contrast, snr in rows]


def track_of(
    times_s: Sequence[float] | Array,
    points_px: Array,
    *,
    frames: int | None = None,
    size_px: float = 6.0,
    noise_px: float = 0.5,
    score: float = 60.0,
    seed: int = 1,
) -> Track:
    """Make a track that saw a path with some noise."""
    noisy = points_px + np.random.default_rng(seed).normal(0, noise_px, points_px.shape)
    detections = tuple(
        dot(float(t), float(x), float(y), size_px=size_px) for t, (x, y) in zip(times_s, noisy, strict=True)
    )
    return Track(1, detections, frames or len(detections), score, 0.0)


def on_path(detection: Detection, path: Callable[[Array], Array], within_px: float = 6.0) -> bool:
    """Tell whether a detection lies on a path at its time."""
    (x_px, y_px), *_ = path(np.array([detection.taken_s]))
    return math.hypot(detection.x_px - x_px, detection.y_px - y_px) < within_px

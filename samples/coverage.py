"""How much of each pixel a moving shape covers while the shutter is open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Shape = Literal["ellipse", "box"]

# Cells to the pixel, each way, for shapes whose short side is at least so many pixels.
_CELLS = ((12.0, 1), (4.0, 2), (2.0, 4), (0.5, 8), (0.0, 16))
_POLYGON_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class Patch:
    """A small picture of coverage: left and top pixel of the frame, and (h, w) float32 in 0..1."""

    left_px: int
    top_px: int
    coverage: NDArray[np.float32]


def sweep(
    shape: Shape,
    centres_px: NDArray[np.float64],
    sides_px: tuple[float, float],
    angles: NDArray[np.float64],
    total: int | None = None,
) -> Patch:
    """Integrate the area coverage of a shape over its positions during one exposure.

    Args:
        shape: Ellipse or rectangle.
        centres_px: (n, 2) centres at even times over the exposure, pixels.
        sides_px: Long and short side, pixels; of any size, also far below one pixel.
        angles: (n,) directions of the long side, radians from x towards y.
        total: Number of times the exposure was divided into, where the shape is there at fewer than all of them.

    Returns:
        The mean coverage; its sum is the shape's area.
    """
    oversampling = next(cells for least_px, cells in _CELLS if min(sides_px) >= least_px)
    reach = int(math.ceil(0.5 * math.hypot(*sides_px))) + 1
    corner = np.floor(centres_px).astype(np.int64) - reach
    span = 2 * reach + 2
    masks = _masks(shape, centres_px - corner, sides_px, angles, (span, oversampling))
    left, top = corner.min(axis=0)
    width, height = corner.max(axis=0) - (left, top) + span
    coverage = np.zeros((height, width), np.float32)
    for mask, (x, y) in zip(masks, corner - (left, top), strict=True):
        coverage[y : y + span, x : x + span] += mask
    coverage /= len(centres_px) if total is None else total
    return Patch(int(left), int(top), coverage)


def _masks(
    shape: Shape,
    centres_px: NDArray[np.float64],
    sides_px: tuple[float, float],
    angles: NDArray[np.float64],
    grid: tuple[int, int],
) -> NDArray[np.float32]:
    span, oversampling = grid
    steps = (np.arange(span * oversampling) + 0.5) / oversampling - 0.5
    dx = steps[None, None, :] - centres_px[:, 0, None, None]
    dy = steps[None, :, None] - centres_px[:, 1, None, None]
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    along, across = np.abs(cosine * dx + sine * dy), np.abs(cosine * dy - sine * dx)
    half_long, half_short = sides_px[0] / 2.0, sides_px[1] / 2.0
    if shape == "box":
        cover = _overlap(along, half_long, oversampling) * _overlap(across, half_short, oversampling)
    else:
        cover = _ellipse(along, across, (half_long, half_short), oversampling)
    if oversampling == 1:
        return cover.astype(np.float32)
    blocks = cover.reshape(len(centres_px), span, oversampling, span, oversampling)
    coverage: NDArray[np.float32] = blocks.mean(axis=(2, 4)).astype(np.float32)
    return coverage


def _overlap(offset_px: NDArray[np.float64], half_px: float, oversampling: int) -> NDArray[np.float64]:
    half_cell = 0.5 / oversampling
    shared = np.minimum(offset_px + half_cell, half_px) - np.maximum(offset_px - half_cell, -half_px)
    covered: NDArray[np.float64] = np.clip(shared * oversampling, 0.0, 1.0)
    return covered


def _ellipse(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    halves_px: tuple[float, float],
    oversampling: int,
) -> NDArray[np.float64]:
    half_long, half_short = halves_px
    # Roots of sums: `np.hypot` guards against overflow that cannot happen here, in four times the time.
    radius = np.sqrt((along / half_long) ** 2 + (across / half_short) ** 2)
    slope = np.sqrt((along / half_long**2) ** 2 + (across / half_short**2) ** 2)
    # First-order distance to the edge of an ellipse: value over gradient (Taubin, PAMI 13(11), 1991).
    inside_px = np.where(radius < 1e-6, half_short, radius * (1.0 - radius) / np.maximum(slope, 1e-9))
    cover = np.clip(inside_px * oversampling + 0.5, 0.0, 1.0)
    # What is thinner than a cell keeps its area, and so its diluted contrast.
    area_cells = np.pi * half_long * half_short * oversampling**2
    scaled: NDArray[np.float64] = cover * area_cells / np.maximum(cover.sum(axis=(1, 2), keepdims=True), 1e-9)
    return np.minimum(scaled, 1.0)


def polygon(corners_px: NDArray[np.float64]) -> Patch:
    """Return the area coverage of a polygon of (n, 2) pixels, for shapes of several pixels."""
    low = np.floor(corners_px.min(axis=0)).astype(np.int64) - 1
    width, height = np.ceil(corners_px.max(axis=0)).astype(np.int64) + 2 - low
    fine = np.zeros((height * _POLYGON_OVERSAMPLING, width * _POLYGON_OVERSAMPLING), np.uint8)
    points = np.round(((corners_px - low + 0.5) * _POLYGON_OVERSAMPLING - 0.5) * 16.0).astype(np.int32)
    cv2.fillPoly(fine, [points], 255, lineType=cv2.LINE_8, shift=4)
    coarse = cv2.resize(fine, (int(width), int(height)), interpolation=cv2.INTER_AREA)
    return Patch(int(low[0]), int(low[1]), coarse.astype(np.float32) / 255.0)

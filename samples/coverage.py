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
_LEAST_SLOPE = np.float32(1e-18)


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
    # Single precision: these arrays are most of what drawing costs, and coverage is rounded to levels in the end.
    steps = ((np.arange(span * oversampling) + 0.5) / oversampling - 0.5).astype(np.float32)
    dx = steps[None, None, :] - centres_px[:, 0, None, None].astype(np.float32)
    dy = steps[None, :, None] - centres_px[:, 1, None, None].astype(np.float32)
    cosine, sine = (turn(angles)[:, None, None].astype(np.float32) for turn in (np.cos, np.sin))
    along, across = cosine * dx + sine * dy, cosine * dy - sine * dx
    half_long, half_short = sides_px[0] / 2.0, sides_px[1] / 2.0
    if shape == "box":
        cover = _overlap(along, half_long, oversampling) * _overlap(across, half_short, oversampling)
    else:
        cover = _ellipse(along, across, (half_long, half_short), oversampling)
    return _mean_of_cells(cover, oversampling)


def _mean_of_cells(cover: NDArray[np.float32], oversampling: int) -> NDArray[np.float32]:
    # Slices added up: a mean over two short axes takes seven times as long.
    rows = cover[:, ::oversampling].copy()
    for start in range(1, oversampling):
        rows += cover[:, start::oversampling]
    total = rows[:, :, ::oversampling].copy()
    for start in range(1, oversampling):
        total += rows[:, :, start::oversampling]
    return total / np.float32(oversampling**2)


def _overlap(offset_px: NDArray[np.float32], half_px: float, oversampling: int) -> NDArray[np.float32]:
    half_cell = 0.5 / oversampling
    shared = np.minimum(offset_px + half_cell, half_px) - np.maximum(offset_px - half_cell, -half_px)
    covered: NDArray[np.float32] = np.clip(shared * oversampling, 0.0, 1.0)
    return covered


def _ellipse(
    along: NDArray[np.float32],
    across: NDArray[np.float32],
    halves_px: tuple[float, float],
    oversampling: int,
) -> NDArray[np.float32]:
    half_long, half_short = halves_px
    along /= half_long
    across /= half_short
    squared = along * along
    squared += across * across
    # First-order distance to the edge of an ellipse: value over gradient (Taubin, PAMI 13(11), 1991).
    along /= half_long
    across /= half_short
    along *= along
    across *= across
    along += across
    np.maximum(along, _LEAST_SLOPE, out=along)
    cover: NDArray[np.float32] = np.sqrt(squared / along)
    cover *= 1.0 - np.sqrt(squared, out=squared)
    cover[squared < 1e-6] = half_short
    cover *= oversampling
    cover += 0.5
    np.clip(cover, 0.0, 1.0, out=cover)
    # What is thinner than a cell keeps its area, and so its diluted contrast.
    area_cells = np.pi * half_long * half_short * oversampling**2
    cover *= area_cells / np.maximum(cover.sum(axis=(1, 2), keepdims=True), 1e-9)
    np.minimum(cover, 1.0, out=cover)
    return cover


def polygon(corners_px: NDArray[np.float64]) -> Patch:
    """Return the area coverage of a polygon of (n, 2) pixels, for shapes of several pixels."""
    low = np.floor(corners_px.min(axis=0)).astype(np.int64) - 1
    width, height = np.ceil(corners_px.max(axis=0)).astype(np.int64) + 2 - low
    fine = np.zeros((height * _POLYGON_OVERSAMPLING, width * _POLYGON_OVERSAMPLING), np.uint8)
    points = np.round(((corners_px - low + 0.5) * _POLYGON_OVERSAMPLING - 0.5) * 16.0).astype(np.int32)
    cv2.fillPoly(fine, [points], 255, lineType=cv2.LINE_8, shift=4)
    coarse = cv2.resize(fine, (int(width), int(height)), interpolation=cv2.INTER_AREA)
    return Patch(int(low[0]), int(low[1]), coarse.astype(np.float32) / 255.0)

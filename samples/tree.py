"""A tree in the wind, in a lower corner and before everything else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import Canvas
from samples.layer import Setting

_OPAQUE = 0.6


@dataclass(frozen=True, slots=True)
class Branch:
    """A cluster of leaves that turns about its foot.

    Attributes:
        luma: (h, w) uint8 brightness.
        alpha: (h, w) uint8 coverage, 255 is opaque.
        corner_px: Left and top in the frame at rest.
        pivot_px: The foot, in the cluster's own pixels.
        sway: Largest turn, radians.
        sway_hz: Slow and quick frequency.
        phase: Of both.
    """

    luma: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    corner_px: tuple[int, int]
    pivot_px: tuple[float, float]
    sway: float
    sway_hz: tuple[float, float]
    phase: tuple[float, float]

    def motion(self, time_s: float) -> NDArray[np.float64]:
        """Return the (2, 3) map from the cluster at rest to the cluster at that time, in its own pixels."""
        slow = math.sin(2.0 * math.pi * self.sway_hz[0] * time_s + self.phase[0])
        quick = math.sin(2.0 * math.pi * self.sway_hz[1] * time_s + self.phase[1])
        gust = 0.6 + 0.4 * math.sin(2.0 * math.pi * 0.11 * time_s + self.phase[1])
        turn = self.sway * gust * (0.7 * slow + 0.3 * quick)
        matrix = cv2.getRotationMatrix2D(self.pivot_px, math.degrees(turn), 1.0 + 0.3 * turn * quick)
        return np.asarray(matrix, np.float64)


@dataclass(frozen=True, slots=True)
class Tree:
    """Clusters of leaves, each with its own motion."""

    branches: tuple[Branch, ...]
    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Tree:
        """Grow a tree in one of the lower corners."""
        width, height = setting.camera.width_px, setting.camera.height_px
        on_right = rng.random() < 0.5
        branches = []
        for _ in range(int(rng.integers(5, 9))):
            side = int(height * rng.uniform(0.22, 0.38))
            along = float(rng.uniform(-0.15, 0.30)) * width
            left = int(width - along - side / 2 if on_right else along - side / 2)
            top = int(height - side * rng.uniform(0.35, 0.95))
            branches.append(grow_branch(side, (left, top), setting.is_night, rng))
        return cls(tuple(branches))

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the clusters, far ones first."""
        for branch in self.branches:
            self._draw_branch(canvas, branch, time_s)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Tell whether leaves cover that place."""
        for branch in self.branches:
            inverse = cv2.invertAffineTransform(branch.motion(time_s))
            x, y = inverse @ (x_px - branch.corner_px[0], y_px - branch.corner_px[1], 1.0)
            column, row = round(x), round(y)
            inside = 0 <= row < branch.alpha.shape[0] and 0 <= column < branch.alpha.shape[1]
            if inside and branch.alpha[row, column] > _OPAQUE * 255:
                return True
        return False

    def _draw_branch(self, canvas: Canvas, branch: Branch, time_s: float) -> None:
        size = (branch.luma.shape[1], branch.luma.shape[0])
        matrix = branch.motion(time_s)
        luma = cv2.warpAffine(branch.luma, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(branch.alpha, matrix, size)
        left, top = branch.corner_px
        height, width = canvas.luma.shape
        rows = slice(max(top, 0), min(top + size[1], height))
        columns = slice(max(left, 0), min(left + size[0], width))
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        inner = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        share = alpha[inner].astype(np.float32) / 255.0
        under = canvas.luma[rows, columns].astype(np.float32)
        canvas.luma[rows, columns] = np.rint(under + share * (luma[inner] - under)).astype(np.uint8)
        self._tint(canvas, rows, columns, share)

    def _tint(self, canvas: Canvas, rows: slice, columns: slice, share: NDArray[np.float32]) -> None:
        area = (slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2))
        for plane, level in zip(canvas.chroma, (116.0, 120.0), strict=True):
            under = plane[area].astype(np.float32)
            if not under.size:
                return  # less than two pixels are in the picture
            coarse = cv2.resize(share, (under.shape[1], under.shape[0]), interpolation=cv2.INTER_AREA)
            plane[area] = np.rint(under + coarse * (level - under)).astype(np.uint8)


def grow_branch(side: int, corner_px: tuple[int, int], is_night: bool, rng: np.random.Generator) -> Branch:
    """Grow a cluster of leaves in a square of that side and left upper corner, pixels."""
    luma = np.full((side, side), 35, np.uint8)
    alpha = np.zeros((side, side), np.uint8)
    middle = side / 2.0
    brightness = 0.5 if is_night else 1.0
    for _ in range(int(rng.integers(420, 800))):
        radius = middle * 0.85 * math.sqrt(float(rng.random()))
        turn = float(rng.uniform(0.0, 2.0 * math.pi))
        centre = (int(middle + radius * math.cos(turn)), int(middle + radius * math.sin(turn)))
        axes = (max(int(side * rng.uniform(0.018, 0.04)), 2), max(int(side * rng.uniform(0.007, 0.016)), 1))
        direction = float(rng.uniform(0.0, 180.0))
        tone = 16.0 + brightness * float(rng.uniform(8.0, 75.0))
        cv2.ellipse(luma, centre, axes, direction, 0, 360, (tone,), -1, cv2.LINE_AA)
        cv2.ellipse(alpha, centre, axes, direction, 0, 360, (255.0,), -1, cv2.LINE_AA)
    return Branch(
        luma=luma,
        alpha=alpha,
        corner_px=corner_px,
        pivot_px=(middle, side * 1.1),
        sway=float(rng.uniform(0.02, 0.09)),
        sway_hz=(float(rng.uniform(0.25, 0.6)), float(rng.uniform(1.2, 3.0))),
        phase=(float(rng.uniform(0.0, 6.28)), float(rng.uniform(0.0, 6.28))),
    )

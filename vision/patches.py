"""Textured places of a picture that tell how far it has moved."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 64
SCALE = 2
"""Patches are halved: it calms noise, and widens what a gradient can see."""
_SAMPLES = SIDE_PX // SCALE
_GRID = (5, 3)
_STEP_PX = 16
_MARGIN_PX = 32
"""How far from the border patches keep, and how far a lost one is searched."""
_LEAST_GRADIENT = 1.5
"""Grey levels a pixel, root mean square along the poorer direction."""
_ITERATIONS = 5
_ENOUGH_PX = 0.05

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Movement:
    """How far a picture has moved.

    Attributes:
        moved_px: (2,) right and down, the median of all patches.
        spread_px: Median absolute disagreement of the patches with it.
        likeness: Median correlation of the patches with what they looked like, -1 to 1.
    """

    moved_px: Array
    spread_px: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Patches:
    """P patches of one picture.

    Attributes:
        corner_px: (P, 2) x and y of each upper left corner.
        look: (P, n) float32, grey levels at half size.
        solve: (P, 2, n) float32, which differences of grey levels mean a movement right and down, pixels. Gain and
            brightness of each patch are solved for beside, so that a cloud does not look like a movement.
    """

    corner_px: NDArray[np.int64]
    look: NDArray[np.float32]
    solve: NDArray[np.float32]

    def __len__(self) -> int:
        """Count the patches."""
        return len(self.corner_px)

    def locate(self, luma: NDArray[np.uint8], near_px: Array) -> "Movement":
        """Measure how far a (height, width) frame has moved, from a guess that is off by some pixels at most.

        Gradient descent of Lucas and Kanade (IJCAI 1981) with the gradients of the first look (Baker and Matthews,
        IJCV 56, 2004, section 3.2): one step where nothing moves.
        """
        # From whole pixels on: there nothing is interpolated, and a still camera needs no more than the first step.
        moved_px = np.rint(near_px)
        looks, steps = self.look, np.empty((len(self), 2))
        for _ in range(_ITERATIONS):
            looks = self._sample(luma, moved_px)
            steps = np.matmul(self.solve, (looks - self.look)[:, :, None])[:, :, 0]
            step = _median(steps)
            moved_px = moved_px + step
            if np.abs(step).max() < _ENOUGH_PX:
                break
        spread_px = float(_median(np.abs(steps - step).reshape(-1)))
        return Movement(moved_px, spread_px, float(_median(_likeness(looks, self.look))))

    def search(self, luma: NDArray[np.uint8], near_px: Array) -> Array:
        """Find a movement of up to 32 pixels by comparing each patch with all places around it."""
        found = []
        for (x_px, y_px), look in zip(self._corners(luma, near_px), self.look, strict=True):
            top, left = y_px - _MARGIN_PX, x_px - _MARGIN_PX
            if top < 0 or left < 0:
                continue
            around = luma[top : y_px + SIDE_PX + _MARGIN_PX, left : x_px + SIDE_PX + _MARGIN_PX]
            small = cv2.resize(around, None, fx=1 / SCALE, fy=1 / SCALE, interpolation=cv2.INTER_AREA)
            template = look.reshape(_SAMPLES, _SAMPLES).astype(np.uint8)
            alike = cv2.matchTemplate(small, template, cv2.TM_CCOEFF_NORMED)
            row, column = np.unravel_index(int(np.argmax(alike)), alike.shape)
            found.append((column * SCALE - _MARGIN_PX, row * SCALE - _MARGIN_PX))
        return np.rint(near_px) + np.median(found, axis=0) if found else near_px

    def _corners(self, luma: NDArray[np.uint8], moved_px: Array) -> NDArray[np.int64]:
        """Tell where the patches are now, inside the frame, in whole pixels."""
        last = np.array(luma.shape[::-1]) - SIDE_PX - 1
        corners: NDArray[np.int64] = np.clip(self.corner_px + np.floor(moved_px).astype(np.int64), 0, last)
        return corners

    def _sample(self, luma: NDArray[np.uint8], moved_px: Array) -> NDArray[np.float32]:
        """Read the patches where they are now, interpolated: (P, n) float32."""
        right, down = moved_px - np.floor(moved_px)
        kernel = np.outer([1 - down, down], [1 - right, right]).astype(np.float32)
        is_between = right > 0 or down > 0
        looks = np.empty(self.look.shape, np.float32)
        for look, (x_px, y_px) in zip(looks, self._corners(luma, moved_px), strict=True):
            exact = luma[y_px : y_px + SIDE_PX + 1, x_px : x_px + SIDE_PX + 1]
            piece: NDArray[Any] = cv2.filter2D(exact, cv2.CV_32F, kernel, anchor=(0, 0)) if is_between else exact
            look[:] = _halved(piece[:SIDE_PX, :SIDE_PX]).reshape(-1)
        return looks


def _median(values: NDArray[Any]) -> NDArray[Any]:
    """Tell the median along the first axis; of some forty numbers `np.median` takes ten times as long."""
    ordered = np.sort(values, axis=0)
    return np.asarray((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def choose_patches(luma: NDArray[np.uint8]) -> Patches:
    """Take the patch of most texture from each cell of a grid, where there is enough.

    Texture is the smaller eigenvalue of the structure tensor (Shi and Tomasi, CVPR 1994): an edge alone does not tell
    how far it has moved along itself.
    """
    corners = _best_corners(luma)
    looks, solves = [], []
    for x_px, y_px in corners:
        # One sample of margin on each side, for the gradients.
        piece = luma[y_px - SCALE : y_px + SIDE_PX + SCALE, x_px - SCALE : x_px + SIDE_PX + SCALE]
        small = _halved(piece)
        right = (small[1:-1, 2:] - small[1:-1, :-2]) / (2 * SCALE)
        down = (small[2:, 1:-1] - small[:-2, 1:-1]) / (2 * SCALE)
        look = small[1:-1, 1:-1].reshape(-1)
        # What has moved right by d shows at x what was at x - d.
        columns = np.stack([-right.reshape(-1), -down.reshape(-1), look - look.mean(), np.ones_like(look)], axis=1)
        looks.append(look)
        solves.append(np.linalg.pinv(columns)[:2])
    count = len(corners)
    return Patches(
        np.array(corners, np.int64).reshape(count, 2),
        np.array(looks, np.float32).reshape(count, _SAMPLES**2),
        np.array(solves, np.float32).reshape(count, 2, _SAMPLES**2),
    )


def _likeness(looks: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """Correlate (P, n) looks of patches with those before: (P,), -1 to 1."""
    now, then = (each - each.mean(axis=1, keepdims=True) for each in (looks, before))
    product = np.sqrt(np.einsum("pn,pn->p", now, now) * np.einsum("pn,pn->p", then, then))
    likeness: NDArray[np.float32] = np.einsum("pn,pn->p", now, then) / np.maximum(product, 1e-6)
    return likeness


def _halved(piece: NDArray[Any]) -> NDArray[np.float32]:
    small = cv2.resize(piece, None, fx=1 / SCALE, fy=1 / SCALE, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def _best_corners(luma: NDArray[np.uint8]) -> list[tuple[int, int]]:
    texture = _texture(luma)
    height, width = luma.shape
    columns, rows = _GRID
    corners = []
    for row in range(rows):
        for column in range(columns):
            left, right = _span(width, column, columns)
            top, bottom = _span(height, row, rows)
            part = texture[top:bottom, left:right]
            if part.size and part.max() > _LEAST_GRADIENT**2:
                y, x = np.unravel_index(int(np.argmax(part)), part.shape)
                corners.append(((left + int(x)) * _STEP_PX, (top + int(y)) * _STEP_PX))
    return corners


def _span(length_px: int, index: int, count: int) -> tuple[int, int]:
    """Tell from which to which step corners of patches may lie in a cell of the grid."""
    first_px = max(length_px * index // count, _MARGIN_PX)
    last_px = min(length_px * (index + 1) // count, length_px - _MARGIN_PX) - SIDE_PX
    return -(-first_px // _STEP_PX), max(0, last_px // _STEP_PX + 1)


def _texture(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Tell the texture of the patch whose corner is at each step."""
    half = cv2.resize(luma, None, fx=1 / SCALE, fy=1 / SCALE, interpolation=cv2.INTER_AREA)
    right = cv2.Sobel(half, cv2.CV_32F, 1, 0, scale=1 / (8 * SCALE))
    down = cv2.Sobel(half, cv2.CV_32F, 0, 1, scale=1 / (8 * SCALE))
    side, step = SIDE_PX // SCALE, _STEP_PX // SCALE
    tensor = [
        cv2.boxFilter(product, -1, (side, side), anchor=(0, 0))[::step, ::step]
        for product in (right * right, right * down, down * down)
    ]
    across, mixed, along = tensor
    texture = (across + along) / 2 - np.sqrt(((across - along) / 2) ** 2 + mixed**2)
    return np.asarray(texture, np.float32)

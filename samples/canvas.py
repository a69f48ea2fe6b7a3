"""A picture in the making, in the planes that the encoder takes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.coverage import Patch
from samples.objects import Look

_BLACK, _RANGE, _GAMMA = 16.0, 219.0, 2.2
NO_COLOUR = 128.0


def to_light(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn video luma (16..235) into light, 0..1 and a little more, by a power law of 2.2."""
    light: NDArray[np.float32] = np.power(np.maximum(luma - _BLACK, 0.0) / _RANGE, _GAMMA).astype(np.float32)
    return light


def to_luma(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn light into video luma, the inverse of `to_light`."""
    return (_BLACK + _RANGE * np.power(np.maximum(light, 0.0), 1.0 / _GAMMA)).astype(np.float32)


class Canvas:
    """Luma and half-size chroma of one picture, drawn on in place.

    Attributes:
        planes: (height * 3 / 2, width) uint8, planar 4:2:0, video levels; what the encoder takes.
    """

    def __init__(self, planes: NDArray[np.uint8]) -> None:
        self.planes = planes
        self._height = planes.shape[0] * 2 // 3
        self._width = planes.shape[1]

    @classmethod
    def of_bgr(cls, picture: NDArray[np.uint8]) -> Canvas:
        """Make a canvas of a (height, width, 3) uint8 BGR picture of even size."""
        return cls(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8))

    @property
    def luma(self) -> NDArray[np.uint8]:
        """Return the (height, width) luma, a view."""
        return self.planes[: self._height]

    @property
    def chroma(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the (height / 2, width / 2) blue and red differences, views."""
        blue, red = self.planes[self._height :].reshape(2, self._height // 2, self._width // 2)
        return blue, red

    def copy(self) -> Canvas:
        """Return a canvas of its own memory."""
        return Canvas(self.planes.copy())

    def shifted(self, right_px: float, down_px: float) -> Canvas:
        """Return this picture moved by a part of a pixel or more, its borders repeated."""
        moved = Canvas(np.empty_like(self.planes))
        for source, target, scale in (
            (self.luma, moved.luma, 1.0),
            *((plane, target, 0.5) for plane, target in zip(self.chroma, moved.chroma, strict=True)),
        ):
            matrix = np.array([[1.0, 0.0, right_px * scale], [0.0, 1.0, down_px * scale]])
            size = (source.shape[1], source.shape[0])
            target[:] = cv2.warpAffine(source, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        return moved

    def to_bgr(self) -> NDArray[np.uint8]:
        """Return the (height, width, 3) uint8 BGR picture."""
        return np.asarray(cv2.cvtColor(self.planes, cv2.COLOR_YUV2BGR_I420), np.uint8)

    def blend(self, patch: Patch, look: Look) -> None:
        """Lay one even colour over the picture, in light, as far as the patch covers each pixel."""
        clipped = self._clip(patch)
        if clipped is None:
            return
        rows, columns, coverage = clipped
        under = self.luma[rows, columns]
        light = to_light(under.astype(np.float32)) * (1.0 - coverage)
        light += coverage * to_light(np.array([look.luma], np.float32))
        self.luma[rows, columns] = np.clip(np.rint(to_luma(light)), 0, 255).astype(np.uint8)
        self._blend_chroma(rows, columns, coverage, look)

    def _blend_chroma(self, rows: slice, columns: slice, coverage: NDArray[np.float32], look: Look) -> None:
        top, left = rows.start // 2, columns.start // 2
        bottom, right = (rows.stop + 1) // 2, (columns.stop + 1) // 2
        padded = np.zeros(((bottom - top) * 2, (right - left) * 2), np.float32)
        y, x = rows.start - 2 * top, columns.start - 2 * left
        padded[y : y + coverage.shape[0], x : x + coverage.shape[1]] = coverage
        share = padded.reshape(bottom - top, 2, right - left, 2).mean(axis=(1, 3))
        for plane, level in zip(self.chroma, (look.blue_chroma, look.red_chroma), strict=True):
            under = plane[top:bottom, left:right]
            plane[top:bottom, left:right] = np.rint(under + share * (level - under)).astype(np.uint8)

    def _clip(self, patch: Patch) -> tuple[slice, slice, NDArray[np.float32]] | None:
        height, width = patch.coverage.shape
        left, top = max(patch.left_px, 0), max(patch.top_px, 0)
        right, bottom = min(patch.left_px + width, self._width), min(patch.top_px + height, self._height)
        if right <= left or bottom <= top:
            return None
        inner = patch.coverage[top - patch.top_px : bottom - patch.top_px, left - patch.left_px : right - patch.left_px]
        return slice(top, bottom), slice(left, right), inner

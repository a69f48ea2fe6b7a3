"""Lines, rings and outlined text on a picture, all anti-aliased and drawn in place."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from evidence.errors import EvidenceError

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = tuple[float, float]

WHITE: Colour = (255, 255, 255)
AMBER: Colour = (40, 190, 255)
RED: Colour = (70, 80, 255)
_OUTLINE: Colour = (16, 16, 16)
_SUBPIXEL_BITS = 4
_JPEG_QUALITY = 95


class Pen:
    """Draws on one picture, with sizes that suit its height.

    Attributes:
        text_px: Height of a line of text, pixels.
    """

    def __init__(self, picture: Picture) -> None:
        """Take a (height, width, 3) uint8 BGR picture that is to be drawn on."""
        self._picture = picture
        self._font = cv2.FontFace("uni")
        self.text_px: int = max(13, round(picture.shape[0] / 1080 * 22))
        line_px = max(1, round(picture.shape[0] / 1080 * 1.5))
        self._line_px = line_px
        self._outline_px = line_px + 2 * max(1, line_px // 2)

    def lines(self, points: Sequence[Point], colour: Colour) -> None:
        """Draw an outlined line through points (x, y)."""
        if len(points) < 2:
            return
        shape = np.round(np.array(points) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        for tint, width in ((_OUTLINE, self._outline_px), (colour, self._line_px)):
            cv2.polylines(self._picture, [shape], False, tint, width, cv2.LINE_AA, _SUBPIXEL_BITS)

    def ring(self, centre: Point, radius: float, colour: Colour) -> None:
        """Draw an outlined circle."""
        unit = 1 << _SUBPIXEL_BITS
        x, y, r = (round(value * unit) for value in (*centre, radius))
        for tint, width in ((_OUTLINE, self._outline_px), (colour, self._line_px)):
            cv2.circle(self._picture, (x, y), r, tint, width, cv2.LINE_AA, _SUBPIXEL_BITS)

    def text(self, words: str, corner: tuple[int, int], colour: Colour = WHITE, size_px: int | None = None) -> None:
        """Write outlined text with its lower left corner (x, y) on the base line."""
        size, reach = size_px or self.text_px, max(1, (size_px or self.text_px) // 14)
        x, y = corner
        around = [(dx, dy) for dx in (-reach, 0, reach) for dy in (-reach, 0, reach) if (dx, dy) != (0, 0)]
        for dx, dy in around:
            cv2.putText(self._picture, words, (x + dx, y + dy), _OUTLINE, self._font, size, 500)
        cv2.putText(self._picture, words, corner, colour, self._font, size, 500)

    def text_width(self, words: str, size_px: int | None = None) -> int:
        """Tell how wide some text is, pixels."""
        height, width = self._picture.shape[:2]
        box = cv2.getTextSize((width, height), words, (0, 0), self._font, size_px or self.text_px, 500)
        return int(box[2])

    def shade(self, corners: Sequence[Point], colour: Colour, opacity: float) -> None:
        """Tint a polygon; only its bounding box is copied."""
        height, width = self._picture.shape[:2]
        points = np.array(corners)
        left, top = np.clip(np.floor(points.min(axis=0)), 0, (width, height)).astype(int)
        right, bottom = np.clip(np.ceil(points.max(axis=0)) + 1, 0, (width, height)).astype(int)
        part = self._picture[top:bottom, left:right]
        if part.size == 0:
            return
        tinted = part.copy()
        cv2.fillPoly(tinted, [np.round(points - (left, top)).astype(np.int32)], colour, cv2.LINE_AA)
        part[:] = cv2.addWeighted(tinted, opacity, part, 1.0 - opacity, 0.0)


def encode_jpeg(picture: Picture) -> bytes:
    """Encode a (height, width, 3) uint8 BGR picture as JPEG of quality 95.

    Raises:
        EvidenceError: If it has no pixels or more than JPEG can hold.
    """
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise EvidenceError(f"a picture of shape {picture.shape} cannot be written as JPEG")
    return encoded.tobytes()

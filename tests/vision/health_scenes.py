"""Views of a tower with exact truth, and what may come over a camera that sees them."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.health import PictureHealth

Picture = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX = 1280, 720
_MARGIN_PX = 400
_SPARE_PX = 64


@cache
def tower(right_px: int = 0, down_px: int = 0) -> Picture:
    """Show a wall with windows of many brightnesses before a sky; its content lies further right and down as told."""
    rng = np.random.default_rng(5)
    size = HEIGHT_PX + 2 * _MARGIN_PX, WIDTH_PX + 2 * _MARGIN_PX
    view = np.linspace(215, 190, size[0])[:, None].repeat(size[1], axis=1)
    view[_MARGIN_PX + 60 :, _MARGIN_PX + 200 : _MARGIN_PX + 1100] = 150
    for y in range(_MARGIN_PX + 80, size[0] - 60, 44):
        for x in range(_MARGIN_PX + 220, _MARGIN_PX + 1080, 52):
            left, top = x + rng.integers(0, 8), y + rng.integers(0, 5)
            view[top : top + 26, left : left + 30] = rng.integers(30, 230)
    rows = np.s_[_MARGIN_PX - down_px : _MARGIN_PX - down_px + HEIGHT_PX]
    columns = np.s_[_MARGIN_PX - right_px : _MARGIN_PX - right_px + WIDTH_PX]
    return view[rows, columns].astype(np.uint8)


def night(windows: int = 40) -> Picture:
    """Show the same wall in the dark, with some windows lit."""
    rng = np.random.default_rng(6)
    view = np.full((HEIGHT_PX, WIDTH_PX), 24, np.uint8)
    for _ in range(windows):
        top, left = rng.integers(100, HEIGHT_PX - 130), rng.integers(220, 1060)
        view[top : top + 26, left : left + 30] = rng.integers(90, 200)
    return view


def noisy(picture: NDArray[np.floating | np.integer], rng: np.random.Generator, sigma: float = 2.0) -> Picture:
    """Add a camera's noise, cut from a larger field of it: to make it anew for each picture takes most of a test."""
    height, width = picture.shape
    field = _noise(height + _SPARE_PX, width + _SPARE_PX)
    top, left = rng.integers(0, _SPARE_PX, 2)
    noise = field[top : top + height, left : left + width]
    return np.clip(np.rint(picture + np.float32(sigma) * noise), 0, 255).astype(np.uint8)


@cache
def _noise(height: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).standard_normal((height, width), np.float32)


def hand() -> NDArray[np.float64]:
    """Show the inside of a hand on the lens: no edge, light from one side."""
    down, right = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
    return np.asarray(60 + 30 * right / WIDTH_PX + 20 * down / HEIGHT_PX, np.float64)


def defocused(picture: Picture, sigma_px: float) -> Picture:
    """Blur a picture."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8)


def fog(picture: Picture, transmission: float) -> NDArray[np.float64]:
    """Lay grey air before a scene."""
    return 200 + transmission * (picture.astype(np.float64) - 200)


def with_caption(picture: Picture, text: str) -> Picture:
    """Write into the upper border what cameras write there."""
    captioned = picture.copy()
    cv2.putText(captioned, text, (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2)
    return captioned


class Watched:
    """A camera whose pictures are looked at every two seconds.

    Attributes:
        health: What is known of it.
        now_s: The time of the last picture.
        told: When what was told to be wrong changed, and to what.
    """

    def __init__(self, health: PictureHealth | None = None) -> None:
        self.health = health or PictureHealth()
        self.now_s = -2.0
        self.told: list[tuple[float, tuple[str, ...]]] = []
        self._rng = np.random.default_rng(1)

    def show(self, picture: NDArray[np.floating] | Picture, seconds: float, sigma: float = 2.0) -> None:
        """Show the same view for some seconds, each picture with noise of its own."""
        for _ in range(round(seconds / 2)):
            self.see(noisy(picture, self._rng, sigma))

    def see(self, luma: Picture) -> None:
        """Show one picture as it is."""
        self.now_s += 2.0
        before = self.health.ailments
        assert self.health.see(luma, self.now_s)
        if self.health.ailments != before:
            self.told.append((self.now_s, self.health.ailments))

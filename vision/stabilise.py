"""A camera on a pole that sways, made to stand still."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.patches import Movement, Patches, choose_patches


@dataclass(frozen=True, slots=True)
class StabiliserSettings:
    """When a camera counts as shaking, and what to believe.

    Attributes:
        wake_px: A movement that makes the camera count as shaking.
        still_px: While it shakes, smaller movements than this are left as they are.
        calm_frames: A camera that moved less than `wake_px` for so long counts as still, and new patches are chosen
            so often.
        settled_frames: A camera that moved less than `wake_px` for so many looks is settled.
        settled_every: Of a settled camera one frame in so many is looked at, and each that follows a surge.
        shaken_frames: While it shakes, new patches are chosen so often: each choice adds its error to the last.
        least_patches: Fewer patches than this are not believed.
        spread_px: Median disagreement of the patches above which they are not believed.
        likeness: Median correlation with what they looked like, below which they are not believed either.
        lost_frames: After so many frames without belief the scene is taken anew, as it is.
    """

    wake_px: float = 0.3
    still_px: float = 0.06
    calm_frames: int = 250
    settled_frames: int = 25
    settled_every: int = 8
    shaken_frames: int = 1500
    least_patches: int = 4
    spread_px: float = 0.4
    likeness: float = 0.6
    lost_frames: int = 50


class Stabiliser:
    """Measures how far the picture has moved since the first frame, and moves it back.

    The movement is that of the median of a few textured patches, so a tree or a passer-by in some of them counts for
    nothing. A still camera is only measured: its frames are handed on as they are.
    """

    def __init__(self, width: int, height: int, settings: StabiliserSettings | None = None) -> None:
        """Take frames of `width` x `height` pixels."""
        self._settings = settings or StabiliserSettings()
        self._steady = np.zeros((height, width), np.uint8)
        self._patches: Patches | None = None
        self._moved_px = np.zeros(2)
        self._is_shaking = False
        self._calm = 0
        self._lost = 0
        self._age = 0

    @property
    def moved_px(self) -> tuple[float, float]:
        """How far right and down the last frame shows what the first frame showed."""
        return float(self._moved_px[0]), float(self._moved_px[1])

    @property
    def is_shaking(self) -> bool:
        """Whether frames are being moved."""
        return self._is_shaking

    def steady(self, luma: NDArray[np.uint8], *, surged: bool = True) -> NDArray[np.uint8]:
        """Return a (height, width) uint8 frame as the camera would have taken it where it first stood.

        The result is the frame itself, or memory that the next call writes over. What has moved out of the picture
        keeps the look that it had.

        Args:
            luma: The frame.
            surged: Whether the frame before was the first in which much more changed than usually does, as where a
                camera begins to shake: then even one that has long stood still is looked at.
        """
        if self._patches is None:
            self._patches = choose_patches(luma)
            return luma
        self._age += 1
        settings = self._settings
        is_settled = not self._is_shaking and self._calm > settings.settled_frames
        if surged or not is_settled or self._age % settings.settled_every == 0:
            self._follow(luma, self._patches)
        if not self._is_shaking:
            self._refresh(luma, settings.calm_frames)
            return luma
        if np.abs(self._moved_px).max() < settings.still_px:
            np.copyto(self._steady, luma)
        else:
            move_back(luma, self._moved_px, self._steady)
        self._refresh(self._steady, settings.shaken_frames)
        return self._steady

    def _follow(self, luma: NDArray[np.uint8], patches: Patches) -> None:
        settings = self._settings
        if len(patches) < settings.least_patches:
            return
        movement = patches.locate(luma, self._moved_px)
        if not self._is_believed(movement):
            movement = patches.locate(luma, patches.search(luma, self._moved_px))
        if not self._is_believed(movement):
            self._lose(luma)
            return
        moved_px = movement.moved_px
        self._lost = 0
        self._moved_px = moved_px
        is_moved = bool(np.abs(moved_px).max() > settings.wake_px)
        self._calm = 0 if is_moved else self._calm + 1
        if is_moved and not self._is_shaking:
            self._is_shaking = True
            np.copyto(self._steady, luma)
        elif self._calm > settings.calm_frames:
            self._is_shaking = False

    def _is_believed(self, movement: Movement) -> bool:
        return movement.spread_px < self._settings.spread_px and movement.likeness > self._settings.likeness

    def _lose(self, luma: NDArray[np.uint8]) -> None:
        """Hold on for a while; then begin again."""
        self._lost += 1
        if self._lost > self._settings.lost_frames:
            self._patches = choose_patches(luma)
            self._moved_px, self._is_shaking = np.zeros(2), False
            self._lost = self._age = 0

    def _refresh(self, steady: NDArray[np.uint8], every: int) -> None:
        """Choose patches anew from time to time, since the light of the day moves on."""
        if self._age >= every and not self._lost:
            self._age = 0
            self._patches = choose_patches(steady)


def move_back(luma: NDArray[np.uint8], moved_px: NDArray[np.float64], out: NDArray[np.uint8]) -> None:
    """Write into (height, width) `out` what a frame shows `moved_px` right and down of each pixel.

    Bilinear. As a 2 x 2 filter of a part of the frame it takes 0.6 ms for 1080p, as `cv2.warpAffine` 3.6 ms. Pixels of
    `out` whose source lies outside the frame are left alone.
    """
    height, width = luma.shape
    whole = np.floor(moved_px).astype(int)
    right, down = moved_px - whole
    left_px, top_px = np.maximum(0, -whole)
    columns, rows = (width, height) - np.abs(whole) - 1
    if columns < 1 or rows < 1:
        return
    from_x, from_y = left_px + whole[0], top_px + whole[1]
    # One row and column more than is kept: the filter looks one pixel ahead.
    source = luma[from_y : from_y + rows + 1, from_x : from_x + columns + 1]
    kernel = np.outer([1 - down, down], [1 - right, right]).astype(np.float32)
    filtered = cv2.filter2D(source, -1, kernel, anchor=(0, 0))
    out[top_px : top_px + rows, left_px : left_px + columns] = filtered[:rows, :columns]

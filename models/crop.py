"""A small window of three frames around a thing that moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

CROP_PX = 44
"""Side of a crop."""
_LARGEST_PX = 16.0
"""What is larger is shown at a half, a quarter or an eighth of its size."""
_REDUCTIONS = (1, 2, 4, 8)
_MIDDLE, _SPREAD, _MOST_GAIN = 128.0, 40.0, 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a frame: its upper left pixel, and how many pixels of the frame go to one of the crop, each way."""

    left_px: int
    top_px: int
    reduction: int

    @property
    def side_px(self) -> int:
        """Tell its side in pixels of the frame."""
        return CROP_PX * self.reduction

    @classmethod
    def around(cls, x_px: float, y_px: float, size_px: float) -> "Window":
        """Choose the window about a thing of a size, which is its longer side."""
        reduction = next((each for each in _REDUCTIONS if size_px <= _LARGEST_PX * each), _REDUCTIONS[-1])
        half_px = CROP_PX * reduction // 2
        return cls(round(x_px) - half_px, round(y_px) - half_px, reduction)

    def moved(self, right_px: float, down_px: float) -> "Window":
        """Return it at another place, to whole pixels: where a camera that shakes shows the same."""
        return replace(self, left_px=self.left_px + round(right_px), top_px=self.top_px + round(down_px))


def cut(frames: Sequence[NDArray[np.uint8]], windows: Sequence[Window]) -> NDArray[np.uint8]:
    """Cut windows from the frames before, at and after a time.

    Args:
        frames: Three (height, width) uint8 lumas.
        windows: What to cut of each; beyond the frame its border is repeated.

    Returns:
        (CROP_PX, CROP_PX, 3) uint8: before, now and after as the channels.
    """
    return np.stack([_cut_one(*each) for each in zip(frames, windows, strict=True)], axis=2)


def spread(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Spread the grey levels of a crop about the middle, so that what is dark by night looks as by day.

    Args:
        crop: (CROP_PX, CROP_PX, 3) uint8.

    Returns:
        The same with a mean of 128, its contrast raised by `_MOST_GAIN` at most and never lowered.
    """
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(crop.reshape(-1, 1)))
    gain = min(max(_SPREAD / max(deviation, 1.0), 1.0), _MOST_GAIN)
    levels = np.clip(np.rint((np.arange(256) - mean) * gain + _MIDDLE), 0, 255).astype(np.uint8)
    return np.asarray(levels[crop], np.uint8)


def _cut_one(frame: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    height_px, width_px = frame.shape
    side_px, left, top = window.side_px, window.left_px, window.top_px
    if 0 <= left <= width_px - side_px and 0 <= top <= height_px - side_px:
        cut_out = frame[top : top + side_px, left : left + side_px]
    else:
        rows = np.clip(np.arange(top, top + side_px), 0, height_px - 1)
        columns = np.clip(np.arange(left, left + side_px), 0, width_px - 1)
        cut_out = frame[rows[:, None], columns]
    if window.reduction == 1:
        return cut_out
    return np.asarray(cv2.resize(cut_out, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA), np.uint8)

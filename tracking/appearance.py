"""What an object looks like, told from its first sights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracking.strip import Levels
from vision.detection import Detection

Array = NDArray[np.float64]

_TELLING = 8
_CLEAR_LEVELS = 8.0
_MOST_DILUTED = 2.5
"""Small and smeared things stand out by up to so many times more than the mean of their detections does."""
_LONGEST_SHUTTER = 0.5
_THRESHOLD_SIGMAS = 5.4
"""Where the running background has its threshold, which a detection's strength is told by."""
_FAST_PX = 4.0


@dataclass(frozen=True, slots=True)
class Appearance:
    """Size and brightness of an object.

    Attributes:
        diameter_px: Its size at its first sights.
        contrast: To what was behind it then, grey levels, signed.
        behind: The grey level of that.
        shutter_s: How long it smears.
    """

    diameter_px: float
    contrast: float
    behind: float
    shutter_s: float

    def sign(self, behind: float) -> int:
        """Tell whether it is brighter (1) or darker (-1) than what is behind it, a grey level; 0 where that is open."""
        low, high = sorted((self.behind + self.contrast, self.behind + _MOST_DILUTED * self.contrast))
        return int(behind < low - _CLEAR_LEVELS) - int(behind > high + _CLEAR_LEVELS)

    def sight(self, time_s: float, taken_s: float, place_px: Array, size_px: float, ratio: float) -> Detection:
        """Make a detection of what a matched filter found at a (2,) place, with its signal to noise."""
        return Detection(
            time_s=time_s,
            taken_s=taken_s,
            x_px=float(place_px[0]),
            y_px=float(place_px[1]),
            width_px=size_px,
            height_px=size_px,
            area_px=max(1, round(np.pi / 4 * size_px**2)),
            contrast=self.contrast,
            snr=ratio / _THRESHOLD_SIGMAS,
        )


def read_appearance(
    sights: Sequence[Detection], background: Levels, corner_px: tuple[int, int], step_s: float
) -> Appearance:
    """Tell what an object looks like.

    Args:
        sights: Of it, in order of time.
        background: (h, w) grey levels of what is behind the first of them.
        corner_px: x and y of the background's upper left pixel.
        step_s: Between two pictures.
    """
    first = sights[:_TELLING]
    contrast = float(np.median([d.contrast for d in first]))
    behind = [level for d in first if (level := _level_at(background, corner_px, d)) is not None]
    return Appearance(
        diameter_px=float(np.median([min(d.width_px, d.height_px) for d in first])),
        contrast=contrast,
        behind=float(np.median(behind)) if behind else float(np.median(background)),
        shutter_s=_shutter_s(sights, step_s),
    )


def _level_at(background: Levels, corner_px: tuple[int, int], detection: Detection) -> float | None:
    column, row = round(detection.x_px) - corner_px[0], round(detection.y_px) - corner_px[1]
    height, width = background.shape
    return float(background[row, column]) if 0 <= row < height and 0 <= column < width else None


def _shutter_s(sights: Sequence[Detection], step_s: float) -> float:
    """Tell how long the shutter is open: by so much what falls fast is longer than wide, a second of its speed."""
    times_s = np.array([d.taken_s for d in sights])
    down_px_s = np.gradient(np.array([d.y_px for d in sights]), times_s)
    longer_px = np.array([d.height_px - d.width_px for d in sights])
    fast = down_px_s * step_s > _FAST_PX
    if not fast.any():
        return 0.0
    return float(np.clip(np.median(longer_px[fast] / down_px_s[fast]), 0.0, _LONGEST_SHUTTER * step_s))

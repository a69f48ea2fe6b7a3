"""What one picture says of the camera that took it, in a few numbers."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_BORDER = 0.1
"""Share of the height left out at top and bottom: cameras write name and time there, sharp whatever they see."""
_COARSE_PX = (160, 72)
_CELL_PX = 8
_CALMING_PX = 3
_SURROUNDINGS_PX = 17
_CONSPICUOUS = 0.9997
"""All but three of the coarse pixels: one lit window is more than that, what noise does to one of them is not."""
_COARSE_ROWS, _FINE_ROWS = 288, 54
_FULL_HD_PX = 1080
_NEAR_PX, _FAR_PX = 1, 8
_EDGES = 0.998
_EDGE_SIGMAS, _MEDIAN_SIGMAS = 3.09, 0.6745
"""Of Gaussian noise, so many deviations hold `_EDGES` of all absolute values, and half of them."""
_LEAST_EDGE_LEVELS = 15.0
_LEVELS = 256


@dataclass(frozen=True, slots=True)
class PictureFigures:
    """Numbers of one picture, without its upper and lower border; levels are grey levels, 0 to 255.

    Attributes:
        median_level: Half of the picture is darker.
        bright_level: Nine tenths of it are darker.
        standout_levels: By how much the most conspicuous places differ from what surrounds them, a few pixels at least.
        sharpness: Steepness of its edges over one pixel, as a share of that over eight: 1/8 where all is soft, 0.25 and
            more where a lens is in focus. None where there are no edges to judge by.
        cell_levels: (9, 20) float32, fewer of small pictures: the span of levels in each part of it.
        sample: (n, width) uint8, some of its rows as they are.
    """

    median_level: float
    bright_level: float
    standout_levels: float
    sharpness: float | None
    cell_levels: NDArray[np.float32]
    sample: NDArray[np.uint8]


def measure_picture(luma: NDArray[np.uint8]) -> PictureFigures:
    """Measure a (height, width) uint8 frame: 0.6 ms for 1080p."""
    border = round(_BORDER * len(luma))
    inner = luma[border : len(luma) - border]
    sample = np.ascontiguousarray(inner[:: max(1, len(inner) // _FINE_ROWS)])
    rows = inner[:: max(1, len(inner) // _COARSE_ROWS)]
    coarse = np.asarray(cv2.resize(rows, _coarse_size(inner), interpolation=cv2.INTER_AREA), np.uint8)
    standout = cv2.absdiff(coarse, cv2.blur(coarse, (_SURROUNDINGS_PX, _SURROUNDINGS_PX)))
    return PictureFigures(
        median_level=_quantile(coarse, 0.5),
        bright_level=_quantile(coarse, 0.9),
        standout_levels=_quantile(standout, _CONSPICUOUS),
        sharpness=_sharpness(_reduced(sample, len(luma))),
        cell_levels=_cell_levels(coarse),
        sample=sample,
    )


def _coarse_size(inner: NDArray[np.uint8]) -> tuple[int, int]:
    """Tell (width, height) of the coarse picture: whole cells, and of small pictures no more than calms their noise."""
    height, width = (length // _CALMING_PX // _CELL_PX * _CELL_PX for length in inner.shape)
    return min(_COARSE_PX[0], max(_CELL_PX, width)), min(_COARSE_PX[1], max(_CELL_PX, height))


def _reduced(sample: NDArray[np.uint8], height_px: int) -> NDArray[np.uint8]:
    """Make rows of a larger picture as long as those of 1080p: no lens is as sharp as the pixels of 4K."""
    step = max(1, round(height_px / _FULL_HD_PX))
    size = sample.shape[1] // step, len(sample)
    return sample if step == 1 else np.asarray(cv2.resize(sample, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sharpness(rows: NDArray[np.uint8]) -> float | None:
    """Compare differences over one pixel with those over eight, at the steepest edges; noise is taken out of both."""
    near = cv2.absdiff(rows[:, _NEAR_PX:], rows[:, :-_NEAR_PX])
    smooth = cv2.blur(rows, (_FAR_PX, 1))
    steps = cv2.absdiff(smooth[:, _FAR_PX:], smooth[:, :-_FAR_PX])
    # An edge is one pixel wide in the one, eight in the other: with fewer, noise would be compared with edges.
    if _quantile(steps, 1 - _FAR_PX * (1 - _EDGES)) < _LEAST_EDGE_LEVELS:
        return None
    far = _quantile(steps, _EDGES)
    noise = _quantile(near, 0.5) * _EDGE_SIGMAS / _MEDIAN_SIGMAS
    return float(np.sqrt(max(0.0, _quantile(near, _EDGES) ** 2 - noise**2))) / far


def _cell_levels(coarse: NDArray[np.uint8]) -> NDArray[np.float32]:
    rows, columns = coarse.shape[0] // _CELL_PX, coarse.shape[1] // _CELL_PX
    cells = coarse.reshape(rows, _CELL_PX, columns, _CELL_PX)
    span: NDArray[np.float32] = (cells.max(axis=(1, 3)) - cells.min(axis=(1, 3))).astype(np.float32)
    return span


def _quantile(values: NDArray[np.uint8] | cv2.typing.MatLike, share: float) -> float:
    """Tell the level that a share of the values does not exceed, between whole levels as if they were spread evenly."""
    counts = cv2.calcHist([values], [0], None, [_LEVELS], [0, _LEVELS]).ravel()
    below = np.cumsum(counts)
    wanted = share * below[-1]
    level = int(np.searchsorted(below, wanted))
    before = below[level - 1] if level else 0.0
    return max(0.0, level - 0.5 + float((wanted - before) / max(counts[level], 1.0)))

"""Motion made into detections: pixels that differ are grouped into blobs."""

from itertools import repeat

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.background import Foreground
from vision.detection import Detection

CELL_PX = 4
"""Pixels nearer than one or two cells belong together; labelling cells costs a sixteenth of labelling pixels."""


def group_blobs(foreground: Foreground, time_s: float, taken_s: float) -> list[Detection]:
    """Make one detection of each group of pixels that touch on a grid of `CELL_PX`."""
    points = foreground.points_px
    if not len(points):
        return []
    x, y = points[:, 0].copy(), points[:, 1].copy()
    labels, count = _label(x // CELL_PX, y // CELL_PX)
    weight = foreground.excess.astype(np.float64)
    total = np.bincount(labels, weight, count)
    area = np.bincount(labels, minlength=count)
    x_px = np.bincount(labels, weight * x, count) / total
    y_px = np.bincount(labels, weight * y, count) / total
    contrast = np.bincount(labels, foreground.difference, count) / area
    # Of numbers of two bytes NumPy's stable sort takes a third of the time.
    order = np.argsort(labels.astype(np.min_scalar_type(count)), kind="stable")
    first = np.cumsum(area) - area
    width_px, height_px = (_extent(place[order], first) for place in (x, y))
    snr = np.maximum.reduceat(foreground.excess[order], first)
    columns = (x_px, y_px, width_px, height_px, area, contrast, snr)
    rows = zip(repeat(time_s, count), repeat(taken_s, count), *(column.tolist() for column in columns), strict=True)
    return list(map(Detection._make, rows))


def _extent(ordered: NDArray[np.int32], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Tell how far each group reaches, pixels: `ordered` holds one coordinate group by group, each from `first` on."""
    return np.asarray(np.maximum.reduceat(ordered, first) - np.minimum.reduceat(ordered, first) + 1, np.float64)


def _label(column: NDArray[np.int32], row: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Label each point, in its (N,) cell of the grid, with its group, from 0 on, without gaps."""
    column, row = _closed_up(column), _closed_up(row)
    cells = np.zeros((int(row.max()) + 1, int(column.max()) + 1), np.uint8)
    index = row * cells.shape[1] + column
    cells.ravel()[index] = 255
    count, labelled = cv2.connectedComponents(cells, connectivity=8)
    return np.asarray(labelled.ravel()[index] - 1, np.int32), count - 1


def _closed_up(index: NDArray[np.int32]) -> NDArray[np.int32]:
    """Renumber (N,) rows or columns of a grid so that of empty ones in a row one remains.

    What touched touches still, and nothing else does. Some dots far apart would else pay for a grid of the whole frame.
    """
    used = np.zeros(int(index.max()) + 2, bool)
    used[index] = True
    used[1:] |= used[:-1]
    return np.asarray(np.cumsum(used, dtype=np.int32)[index] - 1)

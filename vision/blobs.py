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
    labels, count = _label(points)
    weight = foreground.excess.astype(np.float64)
    total = np.bincount(labels, weight, count)
    area = np.bincount(labels, minlength=count)
    x_px = np.bincount(labels, weight * points[:, 0], count) / total
    y_px = np.bincount(labels, weight * points[:, 1], count) / total
    contrast = np.bincount(labels, foreground.difference, count) / area
    order = np.argsort(labels, kind="stable")
    first = np.cumsum(area) - area
    ordered = points[order]
    size = np.maximum.reduceat(ordered, first) - np.minimum.reduceat(ordered, first) + 1
    snr = np.maximum.reduceat(foreground.excess[order], first)
    width_px, height_px = size.T.astype(np.float64)
    columns = (x_px, y_px, width_px, height_px, area, contrast, snr)
    rows = zip(repeat(time_s, count), repeat(taken_s, count), *(column.tolist() for column in columns), strict=True)
    return list(map(Detection._make, rows))


def _label(points: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Label each point with its group, from 0 on, without gaps."""
    column, row = _closed_up(points[:, 0] // CELL_PX), _closed_up(points[:, 1] // CELL_PX)
    cells = np.zeros((int(row.max()) + 1, int(column.max()) + 1), np.uint8)
    cells[row, column] = 255
    count, labelled = cv2.connectedComponents(cells, connectivity=8)
    return (labelled[row, column] - 1).astype(np.int32), count - 1


def _closed_up(index: NDArray[np.int32]) -> NDArray[np.int64]:
    """Renumber (N,) rows or columns of a grid so that of empty ones in a row one remains.

    What touched touches still, and nothing else does. Some dots far apart would else pay for a grid of the whole frame.
    """
    used = np.zeros(int(index.max()) + 2, bool)
    used[index] = used[index + 1] = True
    return np.asarray(np.cumsum(used)[index] - 1)

"""Motion made into detections: pixels that differ are grouped into blobs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.background import Foreground
from vision.detection import Detection

CELL_PX = 4
"""Pixels nearer than one or two cells belong together; labelling cells costs a sixteenth of labelling pixels."""


class BlobGrouper:
    """Groups foreground pixels of frames of one size."""

    def __init__(self, width: int, height: int) -> None:
        """Prepare for frames of `width` x `height` pixels."""
        self._cells = np.zeros((-(-height // CELL_PX), -(-width // CELL_PX)), np.uint8)

    def group(self, foreground: Foreground, time_s: float, taken_s: float) -> list[Detection]:
        """Make one detection of each group of pixels that touch on a grid of `CELL_PX`."""
        points = foreground.points_px
        if not len(points):
            return []
        labels, count = self._label(points)
        weight = foreground.excess.astype(np.float64)
        total = np.bincount(labels, weight, count)
        area = np.bincount(labels, minlength=count)
        x_px = np.bincount(labels, weight * points[:, 0], count) / total
        y_px = np.bincount(labels, weight * points[:, 1], count) / total
        contrast = np.bincount(labels, foreground.difference, count) / area
        low, high = _extremes(points, labels, count)
        size = high - low + 1
        snr = np.zeros(count, np.float32)
        np.maximum.at(snr, labels, foreground.excess)
        columns = (x_px, y_px, size[:, 0], size[:, 1], area, contrast, snr)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Detection(time_s, taken_s, x, y, float(w), float(h), a, c, s) for x, y, w, h, a, c, s in rows]

    def _label(self, points: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
        """Label each point with its group, from 0 on, without gaps."""
        cells = self._cells
        column, row = points[:, 0] // CELL_PX, points[:, 1] // CELL_PX
        cells[row, column] = 255
        # Only the part of the grid that holds points: one falling dot should not pay for the whole frame.
        top, left = int(row.min()), int(column.min())
        part = cells[top : int(row.max()) + 1, left : int(column.max()) + 1]
        count, labelled = cv2.connectedComponents(part, connectivity=8)
        labels = labelled[row - top, column - left] - 1
        cells[row, column] = 0
        return labels.astype(np.int32), count - 1


def _extremes(
    points: NDArray[np.int32], labels: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    low = np.full((count, 2), np.iinfo(np.int32).max, np.int32)
    high = np.zeros((count, 2), np.int32)
    np.minimum.at(low, labels, points)
    np.maximum.at(high, labels, points)
    return low, high

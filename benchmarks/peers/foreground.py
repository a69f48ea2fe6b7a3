"""What moves in a picture: the two classical ways."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.grey import GreyFrame

Mask = NDArray[np.uint8]
Foreground = Callable[[Iterator[GreyFrame]], Iterator[tuple[float, Mask]]]
"""Gives (time_s, mask (height, width) uint8 of 0 or 255) for pictures."""

HISTORY_FRAMES = 500
VARIANCE_THRESHOLD = 16
DIFFERENCE_THRESHOLD = 20


def mog2_foreground(frames: Iterator[GreyFrame]) -> Iterator[tuple[float, Mask]]:
    """Subtract a mixture of Gaussians (Zivkovic, 2004) with OpenCV's defaults, and open the mask by 2 x 2."""
    model = cv2.createBackgroundSubtractorMOG2(HISTORY_FRAMES, VARIANCE_THRESHOLD, detectShadows=False)
    kernel = np.ones((2, 2), np.uint8)
    for index, frame in enumerate(frames):
        mask = model.apply(frame.grey)
        if index:  # all of the first picture is new
            yield frame.time_s, _as_mask(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel))


def three_frame_foreground(frames: Iterator[GreyFrame]) -> Iterator[tuple[float, Mask]]:
    """Take what differs from the picture before and from the one after, and close the mask by 5 x 5."""
    kernel = np.ones((5, 5), np.uint8)
    before: GreyFrame | None = None
    change: Mask | None = None
    for frame in frames:
        if before is not None:
            newer = _as_mask(cv2.absdiff(before.grey, frame.grey))
            if change is not None:
                _, mask = cv2.threshold(cv2.min(change, newer), DIFFERENCE_THRESHOLD, 255, cv2.THRESH_BINARY)
                yield before.time_s, _as_mask(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel))
            change = newer
        before = frame


def _as_mask(image: object) -> Mask:
    return np.asarray(image, np.uint8)

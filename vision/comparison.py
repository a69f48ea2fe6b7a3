"""OpenCV's background subtractors behind the same protocol, to be measured against."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.background import BackgroundModel, Foreground, find_points, nothing_seen


@dataclass(frozen=True, slots=True)
class SubtractorSettings:
    """How a subtractor of OpenCV is used.

    Attributes:
        history: Frames that it learns from.
        floor_levels: Grey levels that count as an excess of 1: a subtractor does not tell the threshold of a pixel.
        overload_fraction: Share of the looked-at pixels above which a frame is called overloaded.
    """

    history: int = 500
    floor_levels: float = 9.0
    overload_fraction: float = 0.3


class Mog2Background:
    """Mixture of Gaussians at each pixel (Zivkovic & van der Heijden, Pattern Recognition Letters 27, 2006)."""

    def __init__(self, mask: NDArray[np.uint8], settings: SubtractorSettings | None = None) -> None:
        """Look where the (height, width) `mask` is not zero."""
        settings = settings or SubtractorSettings()
        subtractor = cv2.createBackgroundSubtractorMOG2(settings.history, detectShadows=False)
        self._model: BackgroundModel = _Subtraction(subtractor, mask, settings)

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        """Compare a frame with the mixtures, which learn from it. See `BackgroundModel`."""
        return self._model.apply(luma)


class KnnBackground:
    """Nearest neighbours among each pixel's samples (same source, section 3)."""

    def __init__(self, mask: NDArray[np.uint8], settings: SubtractorSettings | None = None) -> None:
        """Look where the (height, width) `mask` is not zero."""
        settings = settings or SubtractorSettings()
        subtractor = cv2.createBackgroundSubtractorKNN(settings.history, detectShadows=False)
        self._model: BackgroundModel = _Subtraction(subtractor, mask, settings)

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        """Compare a frame with the samples, which learn from it. See `BackgroundModel`."""
        return self._model.apply(luma)


class _Subtraction:
    """A subtractor of OpenCV, minding a mask and telling points."""

    def __init__(
        self,
        subtractor: cv2.BackgroundSubtractorMOG2 | cv2.BackgroundSubtractorKNN,
        mask: NDArray[np.uint8],
        settings: SubtractorSettings,
    ) -> None:
        self._subtractor = subtractor
        self._settings = settings
        x_px, y_px, width, height = cv2.boundingRect(mask)
        self._offset_px = np.array([x_px, y_px], np.int32)
        self._window = np.s_[y_px : y_px + height, x_px : x_px + width]
        self._seen = (mask[self._window] != 0).astype(np.uint8)
        self._looked_at = cv2.countNonZero(self._seen) if self._seen.size else 0
        self._has_learnt = False

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        if not self._looked_at:
            return nothing_seen()
        view = np.ascontiguousarray(luma[self._window])
        hits = np.asarray(self._subtractor.apply(view), np.uint8) * self._seen
        if not self._has_learnt:
            self._has_learnt = True
            return nothing_seen()
        count = cv2.countNonZero(hits)
        if count == 0:
            return nothing_seen()
        if count > self._settings.overload_fraction * self._looked_at:
            return nothing_seen(overloaded=True)
        points = find_points(hits)
        at = (points[:, 1], points[:, 0])
        scene = np.asarray(self._subtractor.getBackgroundImage(), np.uint8)
        difference = view[at].astype(np.int16) - scene[at]
        excess = np.maximum(np.abs(difference) / self._settings.floor_levels, 1.0).astype(np.float32)
        return Foreground(points + self._offset_px, difference, excess, overloaded=False)

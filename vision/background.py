"""What the scene looks like when nothing falls, and what differs from it."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.gain import measure_gain

NEVER = 255
"""A threshold that no difference of two grey levels exceeds: pixels outside the zones carry it."""
BAND_PX = 230_400
"""Pixels that are learnt at a time, whole rows: 120 at 1080p. A fifth faster than 48 rows, whose calls cost much."""
WORD = 8
"""Pixels that are tested for change at once."""


@dataclass(frozen=True, slots=True)
class Foreground:
    """The pixels of one frame that differ from the background.

    Attributes:
        points_px: (N, 2) int32, x and y in pixels of the full frame.
        difference: (N,) int16, luma minus background, grey levels.
        excess: (N,) float32, absolute difference over that pixel's threshold; 1 is just seen.
        overloaded: Whether so much changed at once (a lamp, a knocked camera) that the frame says nothing.
    """

    points_px: NDArray[np.int32]
    difference: NDArray[np.int16]
    excess: NDArray[np.float32]
    overloaded: bool


class BackgroundModel(Protocol):
    """Learns the scene and tells what differs from it."""

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        """Compare a (height, width) uint8 frame with what was learnt, then learn from it."""
        ...


@dataclass(frozen=True, slots=True)
class BackgroundSettings:
    """How the running background learns.

    Attributes:
        floor_levels: No threshold falls below this many grey levels: codecs step by a few at key frames.
        update_every: Learn from every n-th frame; two halves the cost and no test clip tells the difference.
        hit_raise: Grey levels by which a threshold grows when its pixel is foreground; it sinks by one a quiet
            update, so a pixel that flickers more often than one update in hit_raise silences itself.
        overload_fraction: Share of the looked-at pixels above which a frame is called overloaded.
        usual_times: A frame with so many times the usual points is a surge (codecs redraw the wall at key frames), and
            every threshold is raised for it alone.
        few_points: So many points are never too many: a large object alone makes them.
        many_fraction: Share of the looked-at pixels that is always too many points.
        surge_raise: By how many times thresholds are raised at most.
        follows_light: Whether what was learnt is made brighter and darker with the light.
    """

    floor_levels: int = 9
    update_every: int = 2
    hit_raise: int = 6
    overload_fraction: float = 0.3
    usual_times: float = 2.0
    few_points: int = 200
    many_fraction: float = 5e-4
    surge_raise: float = 1.6
    follows_light: bool = True


class RunningBackground:
    """Running median of each pixel and a threshold from its own deviation, in saturating uint8 arithmetic.

    Both are sigma-delta estimates (Manzanera & Richefeu, Pattern Recognition Letters 28, 2007, section 2): the median
    moves one grey level towards each frame, and the threshold one level towards eight times the deviation, which
    settles at eight medians of the absolute deviation, or 5.4 standard deviations of Gaussian noise. All of it is
    SIMD in OpenCV and touches each pixel's byte, never a float.
    """

    DEVIATIONS = 8.0

    def __init__(self, mask: NDArray[np.uint8], settings: BackgroundSettings | None = None) -> None:
        """Look where the (height, width) `mask` is not zero."""
        self._settings = settings or BackgroundSettings()
        x_px, y_px, width, height = cv2.boundingRect(mask)
        width = min(-(-width // WORD) * WORD, mask.shape[1] - x_px)
        self._offset_px = np.array([x_px, y_px], np.int32)
        self._window = np.s_[y_px : y_px + height, x_px : x_px + width]
        blind = mask[self._window] == 0
        self._looked_at = int(blind.size - blind.sum())
        self._blind = blind if blind.any() else None
        self._median = np.empty((0, 0), np.uint8)
        self._threshold = np.empty((0, 0), np.uint8)
        self._difference = np.empty((height, width), np.uint8)
        self._hits = np.empty((height, width), np.uint8)
        self._band = min(max(BAND_PX // max(width, 1), 1), height)
        self._work, self._upper, self._lower = np.empty((3, self._band, width), np.uint8)
        # Whole arrays: to add a number takes OpenCV 1.7 times as long.
        self._one = np.ones_like(self._work)
        self._floor = np.full_like(self._work, self._settings.floor_levels)
        self._count = 0
        self._usual = 0.0

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        """Compare a frame with the running median, then learn from it. See `BackgroundModel`."""
        if not self._looked_at:
            return nothing_seen()
        view = luma[self._window]
        self._count += 1
        if self._count == 1:
            self._median = view.copy()
            return nothing_seen()
        gain = measure_gain(view, self._median) if self._settings.follows_light else 1.0
        if gain != 1.0:
            # At once, not by one level every second frame: thresholds would grow with what the median lags behind.
            cv2.convertScaleAbs(self._median, dst=self._median, alpha=gain)
        cv2.absdiff(view, self._median, dst=self._difference)
        if self._count == 2:
            self._start_threshold()
        cv2.compare(self._difference, self._threshold, cv2.CMP_GT, dst=self._hits)
        foreground = self._read(view)
        if foreground.overloaded:
            # A new light: take the scene as it is now; the thresholds keep what they know of the noise.
            np.copyto(self._median, view)
        elif self._count % self._settings.update_every == 0:
            self._learn(view)
        return foreground

    def _start_threshold(self) -> None:
        """Guess the noise from two frames: their local mean difference is 1.13 deviations of the noise."""
        local = cv2.blur(self._difference.astype(np.float32), (15, 15))
        start = np.clip(local * (self.DEVIATIONS * 0.6745 / 1.13), self._settings.floor_levels, NEVER - 1)
        self._threshold = start.astype(np.uint8)
        self._silence_blind()

    def _silence_blind(self) -> None:
        if self._blind is not None:
            self._threshold[self._blind] = NEVER

    def _read(self, view: NDArray[np.uint8]) -> Foreground:
        count = cv2.countNonZero(self._hits)
        if count == 0:
            return nothing_seen()
        if count > self._settings.overload_fraction * self._looked_at:
            return nothing_seen(overloaded=True)
        points = find_points(self._hits)
        at = (points[:, 1], points[:, 0])
        difference = view[at].astype(np.int16) - self._median[at]
        excess = np.asarray(self._difference[at] / self._threshold[at], np.float32)
        kept = excess >= self._raise(excess)
        return Foreground(points[kept] + self._offset_px, difference[kept], excess[kept], overloaded=False)

    def _raise(self, excess: NDArray[np.float32]) -> float:
        """Tell by how many times to raise all thresholds, so that not many more points are left than usual."""
        settings, count = self._settings, len(excess)
        few = settings.few_points
        many = max(few, settings.many_fraction * self._looked_at)
        most = int(np.clip(settings.usual_times * self._usual, few, many))
        self._usual += 0.05 * (min(count, 2 * self._usual + few) - self._usual)
        if count <= most:
            return 1.0
        return min(float(np.partition(excess, count - most - 1)[count - most - 1]), settings.surge_raise)

    def _learn(self, view: NDArray[np.uint8]) -> None:
        """Move threshold and median, some rows at a time: what lies between stays in the processor's own memory."""
        for top in range(0, len(view), self._band):
            self._learn_rows(view, np.s_[top : top + self._band])
        self._silence_blind()

    def _learn_rows(self, view: NDArray[np.uint8], rows: slice) -> None:
        difference, hits = self._difference[rows], self._hits[rows]
        work = self._work[: len(hits)]
        # Threshold first: towards DEVIATIONS times the difference by one, and up by hit_raise where it was exceeded.
        # Doubled three times, and never below the floor: half the time of multiplying by eight.
        cv2.add(difference, difference, dst=work)
        cv2.add(work, work, dst=work)
        cv2.add(work, work, dst=work)
        cv2.max(work, self._floor[: len(hits)], dst=work)
        threshold = self._threshold[rows]
        self._step_towards(threshold, work)
        np.bitwise_and(hits, np.uint8(self._settings.hit_raise), out=hits)
        cv2.add(threshold, hits, dst=threshold)
        self._step_towards(self._median[rows], view[rows])

    def _step_towards(self, state: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
        """Move each element of `state` by one towards `target`, in place."""
        upper, lower, one = self._upper[: len(state)], self._lower[: len(state)], self._one[: len(state)]
        cv2.add(state, one, dst=upper)
        cv2.min(target, upper, dst=upper)
        cv2.subtract(state, one, dst=lower)
        cv2.max(upper, lower, dst=state)


def find_points(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """List the pixels of a sparse (height, width) uint8 mask that are not zero, as (N, 2) int32 x and y.

    Eight pixels are looked at as one word: 0.1 ms for 1080p, where `cv2.findNonZero` takes 1.6 ms.
    """
    height, width = mask.shape
    if width % WORD:
        y_px, x_px = np.nonzero(mask)
        return np.column_stack([x_px, y_px]).astype(np.int32)
    words = mask.reshape(-1).view(np.uint64)
    # Of truth values NumPy counts many at once, of numbers each: 0.06 ms instead of 0.47.
    filled = np.flatnonzero(words != 0)
    row, bit = np.nonzero(words[filled].view(np.uint8).reshape(-1, WORD))
    flat = filled[row] * WORD + bit
    return np.column_stack([flat % width, flat // width]).astype(np.int32)


def nothing_seen(*, overloaded: bool = False) -> Foreground:
    """Make the foreground of a frame in which no pixel is reported."""
    return Foreground(np.empty((0, 2), np.int32), np.empty(0, np.int16), np.empty(0, np.float32), overloaded=overloaded)

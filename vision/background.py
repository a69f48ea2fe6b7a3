"""What the scene looks like when nothing falls, and what differs from it."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.gain import measure_gain

NEVER = 255
"""A threshold that no difference of two grey levels exceeds: pixels outside the zones carry it."""
BAND_PX = 115_200
"""Pixels that are learnt at a time, whole rows: 120 at 1080p. A fifth faster than 48 rows, whose calls cost much."""
WORD = 8
"""Pixels that are tested for change at once."""
_IN_BOUNDS = 255
"""What `cv2.inRange` says of a pixel that is as usual."""


@dataclass(frozen=True, slots=True)
class Foreground:
    """The pixels of one frame that differ from the background.

    Attributes:
        points_px: (N, 2) int32, x and y in pixels of the full frame.
        difference: (N,) int16, luma minus background, grey levels.
        excess: (N,) float32, absolute difference over that pixel's threshold; 1 is just seen.
        overloaded: Whether so much changed at once (a lamp, a knocked camera) that the frame says nothing.
        surged: Whether much more changed than usual, so that only what stands out is told.
    """

    points_px: NDArray[np.int32]
    difference: NDArray[np.int16]
    excess: NDArray[np.float32]
    overloaded: bool
    surged: bool = False


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
        update_every: Each pixel learns from every n-th frame; two halves the cost, and no clip tells a difference. With
            four every suite is as it was, but of a recorded throw the mirror image is confirmed.
        calm_every: The same while nearly nothing stirs: a still wall has little to teach.
        stirring_fraction: Share of the looked-at pixels that usually differ, from which on the scene stirs.
        settling_frames: A scene that is new counts as stirring for so long.
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
    calm_every: int = 8
    stirring_fraction: float = 3e-5
    settling_frames: int = 50
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
        # What no threshold may fall below: everything where nobody looks.
        self._least = np.where(blind, NEVER, self._settings.floor_levels).astype(np.uint8)
        self._median, self._threshold, self._low, self._high = np.zeros((4, height, width), np.uint8)
        band = max(1, min(BAND_PX // max(width, 1), height))
        self._bands = [np.s_[top : min(top + band, height)] for top in range(0, height, band)]
        self._work, self._upper, self._lower, self._hits = np.empty((4, band, width), np.uint8)
        # A whole array: to add a number takes OpenCV 1.7 times as long.
        self._one = np.ones_like(self._work)
        self._count = 0
        self._usual = 0.0
        self._typical = 0.0
        self._settled = 0

    def apply(self, luma: NDArray[np.uint8]) -> Foreground:
        """Compare a frame with the running median, then learn from it. See `BackgroundModel`."""
        if not self._looked_at:
            return nothing_seen()
        view = luma[self._window]
        self._count += 1
        self._settled += 1
        if self._count == 1:
            np.copyto(self._median, view)
            return nothing_seen()
        gain = measure_gain(view, self._median) if self._settings.follows_light else 1.0
        if gain != 1.0:
            # At once, not by one level every second frame: thresholds would grow with what the median lags behind.
            cv2.convertScaleAbs(self._median, dst=self._median, alpha=gain)
        if self._count == 2:
            self._start_threshold(view)
        elif gain != 1.0:
            self._set_bounds(np.s_[:])
        pixels = self._changed(view)
        if pixels is None:
            # A new light: take the scene as it is now; the thresholds keep what they know of the noise.
            np.copyto(self._median, view)
            self._set_bounds(np.s_[:])
            self._settled = 0
            return nothing_seen(overloaded=True)
        foreground = self._read(view, pixels)
        self._learn(view)
        return foreground

    def _start_threshold(self, view: NDArray[np.uint8]) -> None:
        """Guess the noise from two frames: their local mean difference is 1.13 deviations of the noise."""
        local = cv2.blur(cv2.absdiff(view, self._median).astype(np.float32), (15, 15))
        start = np.clip(local * (self.DEVIATIONS * 0.6745 / 1.13), 0, NEVER - 1).astype(np.uint8)
        cv2.max(start, self._least, dst=self._threshold)
        self._set_bounds(np.s_[:])

    def _set_bounds(self, rows: slice) -> None:
        """Tell between which grey levels a pixel is as usual: with both at hand one call compares a frame."""
        median, threshold = self._median[rows], self._threshold[rows]
        cv2.subtract(median, threshold, dst=self._low[rows])
        cv2.add(median, threshold, dst=self._high[rows])

    def _changed(self, view: NDArray[np.uint8]) -> NDArray[np.int64] | None:
        """List the pixels out of bounds, (N,) indices in the window, or None where there are too many."""
        found, total = [], 0
        for rows in self._bands:
            hits = self._hits[: rows.stop - rows.start]
            cv2.inRange(view[rows], self._low[rows], self._high[rows], dst=hits)
            count = hits.size - cv2.countNonZero(hits)
            total += count
            if total > self._settings.overload_fraction * self._looked_at:
                return None
            if count:
                found.append(find_pixels(hits, all_but=_IN_BOUNDS) + rows.start * hits.shape[1])
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _read(self, view: NDArray[np.uint8], pixels: NDArray[np.int64]) -> Foreground:
        # By one index each, from memory in one piece: by rows and columns it takes fifteen times as long.
        luma = np.take(view, pixels) if view.flags.c_contiguous else view[np.divmod(pixels, view.shape[1])]
        difference = luma.astype(np.int16) - np.take(self._median, pixels)
        excess = np.asarray(np.abs(difference) / np.take(self._threshold, pixels), np.float32)
        times = self._raise(excess)
        if times > 1.0:
            kept = np.flatnonzero(excess >= times)
            pixels, difference, excess = pixels[kept], difference[kept], excess[kept]
        points_px = as_points(pixels, view.shape[1]) + self._offset_px
        return Foreground(points_px, difference, excess, overloaded=False, surged=times > 1.0)

    def _raise(self, excess: NDArray[np.float32]) -> float:
        """Tell by how many times to raise all thresholds, so that not many more points are left than usual."""
        settings, count = self._settings, len(excess)
        few = settings.few_points
        many = max(few, settings.many_fraction * self._looked_at)
        most = int(np.clip(settings.usual_times * self._usual, few, many))
        # The running median beside the mean: what a key frame redraws once in a while does not stir.
        self._typical = max(0.0, self._typical + np.sign(count - self._typical) * max(1.0, 0.05 * self._typical))
        self._usual += 0.05 * (min(count, 2 * self._usual + few) - self._usual)
        if count <= most:
            return 1.0
        return min(float(np.partition(excess, count - most - 1)[count - most - 1]), settings.surge_raise)

    def _learn(self, view: NDArray[np.uint8]) -> None:
        """Learn from the rows whose turn it is."""
        settings = self._settings
        stirs = self._typical > settings.stirring_fraction * self._looked_at or self._settled < settings.settling_frames
        every = settings.update_every if stirs else settings.calm_every
        for index, rows in enumerate(self._bands):
            if (self._count + index) % every == 0:
                self._learn_rows(view[rows], rows)

    def _learn_rows(self, view: NDArray[np.uint8], rows: slice) -> None:
        """Move threshold and median of some rows: what lies between stays in the processor's own memory."""
        median, threshold = self._median[rows], self._threshold[rows]
        work, hits = self._work[: len(view)], self._hits[: len(view)]
        cv2.absdiff(view, median, dst=work)
        cv2.compare(work, threshold, cv2.CMP_GT, dst=hits)
        # Threshold first: towards DEVIATIONS times the difference by one, and up by hit_raise where it was exceeded.
        # Doubled three times, and never below the least: half the time of multiplying by eight.
        cv2.add(work, work, dst=work)
        cv2.add(work, work, dst=work)
        cv2.add(work, work, dst=work)
        cv2.max(work, self._least[rows], dst=work)
        self._step_towards(threshold, work)
        np.bitwise_and(hits, np.uint8(self._settings.hit_raise), out=hits)
        cv2.add(threshold, hits, dst=threshold)
        self._step_towards(median, view)
        self._set_bounds(rows)

    def _step_towards(self, state: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
        """Move each element of `state` by one towards `target`, in place."""
        upper, lower, one = self._upper[: len(state)], self._lower[: len(state)], self._one[: len(state)]
        cv2.add(state, one, dst=upper)
        cv2.min(target, upper, dst=upper)
        cv2.subtract(state, one, dst=lower)
        cv2.max(upper, lower, dst=state)


def find_points(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """List the pixels of a sparse (height, width) uint8 mask that are not zero, as (N, 2) int32 x and y."""
    return as_points(find_pixels(mask, all_but=0), mask.shape[1])


def find_pixels(mask: NDArray[np.uint8], all_but: int) -> NDArray[np.int64]:
    """List the pixels of a contiguous (height, width) uint8 mask that are something else than nearly all: (N,) indices.

    Eight pixels are looked at as one word: 0.1 ms for 1080p, where `cv2.findNonZero` takes 1.6 ms.
    """
    flat = mask.reshape(-1)
    if flat.size % WORD:
        return np.flatnonzero(flat != all_but)
    words = flat.view(np.uint64)
    # Of truth values NumPy counts many at once, of numbers each: 0.06 ms instead of 0.47.
    filled = np.flatnonzero(words != np.uint64(all_but * 0x0101010101010101))
    pixel = np.flatnonzero(words[filled].view(np.uint8) != all_but)
    return np.asarray(filled[pixel // WORD] * WORD + pixel % WORD)


def as_points(pixels: NDArray[np.int64], width: int) -> NDArray[np.int32]:
    """Turn (N,) indices of pixels into (N, 2) int32 x and y."""
    points = np.empty((len(pixels), 2), np.int32)
    points[:, 1] = pixels // width
    points[:, 0] = pixels - width * points[:, 1]
    return points


def nothing_seen(*, overloaded: bool = False) -> Foreground:
    """Make the foreground of a frame in which no pixel is reported."""
    return Foreground(np.empty((0, 2), np.int32), np.empty(0, np.int16), np.empty(0, np.float32), overloaded=overloaded)

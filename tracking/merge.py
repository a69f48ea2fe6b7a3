"""One throw, one fall: mirror images in glass and doubled tracks are merged."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from floors.tracing import Traced
from tracking.fall import Fall, PathPoint

Array = NDArray[np.float64]

_RANK = {"rejected": 0, "suspected": 1, "confirmed": 2}
_SHORTEST_MIRRORED_S = 0.25
_RELEASED_TOGETHER_S = 0.5
_MIRROR_MISS = 0.12
_MIRROR_MISS_PX = 2.0
_FACTORS = (0.15, 3.0)
WAIT_S = 2.0
"""A mirror image may be seen for so much longer than the object itself, if a track of it lives by then."""


class FallMerger:
    """Holds falls until their twins must have ended too, and lets the best of each group through."""

    def __init__(self, height_px: int) -> None:
        """Merge within reach of a frame of this height."""
        self._near_px = 0.17 * height_px
        self._same_px = 0.03 * height_px
        self._held: list[Fall] = []
        self._rejected: list[Fall] = []

    def add(self, fall: Fall) -> None:
        """Take a fall that was judged."""
        # A rejected one has no twin that matters; in snow there are twenty a frame.
        (self._rejected if fall.verdict == "rejected" else self._held).append(fall)

    def ripe(self, time_s: float, live_from_s: Sequence[float] = ()) -> list[Fall]:
        """Give out what can have no twin any more at `time_s`; rejected tracks at once.

        Args:
            time_s: Of the last frame.
            live_from_s: When each of the tracks that still live was first seen: what was seen before a fall ended may
                be its twin.
        """
        rejected, self._rejected = self._rejected, []
        oldest_s = min(live_from_s, default=time_s)
        old = [fall for fall in self._held if fall.last_s < oldest_s or fall.last_s <= time_s - WAIT_S]
        # A fall goes with its whole group, or its late twin would come alone.
        for fall in self._held:
            if fall not in old and any(self._is_twin(fall, one) for one in old):
                old.append(fall)
        self._held = [fall for fall in self._held if fall not in old]
        return rejected + self._best(old)

    def rest(self) -> list[Fall]:
        """Give out all that is left."""
        held, self._held = self._held, []
        rejected, self._rejected = self._rejected, []
        return rejected + self._best(held)

    def _best(self, falls: list[Fall]) -> list[Fall]:
        kept: list[Fall] = []
        for fall in sorted(falls, key=_weight, reverse=True):
            twin = next((one for one in kept if self._is_twin(one, fall)), None)
            if twin is None:
                kept.append(fall)
            else:
                reason = "also seen a second time beside itself (mirror image or doubled track), counted once"
                if reason not in twin.reasons:
                    kept[kept.index(twin)] = replace(twin, reasons=(*twin.reasons, reason))
        return sorted(kept, key=lambda fall: fall.release_s)

    def _is_twin(self, one: Fall, other: Fall) -> bool:
        """Tell whether two falls are one object: on one path, or one where glass would mirror the other.

        Without geometry the mirror image is what was released at about the same time beside it.
        """
        start, end = max(one.first_s, other.first_s), min(one.last_s, other.last_s)
        if end < start:
            return False
        times = np.linspace(start, end, 9)
        apart = _at(one, times) - _at(other, times)
        distance = np.hypot(apart[:, 0], apart[:, 1])
        if float(np.median(distance)) < self._same_px:
            return True
        if one.mirrored and other.mirrored:
            together = abs(one.release_s - other.release_s) < _RELEASED_TOGETHER_S
            return together and (_mirrors(one, other, times) or _mirrors(other, one, times))
        together = abs(one.release_s - other.release_s) < 0.35 and end - start > 0.25
        return bool(together and np.abs(apart[:, 0]).max() < self._near_px / 2 and distance.max() < self._near_px)


def mirrored_path(traced: Traced | None, path: Sequence[PathPoint]) -> tuple[PathPoint, ...]:
    """Tell where the wall, were it glass, would show the mirror image of what moved along a path; () where unknown."""
    if traced is None or traced.fit is None:
        return ()
    world_m = traced.fit.world(np.array([point.time_s for point in path]))
    pixels = traced.fit.camera.project(world_m * np.array([1.0, 1.0, -1.0]))
    return tuple(
        PathPoint(point.time_s, float(x_px), float(y_px), point.size_px)
        for point, (x_px, y_px) in zip(path, pixels, strict=True)
    )


def _mirrors(thing: Fall, image: Fall, times_s: Array) -> bool:
    """Tell whether `image` moves where a wall of glass would show `thing`; (N,) times at which both were seen.

    How far the thing is before the wall, so how far aside its image is, is known to a factor only; that the image is
    aside of it in that direction, more as the thing gets away from the wall, is known well. Measured: images miss
    by up to 0.09 of the distance between the two, throws at one time from one or two windows by 0.15 and more.
    """
    if times_s[-1] - times_s[0] < _SHORTEST_MIRRORED_S:
        return False
    place = _at(thing, times_s)
    aside = _interpolate(thing.mirrored, times_s) - place
    seen = _at(image, times_s) - place
    factor = float((aside * seen).sum() / max(float((aside**2).sum()), 1e-9))
    miss_px = float(np.median(np.hypot(*(seen - factor * aside).T)))
    distance_px = float(np.median(np.hypot(*aside.T)))
    return _FACTORS[0] <= factor <= _FACTORS[1] and miss_px <= max(_MIRROR_MISS * distance_px, _MIRROR_MISS_PX)


def _weight(fall: Fall) -> tuple[int, float]:
    """Rank twins: the object itself is nearer than its mirror image, so larger, and in view for longer."""
    size_px = float(np.median([point.size_px for point in fall.path]))
    return _RANK[fall.verdict], (fall.path[-1].y_px - fall.path[0].y_px) * np.sqrt(size_px)


def _at(fall: Fall, times_s: Array) -> Array:
    """Tell the (N, 2) pixels of a fall at (N,) times."""
    return _interpolate(fall.path, times_s)


def _interpolate(path: Sequence[PathPoint], times_s: Array) -> Array:
    known_s = [point.time_s for point in path]
    x_px = np.interp(times_s, known_s, [point.x_px for point in path])
    y_px = np.interp(times_s, known_s, [point.y_px for point in path])
    return np.column_stack([x_px, y_px])

"""What falls again and again along one path is water: a dripping air conditioner, a leaking gutter.

One drop falls as a thrown cup does; no test of its path can tell them apart. But drops leave one place with the same
velocity, so their paths agree to some pixels and to some hundredths of a second, and no hand throws so twice. A drop is
small, and air holds it at 9 m/s: what is larger is a throw, however often it is repeated, and what is surely heavier is
one too unless there is a whole row of them.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tracking.fall import Fall, Verdict

Array = NDArray[np.float64]

_SAMPLES = 7


@dataclass(frozen=True, slots=True)
class RecurrenceSettings:
    """When falls are alike, and how long to wait for the next one.

    Attributes:
        near: How far apart two paths may lie at the same height, as a share of the frame's height: 10 px of 1080.
            Drops of one gutter lie within 8 px of each other at the end of their way.
        timing: How much their times for the same way may differ, as a share.
        least_overlap: Share of the shorter path's descent that both must have.
        apart_s: What passes a place sooner after another than this is the same thing, followed twice.
        hold_s: How long what may be a drop is held back for the next one to come.
        small: Size up to which a thing may be a drop, as a share of the frame's height.
        sure_heavy: Probability of the drag class "heavy" from which on a thing is none.
        least_points: Points that a refused track has at least to be remembered: most of them are specks and streaks.
        heavy_repeats: Others along the same path that prove even what seems to be heavy a drop; a recording that is
            played again and again shows a throw a few times.
        remembered_s: How long a fall is remembered.
        remembered: How many are.
    """

    near: float = 0.0095
    timing: float = 0.08
    least_overlap: float = 0.5
    apart_s: float = 0.12
    hold_s: float = 5.0
    small: float = 0.0075
    sure_heavy: float = 0.95
    least_points: int = 15
    heavy_repeats: int = 5
    remembered_s: float = 1800.0
    remembered: int = 200


class Recurrence:
    """Holds back what may be a drop, and refuses what fell along the same path before or after."""

    def __init__(self, height_px: int, settings: RecurrenceSettings | None = None) -> None:
        """Compare falls in frames of a height."""
        self._settings = settings or RecurrenceSettings()
        self._height_px = height_px
        self._memory: deque[_Way] = deque(maxlen=self._settings.remembered)
        self._held: list[tuple[Fall, _Way]] = []

    def add(self, fall: Fall) -> list[Fall]:
        """Take a fall; return it at once unless the next ones may show that it is a drop."""
        is_refused = fall.verdict == "rejected"
        # What was refused by two doubts, or in rain before it was looked at closely, is another drop all the same.
        is_telling = not is_refused or len(fall.path) >= self._settings.least_points
        if not is_telling or not self._is_small(fall):
            return [fall]
        way = _Way.of(fall)
        self._memory.append(way)
        if is_refused:
            return [fall]
        if self._is_heavy(fall):
            return [self._told(fall, way)]
        self._held.append((fall, way))
        return []

    def ripe(self, time_s: float) -> list[Fall]:
        """Give out what has waited long enough at `time_s`."""
        while self._memory and self._memory[0].start_s < time_s - self._settings.remembered_s:
            self._memory.popleft()
        ready = [held for held in self._held if held[0].last_s <= time_s - self._settings.hold_s]
        self._held = [held for held in self._held if held not in ready]
        return [self._told(*held) for held in ready]

    def rest(self) -> list[Fall]:
        """Give out all that is left."""
        held, self._held = self._held, []
        return [self._told(*one) for one in held]

    def _is_small(self, fall: Fall) -> bool:
        return float(np.median([point.size_px for point in fall.path])) <= self._settings.small * self._height_px

    def _is_heavy(self, fall: Fall) -> bool:
        impact = fall.impact
        return (
            impact is not None
            and impact.drag_class == "heavy"
            and impact.drag_class_probability >= self._settings.sure_heavy
        )

    def _told(self, fall: Fall, way: "_Way") -> Fall:
        """Say so where others fell along the same path: two others are proof, one is a doubt."""
        count = sum(self._is_again(way, other) for other in self._memory)
        if count < (self._settings.heavy_repeats if self._is_heavy(fall) else 1):
            return fall
        reason = f"failed: fell {count + 1} times along the same path, as drops do"
        verdict: Verdict = "rejected" if count > 1 else "suspected"
        return replace(fall, verdict=verdict, reasons=(*fall.reasons, reason), score=min(fall.score, 0.5))

    def _is_again(self, way: "_Way", other: "_Way") -> bool:
        settings = self._settings
        if way is other:
            return False
        top, bottom = max(way.y_px[0], other.y_px[0]), min(way.y_px[-1], other.y_px[-1])
        shorter = min(way.y_px[-1] - way.y_px[0], other.y_px[-1] - other.y_px[0])
        if bottom - top < max(settings.least_overlap * shorter, 1.0):
            return False
        rows = np.linspace(top, bottom, _SAMPLES)
        # One place may be wrong: a track takes a streak of rain for a drop now and then, or begins while it hangs.
        apart_px = np.sort(np.abs(way.x_at(rows) - other.x_at(rows)))[:-1]
        later_s = way.s_at(rows) - other.s_at(rows)
        if abs(float(np.median(later_s))) < settings.apart_s:
            return False  # one thing, followed twice
        late_s = np.sort(np.abs(later_s - np.median(later_s)))[:-1]
        allowed_s = settings.timing * float(np.ptp(way.s_at(rows))) / 2 + 0.03
        return bool(apart_px.max() <= settings.near * self._height_px and late_s.max() <= allowed_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """The way of a fall down the picture: x and time at rising y."""

    start_s: float
    x_px: Array
    y_px: Array
    time_s: Array

    @classmethod
    def of(cls, fall: Fall) -> "_Way":
        rows = _descending([(p.x_px, p.y_px, p.time_s) for p in fall.path])
        return cls(fall.release_s, rows[:, 0], rows[:, 1], rows[:, 2])

    def x_at(self, y_px: Array) -> Array:
        return np.interp(y_px, self.y_px, self.x_px)

    def s_at(self, y_px: Array) -> Array:
        return np.interp(y_px, self.y_px, self.time_s)


def _descending(points: Sequence[tuple[float, float, float]]) -> Array:
    """Keep of (x, y, time) points those that lie lower than all before."""
    kept = [points[0]]
    for point in points[1:]:
        if point[1] > kept[-1][1]:
            kept.append(point)
    return np.array(kept)

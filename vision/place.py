"""Does a camera still look where it looked when its geometry was drawn?"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from vision.reference import Comparison, Reference, ReferencePicture, is_usable

Standing = Literal["in place", "moved", "unknown"]


class ReferenceShelf(Protocol):
    """Keeps the pictures of a geometry for the next start."""

    def load(self) -> list[ReferencePicture]:
        """Give what was kept, the first picture first; nothing where there is nothing."""
        ...

    def keep(self, picture: ReferencePicture) -> None:
        """Keep one more."""
        ...


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """When a camera counts as moved.

    Attributes:
        check_every_s: How often it is looked for.
        doubt_every_s: How often where something changed.
        unknown_every_s: How often in a light in which it cannot be told.
        looks: So many looks must agree.
        moved_share: Farther than this share of the frame's height is moved: 4 px of 1080, a sixth of a small floor.
        sudden_s: A scene that was in place so shortly before, and is like no picture now, was turned or zoomed.
        other_light: Unless it is so many times brighter or darker: then a lamp was switched.
        other_look: A scene in place that correlates by less is kept as one more picture.
        add_every_s: So often at most.
        most_pictures: So many at most.
    """

    check_every_s: float = 10.0
    doubt_every_s: float = 2.0
    unknown_every_s: float = 30.0
    looks: int = 3
    moved_share: float = 0.004
    sudden_s: float = 60.0
    other_light: float = 1.3
    other_look: float = 0.8
    add_every_s: float = 300.0
    most_pictures: int = 6


class Place:
    """Compares a camera's pictures with those of its geometry.

    The first good picture that is ever seen is the reference. Light changes, so a scene that is known to be in place
    but no longer looks the same is kept as a further picture, its own place measured: by and by day, dusk and night.

    Attributes:
        standing: What is believed.
        moved_px: How far right and down the last picture shows what the reference shows; None where that is unknown.
    """

    def __init__(self, shelf: ReferenceShelf, limits: PlaceLimits | None = None, *, was_moved: bool = False) -> None:
        """Begin with what the shelf keeps; `was_moved` tells what was believed last."""
        self._limits = limits or PlaceLimits()
        self._shelf = shelf
        pictures = shelf.load()
        self._reference = Reference(pictures) if pictures else None
        self.standing: Standing = "moved" if was_moved and pictures else "unknown"
        self.moved_px: tuple[float, float] | None = None
        self._next_s: float | None = None
        self._added_s: float | None = None
        self._sure_s: float | None = None
        self._sure_level = 0.0
        self._pending: list[Standing] = []

    @property
    def may_have_moved(self) -> bool:
        """Whether it has moved, or the last look says so."""
        return self.standing == "moved" or "moved" in self._pending

    def see(self, luma: NDArray[np.uint8], now_s: float) -> None:
        """Take a (height, width) uint8 frame in which nothing is wrong with the picture, at `now_s`, monotonic."""
        if self._next_s is not None and now_s < self._next_s:
            return
        if self._reference is None:
            self._begin(luma, now_s)
            return
        comparison = self._reference.compare(luma)
        level = float(luma[::16, ::16].mean())
        self._believe(self._judge(comparison, level, luma.shape[0], now_s))
        self.moved_px = comparison.moved_px
        if comparison.moved_px is not None:
            self._sure_s, self._sure_level = now_s, level
        if self.standing == "in place" and not self._pending and comparison.likeness < self._limits.other_look:
            self._add(luma, comparison, now_s)
        self._next_s = now_s + self._pause_s()

    def _begin(self, luma: NDArray[np.uint8], now_s: float) -> None:
        # Not the very first: a camera that was just switched on is still finding its exposure.
        is_early = self._next_s is None
        self._next_s = now_s + self._limits.check_every_s
        if is_early or not is_usable(luma):
            return
        first = ReferencePicture(luma.copy(), np.zeros(2))
        self._reference = Reference([first])
        self._shelf.keep(first)
        self.standing, self.moved_px = "in place", (0.0, 0.0)
        self._sure_s, self._sure_level, self._added_s = now_s, float(luma[::16, ::16].mean()), now_s

    def _judge(self, comparison: Comparison, level: float, height_px: int, now_s: float) -> Standing:
        """Tell what one look says."""
        limits = self._limits
        if comparison.moved_px is not None:
            is_far = float(np.hypot(*comparison.moved_px)) > limits.moved_share * height_px
            return "moved" if is_far else "in place"
        if self.standing == "moved":
            return "moved"
        is_sudden = self._sure_s is not None and now_s - self._sure_s <= limits.sudden_s
        brighter = (level + 1.0) / (self._sure_level + 1.0)
        is_same_light = 1 / limits.other_light <= brighter <= limits.other_light
        return "moved" if is_sudden and is_same_light else "unknown"

    def _believe(self, seen: Standing) -> None:
        """Change what is believed when some looks in a row say the same."""
        if seen == self.standing:
            self._pending.clear()
            return
        if self._pending and self._pending[-1] != seen:
            self._pending.clear()
        self._pending.append(seen)
        if len(self._pending) >= self._limits.looks:
            self.standing = seen
            self._pending.clear()

    def _add(self, luma: NDArray[np.uint8], comparison: Comparison, now_s: float) -> None:
        limits = self._limits
        is_early = self._added_s is not None and now_s - self._added_s < limits.add_every_s
        if self._reference is None or comparison.moved_px is None or is_early:
            return
        if len(self._reference) >= limits.most_pictures or not is_usable(luma):
            return
        picture = ReferencePicture(luma.copy(), np.array(comparison.moved_px))
        self._reference.add(picture)
        self._shelf.keep(picture)
        self._added_s = now_s

    def _pause_s(self) -> float:
        if self._pending:
            return self._limits.doubt_every_s
        return self._limits.check_every_s if self.moved_px is not None else self._limits.unknown_every_s

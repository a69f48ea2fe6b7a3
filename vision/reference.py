"""Pictures of a scene in several lights, to tell whether the camera still stands where it stood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.patches import Movement, Patches, choose_patches

_OVERVIEW_PX = 480
LEAST_PATCHES = 4

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReferenceLimits:
    """When a comparison is believed.

    Attributes:
        likeness: Least correlation of the patches with what they looked like.
        spread_px: Largest median disagreement of the patches.
        step_px: A scene that has moved further since the last comparison is searched for elsewhere too,
        sure_likeness: unless it correlates by more than this.
    """

    likeness: float = 0.6
    spread_px: float = 1.0
    step_px: float = 1.5
    sure_likeness: float = 0.95

    def believes(self, movement: Movement) -> bool:
        """Tell whether a measured movement is one."""
        return movement.likeness >= self.likeness and movement.spread_px <= self.spread_px


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """One look of the scene.

    Attributes:
        luma: (height, width) uint8.
        moved_px: (2,) how far right and down it shows what the first picture shows.
    """

    luma: NDArray[np.uint8]
    moved_px: Array


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a frame compares with the pictures.

    Attributes:
        moved_px: How far right and down it shows what the first picture shows; None where it is like none of them.
        likeness: Correlation with the picture that it resembles most, -1 to 1.
    """

    moved_px: tuple[float, float] | None
    likeness: float


class Reference:
    """The pictures of one geometry; the first is the one it was drawn for."""

    def __init__(self, pictures: Sequence[ReferencePicture], limits: ReferenceLimits | None = None) -> None:
        """Take one picture or more, all of one size; the first must be `is_usable`."""
        self._limits = limits or ReferenceLimits()
        self._looks = [_Look.of(picture) for picture in pictures]
        self._moved_px = np.zeros(2)

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self._looks)

    def add(self, picture: ReferencePicture) -> None:
        """Know the scene in one more light."""
        self._looks.append(_Look.of(picture))

    def compare(self, luma: NDArray[np.uint8]) -> Comparison:
        """Compare a (height, width) uint8 frame: 0.2 ms a picture, some 5 ms where it has moved or is like none."""
        tried = [(look.patches.locate(luma, self._moved_px - look.moved_px), look) for look in self._looks]
        best, nearest = max(tried, key=lambda one: one[0].likeness)
        believed = [(movement, look) for movement, look in tried if self._limits.believes(movement)]
        if not any(self._is_plain(movement, look) for movement, look in believed):
            # Elsewhere in the first picture and in the one that is most alike: all of them would take too long.
            looks = [nearest] if nearest is self._looks[0] else [nearest, self._looks[0]]
            found = [(movement, look) for look in looks for movement in look.search(luma, self._moved_px)]
            believed += [(movement, look) for movement, look in found if self._limits.believes(movement)]
            best = max((best, *(movement for movement, _ in found)), key=lambda one: one.likeness)
        if not believed:
            return Comparison(None, best.likeness)
        movement, look = max(believed, key=lambda one: one[0].likeness)
        self._moved_px = movement.moved_px + look.moved_px
        return Comparison((float(self._moved_px[0]), float(self._moved_px[1])), movement.likeness)

    def _is_plain(self, movement: Movement, look: "_Look") -> bool:
        """Tell a movement that needs no search: rows of windows all look alike, one storey further too."""
        step_px = float(np.abs(movement.moved_px + look.moved_px - self._moved_px).max())
        return step_px < self._limits.step_px or movement.likeness > self._limits.sure_likeness


@dataclass(frozen=True, slots=True)
class _Look:
    """A picture, prepared to be compared with."""

    patches: Patches
    moved_px: Array
    overview: NDArray[np.float32]
    scale: float

    @classmethod
    def of(cls, picture: ReferencePicture) -> "_Look":
        overview = _overview(picture.luma)
        return cls(choose_patches(picture.luma), picture.moved_px, overview, picture.luma.shape[1] / overview.shape[1])

    def search(self, luma: NDArray[np.uint8], moved_px: Array) -> Iterator[Movement]:
        """Look near where the camera was last, then wherever the whole picture may have gone."""
        near_px = moved_px - self.moved_px
        yield self.patches.locate(luma, self.patches.search(luma, near_px))
        window = cv2.createHanningWindow(self.overview.shape[::-1], cv2.CV_32F)
        (right, down), _ = cv2.phaseCorrelate(self.overview, _overview(luma), window)
        far_px = np.array([right, down]) * self.scale
        yield self.patches.locate(luma, self.patches.search(luma, far_px))


def is_usable(luma: NDArray[np.uint8]) -> bool:
    """Tell whether a picture has enough texture to be compared with."""
    return len(choose_patches(luma)) >= LEAST_PATCHES


def _overview(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = luma.shape
    wide = min(_OVERVIEW_PX, width)
    small = cv2.resize(luma, (wide, max(1, round(height * wide / width))), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)

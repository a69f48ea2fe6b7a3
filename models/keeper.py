"""Crops of what is followed, kept until somebody asks what it is."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.crop import Window, cut
from vision.frame import Frame

MOST_CROPS = 12
"""Of one track; evenly spread over its life, within a factor of two."""


@dataclass(frozen=True, slots=True)
class Crop:
    """What was around a followed thing at one time.

    Attributes:
        time_s: Presentation time of its middle frame, seconds.
        window: Where it was cut, in pixels of a camera that does not shake.
        pixels: (CROP_PX, CROP_PX, 3) uint8: before, now and after as the channels.
    """

    time_s: float
    window: Window
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Shown:
    frame: Frame
    taken_s: float
    moved_px: tuple[float, float]


@dataclass(slots=True)
class _Kept:
    crops: list[Crop] = field(default_factory=list)
    stride: int = 1
    seen: int = 0


class CropKeeper:
    """Remembers the last three frames while a track lives, and crops of those tracks.

    Where nothing lives it costs nothing, and holds no picture that the decoder could use again.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._shown: deque[_Shown] = deque(maxlen=3)
        self._kept: dict[int, _Kept] = {}

    @property
    def now_s(self) -> float | None:
        """Tell when the frame was taken of which crops can be cut: the one before the last; None before the third."""
        return self._shown[1].taken_s if len(self._shown) == 3 else None

    def show(self, frame: Frame, taken_s: float, moved_px: tuple[float, float]) -> None:
        """Take the next frame, when it was taken, and how far right and down it shows what stands still."""
        self._shown.append(_Shown(frame, taken_s, moved_px))

    def rest(self) -> None:
        """Let go of the frames: nothing lives."""
        self._shown.clear()

    def keep(self, track_id: int, x_px: float, y_px: float, size_px: float) -> None:
        """Cut what is around a place of the frame taken at `now_s`, unless this track has enough of that time."""
        kept = self._kept.setdefault(track_id, _Kept())
        kept.seen += 1
        if (kept.seen - 1) % kept.stride == 0:
            kept.crops.append(self.crop(x_px, y_px, size_px))
        if len(kept.crops) > MOST_CROPS:
            kept.crops = kept.crops[::2]
            kept.stride *= 2

    def crop(self, x_px: float, y_px: float, size_px: float) -> Crop:
        """Cut what is around a thing, of its longer side, that was there at `now_s`."""
        window = Window.around(x_px, y_px, size_px)
        windows = [window.moved(*shown.moved_px) for shown in self._shown]
        return Crop(self._shown[1].frame.time_s, window, cut([shown.frame.luma for shown in self._shown], windows))

    def take(self, track_id: int) -> tuple[Crop, ...]:
        """Hand out the crops of a track that has ended."""
        kept = self._kept.pop(track_id, None)
        return tuple(kept.crops) if kept is not None else ()

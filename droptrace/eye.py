"""Frames made into detections: repeats skipped, times straightened, zones minded."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from floors.site import Site
from vision.background import BackgroundSettings, RunningBackground
from vision.blobs import group_blobs
from vision.detection import Detection
from vision.frame import Frame
from vision.retiming import Retimer
from vision.source import SourceInfo
from vision.stabilise import Stabiliser
from vision.zones import look_mask

_REMEMBERED_S = 30.0
"""As long as sources hold their packets: what cannot be decoded again need not be known."""


@dataclass(frozen=True, slots=True)
class Glance:
    """How a frame was looked at, to do so again: presentation time, when it was taken, how far it had moved, pixels."""

    time_s: float
    taken_s: float
    moved_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows.

    Attributes:
        taken_s: When it was taken.
        timing_sigma_s: The error of that, seconds.
        detections: What moved, in pixels of a camera that does not shake.
        moved_px: How far right and down this frame shows what stands still.
    """

    taken_s: float
    timing_sigma_s: float
    detections: list[Detection]
    moved_px: tuple[float, float]


class Eye:
    """The seeing half of a camera's pipeline."""

    def __init__(self, info: SourceInfo, site: Site | None, *, compensates: bool = True) -> None:
        """Look at frames of the size in `info`, inside the zones and outside the shields of `site`.

        Without `compensates` neither shake nor light is made up for: for measuring what that is worth.
        """
        zones = [zone.corners_px for zone in site.zones] if site else []
        shields = [shield.corners_px for shield in site.shields] if site else []
        self._stabiliser = Stabiliser(info.width, info.height) if compensates else None
        mask = look_mask(info.width, info.height, zones, shields)
        self._background = RunningBackground(mask, BackgroundSettings(follows_light=compensates))
        self._retimer = Retimer()
        self._last_s = -math.inf
        self._surged = self._surges = False
        self._glances: deque[Glance] = deque()
        self.overloaded = 0

    @property
    def glances(self) -> Sequence[Glance]:
        """Tell how the frames of the last half minute were looked at, in order of time; repeats are left out."""
        return self._glances

    def look(self, frame: Frame) -> Look | None:
        """Find what moved, in pixels of a camera that does not shake; None for a frame that repeats the one before."""
        taken_s = self._retimer.taken_s(frame.time_s, is_repeat=frame.is_repeat)
        # A repeat that was encoded worse than usual is known by its time alone.
        if frame.is_repeat or taken_s <= self._last_s:
            return None
        self._last_s = taken_s
        luma = frame.luma if self._stabiliser is None else self._stabiliser.steady(frame.luma, surged=self._surged)
        self._remember(frame.time_s, taken_s)
        foreground = self._background.apply(luma)
        surges = foreground.surged or foreground.overloaded
        self._surged, self._surges = surges and not self._surges, surges
        self.overloaded += foreground.overloaded
        detections = group_blobs(foreground, frame.time_s, taken_s)
        return Look(taken_s, self._retimer.sigma_s, detections, self._glances[-1].moved_px)

    def _remember(self, time_s: float, taken_s: float) -> None:
        is_moved = self._stabiliser is not None and self._stabiliser.is_shaking
        moved_px = self._stabiliser.moved_px if self._stabiliser is not None and is_moved else (0.0, 0.0)
        self._glances.append(Glance(time_s, taken_s, moved_px))
        while self._glances[0].time_s < time_s - _REMEMBERED_S:
            self._glances.popleft()

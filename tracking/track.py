"""A track that lives: one object followed through the frames."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vision.detection import Detection

if TYPE_CHECKING:
    from tracking.track_filter import TrackFilter

Array = NDArray[np.float64]
LONGEST_UNSEEN_S = 0.8
"""What is unseen for longer may come out anywhere: no track waits for it, and none is joined to it."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track that has ended.

    Attributes:
        track_id: Number within its tracker.
        detections: Its detections in order of time.
        frames: Frames looked at from its first to its last detection, repeats not counted.
        score: Log-likelihood ratio of object against clutter.
        timing_sigma_s: Error of the times at which its pictures were taken.
        earlier: Detections of the frames before its first, oldest frame first; where it may have been seen already.
    """

    track_id: int
    detections: tuple[Detection, ...]
    frames: int
    score: float
    timing_sigma_s: float
    earlier: tuple[tuple[Detection, ...], ...] = ()

    @property
    def watched_frames(self) -> int:
        """Count the frames from the first one known to the last detection."""
        return len(self.earlier) + self.frames

    def frames_from(self, first: int) -> int:
        """Count the frames from its detection number `first` to its last, by their times."""
        return self._frames_between(first, len(self.detections) - 1)

    def frames_to(self, last: int) -> int:
        """Count the frames from its first detection to that number `last`, by their times."""
        return self._frames_between(0, last)

    def _frames_between(self, first: int, last: int) -> int:
        start_s, first_s, last_s, end_s = (self.detections[index].taken_s for index in (0, first, last, -1))
        share = (last_s - first_s) / (end_s - start_s)
        return max(last - first + 1, 1 + round(share * (self.frames - 1)))


@dataclass(slots=True)
class LiveTrack:
    """State of a track that is being followed; owned by the tracker."""

    track_id: int
    filter: "TrackFilter"
    detections: list[Detection]
    score: float
    strength: float
    extent: float
    first_serial: int
    last_serial: int
    last_s: float
    timing_sigma_s: float
    earlier: tuple[tuple[Detection, ...], ...]

    def is_lost(self, serial: int, chance: float) -> bool:
        """Tell whether what is seen as often as this would hide up to frame `serial` with less than a chance."""
        hits, frames = len(self.detections), self.last_serial - self.first_serial + 1
        seen_share = (hits + 1) / (frames + 2)
        return (1 - seen_share) ** (serial - self.last_serial) < chance

    def end(self) -> Track:
        """Freeze what was seen."""
        frames = self.last_serial - self.first_serial + 1
        return Track(self.track_id, tuple(self.detections), frames, self.score, self.timing_sigma_s, self.earlier)

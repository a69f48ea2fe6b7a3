"""The pictures of the last seconds, decoded once more."""

import math
from collections.abc import Iterator

from droptrace.eye import Eye
from tracking.past import Picture
from vision.errors import SourceError
from vision.source import FrameSource

_MOST_PIXELS = 300e6
"""Of all frames to decode: 145 of 1080p, 0.6 s of one core. A key picture may lie far back."""
_TOLERANCE_S = 1e-6


class Lookback:
    """Shows again what an eye has looked at: a `tracking.past.Past` over the packets that a source holds."""

    def __init__(self, source: FrameSource, eye: Eye) -> None:
        """Decode what `source` holds; times and movements are those that `eye` measured."""
        self._source = source
        self._eye = eye

    def pictures(self, start_s: float, end_s: float) -> Iterator[Picture]:
        """Yield the pictures presented from `start_s` to `end_s`; none where too many would have to be decoded."""
        glances = {round(glance.time_s / _TOLERANCE_S): glance for glance in self._eye.glances}
        try:
            recording = self._source.recording(start_s, end_s)
            if self._pixels(recording.start_s, end_s) > _MOST_PIXELS:
                return
            for frame in recording.frames():
                glance = glances.get(round(frame.time_s / _TOLERANCE_S))
                if glance is not None and start_s <= frame.time_s <= end_s:
                    yield Picture(frame.time_s, glance.taken_s, frame.luma, glance.moved_px)
        except SourceError:
            # No longer held, or the camera changed its size: what was seen at once is what there is.
            return

    def _pixels(self, start_s: float, end_s: float) -> float:
        """Count the pixels of the frames from the key picture on."""
        frames = sum(start_s - _TOLERANCE_S <= glance.time_s <= end_s for glance in self._eye.glances)
        return math.prod((frames, self._source.info.width, self._source.info.height))

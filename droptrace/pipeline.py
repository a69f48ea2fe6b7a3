"""One camera: frames in, falls out."""

from collections.abc import Iterator

from droptrace.eye import Eye
from droptrace.lookback import Lookback
from droptrace.parts import Parts
from floors.projection import Facade
from floors.site import Site
from tracking.fall import Fall
from tracking.judge import Judge, Methods
from tracking.merge import FallMerger
from tracking.physics_tests import Limits
from tracking.recurrence import Recurrence
from tracking.setup import make_tracker
from vision.frame import Frame
from vision.source import FrameSource, SourceInfo


class Pipeline:
    """Frame -> Detection -> Track -> Fall, for the frames of one camera in order of time."""

    def __init__(
        self,
        info: SourceInfo,
        site: Site | None,
        facade: Facade | None,
        limits: Limits | None = None,
        parts: Parts | None = None,
        source: FrameSource | None = None,
    ) -> None:
        """Watch frames of the size in `info`, inside the zones of `site`, in front of `facade`; both at that size.

        Given their `source`, falls are looked for again in the pictures before they were first seen.
        """
        parts = parts or Parts()
        self._eye = Eye(info, site, compensates=parts.seeing)
        self._tracker = make_tracker(info.width, info.height, facade, learns_clutter=parts.clutter)
        methods = Methods(space=parts.physics, trace_back=parts.trace_back, origin=parts.origin)
        past = Lookback(source, self._eye) if source is not None else None
        self._judge = Judge(info.height, facade, limits, methods, past)
        self._merger = FallMerger(info.height)
        self._recurrence = Recurrence(info.height)

    @property
    def overloaded(self) -> int:
        """Count the frames in which so much changed at once that nothing could be seen."""
        return self._eye.overloaded

    def step(self, frame: Frame) -> Iterator[Fall]:
        """Take a frame and yield the falls that are now sure to be over."""
        look = self._eye.look(frame)
        if look is None:
            return
        for track in self._tracker.step(look.taken_s, look.detections, look.timing_sigma_s):
            self._merger.add(self._judge.judge(track))
        for fall in self._merger.ripe(look.taken_s, self._tracker.live_from_s):
            yield from self._recurrence.add(fall)
        yield from self._recurrence.ripe(look.taken_s)

    def finish(self) -> Iterator[Fall]:
        """Yield what is left when the recording is over."""
        for track in self._tracker.finish():
            self._merger.add(self._judge.judge(track))
        for fall in self._merger.rest():
            yield from self._recurrence.add(fall)
        yield from self._recurrence.rest()

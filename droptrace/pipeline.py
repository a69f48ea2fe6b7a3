"""One camera: frames in, falls out."""

from collections.abc import Iterator, Sequence

from droptrace.eye import Eye, Look
from droptrace.labeller import Labeller
from droptrace.lookback import Lookback
from droptrace.parts import Parts
from floors.projection import Facade
from floors.site import Site
from models.keeper import CropKeeper
from tracking.fall import Fall
from tracking.judge import Judge, Methods
from tracking.merge import FallMerger
from tracking.physics_tests import Limits
from tracking.pieces import PieceJudge
from tracking.recurrence import Recurrence
from tracking.setup import make_tracker
from tracking.track import Track
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
        labeller: Labeller | None = None,
    ) -> None:
        """Watch frames of the size in `info`, inside the zones of `site`, in front of `facade`; both at that size.

        Given their `source`, falls are looked for again in the pictures before they were first seen; given a
        `labeller`, they are judged by what they look like too.
        """
        parts = parts or Parts()
        self._eye = Eye(info, site, compensates=parts.seeing)
        self._tracker = make_tracker(info.width, info.height, facade, learns_clutter=parts.clutter)
        methods = Methods(space=parts.physics, trace_back=parts.trace_back, origin=parts.origin)
        past = Lookback(source, self._eye) if source is not None else None
        self._judge = PieceJudge(Judge(info.height, facade, limits, methods, past), info.height)
        self._merger = FallMerger(info.height)
        self._recurrence = Recurrence(info.height)
        self._labeller = labeller
        self._keeper = CropKeeper()

    @property
    def overloaded(self) -> int:
        """Count the frames in which so much changed at once that nothing could be seen."""
        return self._eye.overloaded

    def step(self, frame: Frame) -> Iterator[Fall]:
        """Take a frame and yield the falls that are now sure to be over."""
        look = self._eye.look(frame)
        if look is None:
            return
        self._end(self._tracker.step(look.taken_s, look.detections, look.timing_sigma_s))
        self._keep(frame, look)
        for fall in self._merger.ripe(look.taken_s, self._tracker.live_from_s):
            yield from self._recurrence.add(self._labelled(fall))
        yield from self._recurrence.ripe(look.taken_s)

    def finish(self) -> Iterator[Fall]:
        """Yield what is left when the recording is over."""
        self._end(self._tracker.finish())
        for fall in self._merger.rest():
            yield from self._recurrence.add(self._labelled(fall))
        if self._labeller is not None:
            self._labeller.close()
        yield from self._recurrence.rest()

    def _end(self, tracks: Sequence[Track]) -> None:
        """Judge tracks that have ended; a network looks at what may be falls while their twins are waited for."""
        for track in tracks:
            fall = self._judge.judge(track)
            self._merger.add(fall)
            if self._labeller is not None:
                self._labeller.ask(fall, self._keeper.take(track.track_id))

    def _keep(self, frame: Frame, look: Look) -> None:
        """Keep crops of what is followed, of the frame before this one: a crop shows what came after too."""
        if self._labeller is None:
            return
        if not self._tracker.live_from_s:
            self._keeper.rest()
            return
        self._keeper.show(frame, look.taken_s, look.moved_px)
        if self._keeper.now_s is not None:
            for track_id, seen in self._tracker.seen_at(self._keeper.now_s):
                self._keeper.keep(track_id, seen.x_px, seen.y_px, seen.size_px)

    def _labelled(self, fall: Fall) -> Fall:
        return self._labeller.opinion(fall) if self._labeller is not None else fall

"""What the pictures need from a recording, taken in one pass without keeping its frames."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from evidence.drawing import Picture, encode_jpeg
from evidence.errors import EvidenceError
from tracking.fall import PathPoint
from vision.errors import VisionError
from vision.frame import Frame
from vision.source import Recording

Label = tuple[str, str]
"""What a frame is wanted for: the kind, and the name or number within the kind."""

_STILL, _SEEN, _BACKGROUND = "still", "seen", "background"
_BACKGROUND_SAMPLES = 7


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the frame, cut off at its borders: pixel rows top..bottom and columns left..right."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, picture: Picture) -> Picture:
        """Take this part of a (height, width, 3) picture, as a view."""
        return picture[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True)
class Appearance:
    """The object at one time.

    Attributes:
        point: Where it was.
        window: The square around it; empty when the point is outside the frame.
        seen: (height, width, 3) uint8, the window at that time.
        background: The same window without the object: the median over other times.
    """

    point: PathPoint
    window: Window
    seen: Picture
    background: Picture


@dataclass(frozen=True, slots=True)
class Shots:
    """What was taken from a recording: one whole picture in memory, whatever the length.

    Attributes:
        stills: JPEG pictures by name; those that decoding did not reach are absent.
        canvas: (height, width, 3) uint8 BGR, the first of the stills; None when it was not reached.
        appearances: In order of time.
        problem: Why decoding ended early, in words; None when it did not.
    """

    stills: dict[str, bytes]
    canvas: Picture | None
    appearances: tuple[Appearance, ...]
    problem: str | None


@dataclass(slots=True)
class _Cut:
    point: PathPoint
    reach_px: int
    seen: tuple[Window, Picture] | None = None
    samples: list[Picture] = field(default_factory=list)


class _Album:
    """Gathers stills and windows while frames go by."""

    def __init__(self, canvas_name: str, cuts: Sequence[_Cut]) -> None:
        self.stills: dict[str, bytes] = {}
        self.canvas: Picture | None = None
        self._canvas_name = canvas_name
        self._cuts = cuts

    def keep(self, picture: Picture, labels: Sequence[Label]) -> None:
        for kind, name in labels:
            if kind == _STILL:
                self._keep_still(picture, name)
            elif kind == _SEEN:
                cut = self._cuts[int(name)]
                window = _window(cut, picture)
                cut.seen = (window, window.of(picture).copy())
            else:
                for cut in self._cuts:
                    cut.samples.append(_window(cut, picture).of(picture).copy())

    def appearances(self) -> Iterator[Appearance]:
        for cut in self._cuts:
            if cut.seen is None or not cut.samples or cut.seen[1].size == 0:
                continue
            window, seen = cut.seen
            background = np.median(np.stack(cut.samples), axis=0).astype(np.uint8)
            yield Appearance(cut.point, window, seen, background)

    def _keep_still(self, picture: Picture, name: str) -> None:
        self.stills[name] = encode_jpeg(picture)
        if name == self._canvas_name:
            self.canvas = picture


def take_shots(
    recording: Recording, still_times_s: dict[str, float], points: Sequence[PathPoint], reach_px: Sequence[int]
) -> Shots:
    """Decode a recording once and keep whole frames for the stills and small windows for the rest.

    Args:
        recording: The originals.
        still_times_s: Times of the whole frames by name, presentation seconds; the nearest frame is taken.
        points: Where the object was, in order of time.
        reach_px: Half the side of the window for each point.

    Returns:
        What was reached; a recording that cannot be decoded to its end gives what came before.
    """
    album = _Album(next(iter(still_times_s)), [_Cut(*pair) for pair in zip(points, reach_px, strict=True)])
    wanted = [(time_s, (_STILL, name)) for name, time_s in still_times_s.items()]
    wanted += [(point.time_s, (_SEEN, str(number))) for number, point in enumerate(points)]
    wanted += [(time_s, (_BACKGROUND, "")) for time_s in _spread(recording.start_s, recording.end_s)]
    problem: str | None = None
    try:
        for frame, labels in nearest_frames(recording.frames(), wanted):
            album.keep(frame.to_bgr(), labels)
    except (VisionError, EvidenceError) as error:
        problem = str(error)
    return Shots(album.stills, album.canvas, tuple(album.appearances()), problem)


def nearest_frames(
    frames: Iterable[Frame], wanted: Iterable[tuple[float, Label]]
) -> Iterator[tuple[Frame, list[Label]]]:
    """Find the frame nearest to each of some times, looking at two frames at once.

    Args:
        frames: In order of time.
        wanted: Times in presentation seconds, each with a label.

    Yields:
        A frame with the labels of the times it is nearest to; those after the last frame belong to the last one.
    """
    pending = deque(sorted(wanted))
    before: Frame | None = None
    for frame in frames:
        if not pending:
            return
        if before is not None:
            border_s = (before.time_s + frame.time_s) / 2.0
            labels = []
            while pending and pending[0][0] <= border_s:
                labels.append(pending.popleft()[1])
            if labels:
                yield before, labels
        before = frame
    if before is None:
        raise EvidenceError("the recording has no frame that can be decoded")
    if pending:
        yield before, [label for _, label in pending]


def _window(cut: _Cut, picture: Picture) -> Window:
    height, width = picture.shape[:2]
    x, y, reach = round(cut.point.x_px), round(cut.point.y_px), cut.reach_px
    return Window(
        top=min(max(y - reach, 0), height),
        bottom=min(max(y + reach + 1, 0), height),
        left=min(max(x - reach, 0), width),
        right=min(max(x + reach + 1, 0), width),
    )


def _spread(start_s: float, end_s: float) -> list[float]:
    step_s = (end_s - start_s) / (_BACKGROUND_SAMPLES - 1)
    return [start_s + step_s * number for number in range(_BACKGROUND_SAMPLES)]

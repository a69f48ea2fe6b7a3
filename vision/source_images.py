"""Frames of a folder of images."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import structlog
from numpy.typing import NDArray

from vision.counts import Counts
from vision.errors import BadTimes, NoFrames, NotHeld, RecordingNotWritten, SizeChanged, SourceNotFound
from vision.frame import Frame
from vision.repeats import RepeatRecogniser
from vision.source import SourceInfo
from vision.time_axis import TimeAxis

_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm"})
_TIMES_FILE = "times.csv"
_TIMES_BASE = Fraction(1, 1_000_000)
_TOLERANCE_S = 1e-6


@dataclass(frozen=True, slots=True)
class _TimedImage:
    path: Path
    pts: int


class ImagesSource:
    """The images of a folder in natural order of their names (`2.png` before `10.png`).

    Their times come from `times.csv` beside them, with the columns `name` and `time_s`, to the microsecond; without
    that file they are `fps` a second. An image that cannot be read is left out and counted as damaged.
    """

    def __init__(self, folder: Path, *, fps: float = 25.0) -> None:
        """List the images and read the first.

        Args:
            folder: The folder; files that are no images are passed over.
            fps: Images a second where there is no `times.csv`.

        Raises:
            SourceNotFound: There is no such folder.
            NoFrames: Not one image in it can be read.
            BadTimes: `times.csv` is wrong.
        """
        if not folder.is_dir():
            raise SourceNotFound(f"{folder}: no such folder; check the path")
        self.counts = Counts()
        self._name = folder.name
        self._images, self._time_base = _timed_images(folder, fps)
        self._axis = TimeAxis(self._time_base)
        self._left = self._read(RepeatRecogniser())
        self._first = next(self._left, None)
        if self._first is None:
            endings = ", ".join(sorted(_ENDINGS))
            raise NoFrames(f"{folder}: no image in it can be read; give a folder with intact files ending in {endings}")
        height, width = self._first.luma.shape
        self._info = SourceInfo(folder.name, width, height, None, "images", 0, False)

    @property
    def info(self) -> SourceInfo:
        """Tell size and kind."""
        return self._info

    def frames(self) -> Iterator[Frame]:
        """Yield every frame once; a second call goes on where the first stopped.

        Raises:
            SizeChanged: An image has another size than the ones before.
        """
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._left

    def recording(self, start_s: float, end_s: float) -> "ImagesRecording":
        """Choose the images from the one at or before `start_s` to `end_s`; the whole folder is always held.

        Raises:
            NotHeld: No image lies in that span.
        """
        times_s = [self._axis.time_s(image.pts) for image in self._images]
        start = max([0.0, *(t for t in times_s if t <= start_s + _TOLERANCE_S)])
        chosen = [image for image, t in zip(self._images, times_s, strict=True) if start <= t <= end_s + _TOLERANCE_S]
        if not chosen or times_s[-1] < start_s - _TOLERANCE_S:
            raise NotHeld(
                f"{self._name}: no images from {start_s:.2f} s to {end_s:.2f} s; it ends at {times_s[-1]:.2f} s"
            )
        return ImagesRecording(tuple(chosen), self._axis)

    def close(self) -> None:
        """Stop reading; safe to call twice."""
        self._first = None
        self._left = iter(())

    def _read(self, repeats: RepeatRecogniser) -> Iterator[Frame]:
        shape: tuple[int, ...] | None = None
        for image in self._images:
            luma = _luma(image.path)
            if luma is None:
                self.counts.damaged_packets += 1
                structlog.get_logger().warning("image_unreadable", source=self._name, image=image.path.name)
                continue
            shape = shape or luma.shape
            _check_size(image, luma.shape, shape)
            self._axis = self._axis.anchored(image.pts)
            frame = _frame(image, luma, self._axis, self.counts.frames, is_repeat=repeats.is_repeat(luma))
            self.counts.frames += 1
            self.counts.repeats += frame.is_repeat
            yield frame


@dataclass(frozen=True, slots=True)
class ImagesRecording:
    """Images of a span of time: a `vision.source.Recording` that names files.

    Attributes:
        images: One or more, in order of time.
        axis: Where their times lie.
    """

    images: tuple[_TimedImage, ...]
    axis: TimeAxis

    @property
    def start_s(self) -> float:
        """Tell the time of the first image, on the source's axis."""
        return self.axis.time_s(self.images[0].pts)

    @property
    def end_s(self) -> float:
        """Tell the time of the last image, on the source's axis."""
        return self.axis.time_s(self.images[-1].pts)

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        """Copy the very files into `originals/`.

        Raises:
            RecordingNotWritten: The disk is full or read-only, or an image is gone.
        """
        target = folder / "originals"
        try:
            target.mkdir(parents=True, exist_ok=True)
            return tuple(Path(shutil.copy2(image.path, target / image.path.name)) for image in self.images)
        except OSError as error:
            raise RecordingNotWritten(
                f"{target}: the images could not be copied ({error.strerror}); free or mount the disk"
            ) from error

    def frames(self) -> Iterator[Frame]:
        """Read again, with the very times that the source gave; `index` counts from 0.

        Raises:
            SizeChanged: An image has another size than the ones before.
        """
        repeats = RepeatRecogniser()
        index = 0
        shape: tuple[int, ...] | None = None
        for image in self.images:
            luma = _luma(image.path)
            if luma is not None:
                shape = shape or luma.shape
                _check_size(image, luma.shape, shape)
                yield _frame(image, luma, self.axis, index, is_repeat=repeats.is_repeat(luma))
                index += 1


def _check_size(image: _TimedImage, shape: tuple[int, ...], before: tuple[int, ...]) -> None:
    """Refuse an image of another (height, width) than those before.

    Raises:
        SizeChanged: It has.
    """
    if shape != before:
        raise SizeChanged(
            f"{image.path}: {shape[1]} x {shape[0]} pixels, but the images before it have "
            f"{before[1]} x {before[0]}; keep one size in a folder"
        )


def _frame(image: _TimedImage, luma: NDArray[np.uint8], axis: TimeAxis, index: int, *, is_repeat: bool) -> Frame:
    return Frame(
        index=index,
        pts=image.pts,
        time_base=axis.time_base,
        time_s=axis.time_s(image.pts),
        utc=None,
        luma=luma,
        is_repeat=is_repeat,
        to_bgr=_colour_of(image.path),
    )


def _colour_of(path: Path) -> Callable[[], NDArray[np.uint8]]:
    def read() -> NDArray[np.uint8]:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise SourceNotFound(f"{path}: the image is gone or no longer readable; keep the folder while it is read")
        return np.asarray(image, dtype=np.uint8)

    return read


def _luma(path: Path) -> NDArray[np.uint8] | None:
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        return None
    luma = np.asarray(image, dtype=np.uint8)
    luma.flags.writeable = False
    return luma


def _timed_images(folder: Path, fps: float) -> tuple[Sequence[_TimedImage], Fraction]:
    paths = sorted((p for p in folder.iterdir() if p.suffix.lower() in _ENDINGS), key=lambda p: _natural(p.name))
    if not (folder / _TIMES_FILE).is_file():
        return [_TimedImage(path, i) for i, path in enumerate(paths)], 1 / Fraction(fps).limit_denominator(1001)
    times = _read_times(folder / _TIMES_FILE)
    missing = [path.name for path in paths if path.name not in times]
    if missing:
        raise BadTimes(f"{folder / _TIMES_FILE}: no time for {missing[0]}; add a line for each image")
    images = [_TimedImage(path, round(times[path.name] / _TIMES_BASE)) for path in paths]
    for before, after in zip(images, images[1:], strict=False):
        if after.pts <= before.pts:
            raise BadTimes(
                f"{folder / _TIMES_FILE}: {after.path.name} is not later than {before.path.name}; correct it"
            )
    return images, _TIMES_BASE


def _read_times(path: Path) -> dict[str, Fraction]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        try:
            return {row["name"]: Fraction(row["time_s"]) for row in rows}
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise BadTimes(f"{path}: line {rows.line_num}: needs the columns name and time_s, a number") from error


def _natural(name: str) -> list[tuple[int, str]]:
    """Make a sorting key by which numbers in names count as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]

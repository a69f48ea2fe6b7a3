"""Decoding once more what was looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from droptrace.eye import Eye
from droptrace.lookback import Lookback
from vision.counts import Counts
from vision.errors import NotHeld
from vision.frame import Frame
from vision.source import SourceInfo

STEP_S = 0.04
KEY_EVERY = 25


def frame(index: int, *, is_repeat: bool = False) -> Frame:
    luma = np.full((48, 64), 100 + index % 5, np.uint8)
    time_s = index * STEP_S
    return Frame(index, index, Fraction(1, 25), time_s, None, luma, is_repeat, lambda: np.zeros((48, 64, 3), np.uint8))


@dataclass(frozen=True)
class HeldFrames:
    """The recording of `HeldSource`."""

    held: tuple[Frame, ...]

    @property
    def start_s(self) -> float:
        return self.held[0].time_s

    @property
    def end_s(self) -> float:
        return self.held[-1].time_s

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        raise NotImplementedError(folder)

    def frames(self) -> Iterator[Frame]:
        yield from self.held


@dataclass
class HeldSource:
    """A source that holds frames, with a key picture a second."""

    held: list[Frame] = field(default_factory=list)
    size_px: tuple[int, int] = (64, 48)
    counts: Counts = field(default_factory=Counts)

    @property
    def info(self) -> SourceInfo:
        return SourceInfo("held", *self.size_px, 25.0, "h264", 0, is_live=False)

    def frames(self) -> Iterator[Frame]:
        yield from self.held

    def recording(self, start_s: float, end_s: float) -> HeldFrames:
        key = max((one.index for one in self.held if one.index % KEY_EVERY == 0 and one.time_s <= start_s), default=0)
        chosen = tuple(one for one in self.held if one.index >= key and one.time_s <= end_s)
        if not chosen:
            raise NotHeld("nothing is held")
        return HeldFrames(chosen)

    def close(self) -> None:
        """Hold on to the frames."""


def watched(source: HeldSource) -> Lookback:
    eye = Eye(HeldSource().info, None)
    for one in source.frames():
        eye.look(one)
    return Lookback(source, eye)


def test_pictures_of_the_span_are_shown_again_with_their_times() -> None:
    source = HeldSource([frame(index) for index in range(100)])
    pictures = list(watched(source).pictures(1.3, 1.7))
    assert [round(picture.time_s / STEP_S) for picture in pictures] == list(range(33, 43))
    assert all(picture.taken_s == picture.time_s for picture in pictures)
    assert pictures[0].luma is source.held[33].luma
    assert pictures[0].moved_px == (0.0, 0.0)


def test_repeats_are_not_shown_again() -> None:
    source = HeldSource([frame(index, is_repeat=index in {35, 38}) for index in range(45)])
    times = [round(picture.time_s / STEP_S) for picture in watched(source).pictures(1.3, 1.7)]
    assert times == [33, 34, 36, 37, 39, 40, 41, 42]


def test_what_is_not_held_shows_nothing() -> None:
    source = HeldSource([frame(index) for index in range(50)])
    lookback = watched(source)
    source.held.clear()
    assert list(lookback.pictures(1.0, 1.5)) == []


@pytest.mark.parametrize(("size_px", "shows"), [((1920, 1080), True), ((7680, 4320), False)])
def test_what_would_take_too_long_to_decode_shows_nothing(size_px: tuple[int, int], *, shows: bool) -> None:
    source = HeldSource([frame(index) for index in range(100)])
    lookback = watched(source)
    source.size_px = size_px
    assert bool(list(lookback.pictures(1.3, 1.7))) == shows


def test_pictures_of_a_shaking_camera_come_with_its_movement() -> None:
    rng = np.random.default_rng(1)
    wall = cv2.GaussianBlur(rng.standard_normal((400, 660)), (0, 0), 4.0)
    wall = 110 + 25 * wall / wall.std()
    source = HeldSource(size_px=(640, 384))
    for index, (right, down) in enumerate([(0, 0), (0, 0), (0, 0), (3, -2), (1, 2)]):
        luma = np.rint(wall[8 - down : 392 - down, 10 - right : 650 - right]).astype(np.uint8)
        source.held.append(replace(frame(index), luma=luma))
    eye = Eye(source.info, None)
    for one in source.frames():
        eye.look(one)
    moved_px = [picture.moved_px for picture in Lookback(source, eye).pictures(0.0, 1.0)]
    assert moved_px[:3] == [(0.0, 0.0)] * 3
    assert moved_px[3] == pytest.approx((3.0, -2.0), abs=0.1)
    assert moved_px[4] == pytest.approx((1.0, 2.0), abs=0.1)

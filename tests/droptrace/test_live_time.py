"""Presentation times laid on a wall clock that people set, by a monotonic clock that nobody does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rig.rtp import rtp
from droptrace.kernel_clock import ClockSync
from droptrace.live_time import LiveTime, WallTime
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.rtsp_camera import Show, rtsp_camera
from vision.clock import ManualClock, SystemClock
from vision.frame import Frame
from vision.source_rtsp import RtspSource

LUMA = np.zeros((2, 2), np.uint8)
GOOD, LOST = ClockSync(True, 0.02), ClockSync(False, None)
LATENCY_S = 1.0


class Camera:
    """Sends frames to a box, 25 a second, each with its delay; both clocks are moved by hand."""

    def __init__(self, *, delays_s: tuple[float, ...] = (0.0,), rate: float = 1.0, sync: ClockSync = GOOD) -> None:
        self.clock = ManualClock()
        self.sync = sync
        self.times = LiveTime(self.clock, lambda: self.sync)
        self.start_utc = self.clock.utc_now()
        self.pts_s = 0.0
        self._delays = self._turns(delays_s)
        self._rate = rate

    def send(self, seconds: float) -> None:
        """Let time pass; presentation time passes `rate` times as fast."""
        for _ in range(round(seconds * 25)):
            arrived_s = self.clock.monotonic_s() + next(self._delays)
            pts = round(self.pts_s * 90_000)
            frame = Frame(0, pts, Fraction(1, 90_000), self.pts_s, None, LUMA, False, lambda: LUMA, arrived_s)
            self.times.take(frame)
            self.clock.advance(0.04)
            self.pts_s += 0.04 * self._rate

    def told(self, time_s: float) -> WallTime:
        told = self.times.tell(time_s)
        assert told is not None
        return told

    def utc(self, seconds: float) -> datetime:
        """Give the true time, seconds after the start."""
        return self.start_utc + timedelta(seconds=seconds)

    @staticmethod
    def _turns(delays_s: tuple[float, ...]) -> Iterator[float]:
        while True:
            yield from delays_s


def off_s(told: WallTime, truth: datetime) -> float:
    return (told.utc - truth).total_seconds()


def test_nothing_is_told_before_the_first_frame() -> None:
    clock = ManualClock()
    assert LiveTime(clock, lambda: GOOD).tell(0.0) is None


def test_even_stream_has_the_error_of_the_clock_and_of_the_way() -> None:
    camera = Camera()
    camera.send(5.0)
    told = camera.told(2.5)
    assert off_s(told, camera.utc(2.5)) == pytest.approx(0.0, abs=1e-6)
    assert told.error_s == pytest.approx(0.02 + LATENCY_S)


def test_frames_that_come_late_do_not_shift_the_time() -> None:
    # Of 25 frames each second, 24 come up to 0.4 s late.
    camera = Camera(delays_s=(0.0, *(0.1 + 0.0125 * i for i in range(24))))
    camera.send(10.0)
    told = camera.told(9.0)
    assert off_s(told, camera.utc(9.0)) == pytest.approx(0.0, abs=1e-6)
    # In the second that has just begun none has come in time yet.
    assert told.error_s is not None
    assert 0.02 + LATENCY_S < told.error_s < 0.02 + LATENCY_S + 0.4


@pytest.mark.parametrize("step_s", [3600.0, -86_400.0])
def test_clock_that_was_wrong_and_is_set_gives_the_right_time_of_what_was_before(step_s: float) -> None:
    camera = Camera(sync=LOST)
    camera.clock.step(-step_s)
    camera.send(6.0)
    camera.clock.step(step_s)
    camera.sync = GOOD
    # Not one frame has come since.
    told = camera.told(5.0)
    assert off_s(told, camera.utc(5.0)) == pytest.approx(0.0, abs=1e-6)
    assert told.error_s == pytest.approx(0.02 + LATENCY_S)


def test_clock_that_somebody_sets_wrong_has_no_error_that_could_be_believed() -> None:
    camera = Camera()
    camera.send(6.0)
    camera.clock.step(3600.0)
    camera.sync = LOST  # Linux forgets that it was synchronised when the clock is set
    told = camera.told(5.0)
    assert (off_s(told, camera.utc(5.0)), told.error_s) == (3600.0, None)


def test_camera_whose_clock_drifts_is_followed() -> None:
    # 200 ppm fast for an hour: 0.72 s more of presentation time than passed.
    camera = Camera(rate=1.0002)
    camera.send(3600.0)
    told = camera.told(camera.pts_s - 2.0)
    assert abs(off_s(told, camera.utc(3598.0))) < 0.01
    assert told.error_s == pytest.approx(0.02 + LATENCY_S + 600 * 0.0002, abs=0.012)


def test_box_that_reads_everything_late_for_minutes_tells_the_right_time_with_that_as_an_error() -> None:
    camera = Camera()
    camera.send(70.0)
    # 50 seconds behind: what is read now was sent long ago.
    camera.clock.advance(50.0)
    camera.send(300.0)
    told = camera.told(200.0)
    assert off_s(told, camera.utc(200.0)) == pytest.approx(0.0, abs=1e-6)
    assert told.error_s == pytest.approx(0.02 + LATENCY_S + 50.0)


@pytest.mark.parametrize("jump_s", [4.0, -0.5])
def test_camera_whose_clock_jumps_is_told_with_that_as_an_error(jump_s: float) -> None:
    camera = Camera()
    camera.send(10.0)
    camera.pts_s += jump_s
    camera.send(2.0)
    # Released before the jump and seen after it.
    for time_s, true_s in ((9.5, 9.5), (11.0 + jump_s, 11.0)):
        told = camera.told(time_s)
        assert told.error_s == pytest.approx(0.02 + LATENCY_S + abs(jump_s))
        assert abs(off_s(told, camera.utc(true_s))) <= abs(jump_s) + 1e-6


def test_jump_is_forgotten_when_ten_minutes_have_passed() -> None:
    camera = Camera()
    camera.send(10.0)
    camera.pts_s -= 0.5
    camera.send(601.0)
    told = camera.told(camera.pts_s - 2.0)
    assert off_s(told, camera.utc(609.0)) == pytest.approx(0.0, abs=1e-6)
    assert told.error_s == pytest.approx(0.02 + LATENCY_S)


class SetClock(SystemClock):
    """The clock of the machine, for a program that believes it is set ahead."""

    ahead = timedelta()

    def utc_now(self) -> datetime:
        return super().utc_now() + self.ahead


def test_frames_of_a_real_camera_have_their_time_though_the_clock_is_set_meanwhile(tmp_path: Path) -> None:
    clip = encode(tmp_path / "plain.ts", pictures(40), even_ms(40))
    clock = SetClock()
    times = LiveTime(clock, lambda: GOOD)
    before_utc = SystemClock().utc_now()
    with rtsp_camera(Show(rtp(clip), then="silence")) as camera:
        source = RtspSource(camera.address, clock=clock, give_up_first=True)
        frames = []
        for frame in islice(source.frames(), 30):
            times.take(frame)
            frames.append(frame)
            if len(frames) == 20:
                clock.ahead = timedelta(hours=1)
        source.close()
    # This camera sends faster than it shows, so the last frame is the one that came soonest: with no delay.
    told = times.tell(frames[-1].time_s)
    assert told is not None
    assert frames[-1].arrived_s is not None
    assert before_utc <= told.utc - clock.ahead <= SystemClock().utc_now()
    ago_s = clock.monotonic_s() - frames[-1].arrived_s
    # Not to the microsecond: the clocks are read one after the other.
    assert off_s(told, clock.utc_now()) == pytest.approx(-ago_s, abs=0.5)

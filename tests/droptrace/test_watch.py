"""One camera's real process, with a fault, under a watch whose time is moved by hand."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from droptrace.child import CameraChild
from droptrace.config import EndpointConfig, LimitsConfig
from droptrace.dispatch import Dispatch
from droptrace.job import CameraJob
from droptrace.messages import Alive, Ended, Message
from droptrace.roster import Post
from droptrace.status import State
from droptrace.watch import CameraWatch
from tests.droptrace import faulty_cameras
from tests.droptrace.processes import is_alive, skip_without_proc, wait_until
from tests.droptrace.statuses import HEALTH
from vision.clock import ManualClock

CAMERA = "rtsp://192.0.2.1/a"
LIMITS = LimitsConfig(silent_s=20.0, memory_mb=10_000, stop_s=10.0)
Main = Callable[[CameraJob, Connection], None]


class Trial:
    """A watch over one process, and what came of it."""

    def __init__(self, folder: Path, main: Main, limits: LimitsConfig, address: str) -> None:
        self.clock = ManualClock()
        self.started: list[CameraChild] = []
        self.heard: list[Message] = []
        self.folder = folder
        self._main = main
        self.dispatch = Dispatch(folder, EndpointConfig(url="http://127.0.0.1:9/a"), self.clock)
        self.watch = CameraWatch(self.post(address), limits, self.dispatch, self.clock, self.heard.append, self._start)

    def post(self, address: str) -> Post:
        return Post(CameraJob(address, None, self.folder / "packages", "box"), None)

    def turn(self) -> None:
        """Do what the supervisor does in one tick, without waiting for long."""
        if self.watch.pipe is not None and wait([self.watch.pipe], 0.02):
            self.watch.hear()
        self.watch.tick()

    def until(self, holds: Callable[[], object]) -> None:
        def turned() -> object:
            self.turn()
            return holds()

        wait_until(turned)

    def until_up(self) -> int:
        """Wait for the first sign of life of a process, and return its number."""
        count = len(self.started)
        self.until(lambda: len(self.started) > count)
        self.heard.clear()
        self.until(lambda: Alive() in self.heard)
        return self.started[-1].pid

    def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(1.0)
            self.turn()

    def _start(self, job: CameraJob) -> CameraChild:
        self.started.append(CameraChild(job, self._main))
        return self.started[-1]


@pytest.fixture(autouse=True)
def _with_proc() -> None:
    skip_without_proc()


@contextmanager
def trial(folder: Path, main: Main, *, limits: LimitsConfig = LIMITS, address: str = CAMERA) -> Iterator[Trial]:
    one = Trial(folder, main, limits, address)
    try:
        yield one
    finally:
        one.watch.close()
        one.dispatch.close()


@pytest.mark.parametrize(
    "main",
    [faulty_cameras.runs_in_a_circle, faulty_cameras.hangs_beside_its_health, faulty_cameras.sits_in_native_code],
)
def test_process_that_hangs_is_killed_and_started_again_later_each_time(tmp_path: Path, main: Main) -> None:
    with capture_logs() as logs, trial(tmp_path, main) as one:
        first = one.until_up()
        one.pass_s(20)
        assert is_alive(first)
        one.pass_s(1)
        one.until(lambda: one.watch.pipe is None)
        assert not is_alive(first)
        # Back-off: 1 to 1.25 s, then 2 to 2.5 s.
        assert not one.watch.is_over
        one.clock.advance(1.25)
        second = one.until_up()
        one.pass_s(21)
        one.until(lambda: one.watch.pipe is None)
        assert not is_alive(second)
        one.clock.advance(1.9)
        one.turn()
        assert len(one.started) == 2
        one.clock.advance(0.6)
        one.turn()
        assert len(one.started) == 3
    told = [log for log in logs if log["log_level"] == "error"]
    assert [(log["event"], log.get("restarts")) for log in told] == [("camera_lost", True)] * 2
    assert {log["camera"] for log in told} == {CAMERA}
    assert [log["silent_s"] for log in logs if log["event"] == "camera_hung"] == [21.0, 21.0]
    assert told[0]["reason"].startswith(f"{CAMERA}: gave no sign of life for 21 s and was killed")


def test_process_whose_camera_is_away_does_not_hang(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.waits_for_its_camera) as one:
        one.until_up()
        for _ in range(10):
            one.pass_s(15)
            one.heard.clear()
            one.until(lambda: one.heard)
        assert len(one.started) == 1


def test_process_that_never_gave_a_sign_of_life_has_three_minutes_to_load(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.says_nothing) as one:
        one.turn()
        one.pass_s(180)
        assert one.watch.pipe is not None
        one.pass_s(1)
        one.until(lambda: one.watch.pipe is None)


def test_supervisor_that_was_stopped_itself_takes_nobody_for_hung(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.runs_in_a_circle) as one:
        one.until_up()
        one.clock.advance(3600.0)
        one.turn()
        one.pass_s(20)
        assert (len(one.started), one.watch.pipe is None) == (1, False)


def test_process_that_leaks_ends_in_order_and_is_started_again(tmp_path: Path) -> None:
    limits = LimitsConfig(memory_mb=300)
    with capture_logs() as logs, trial(tmp_path, faulty_cameras.eats_memory, limits=limits) as one:
        one.until_up()
        one.until(lambda: one.watch.pipe is None)
        assert isinstance(one.heard[-1], Ended)
        assert one.watch.fault is None
        one.clock.advance(1.25)
        one.until_up()
    warned = [log for log in logs if log["log_level"] in ("warning", "error")]
    assert warned[0]["event"] == "camera_leaks"
    assert warned[0]["limit_mb"] == 300
    # Told in whole numbers.
    assert 300 <= warned[0]["memory_mb"] < 600
    assert all(log["event"] == "camera_leaks" for log in warned)


def test_recording_that_leaks_is_not_read_again_from_its_start(tmp_path: Path) -> None:
    limits = LimitsConfig(memory_mb=300)
    with trial(tmp_path, faulty_cameras.eats_memory, limits=limits, address="/srv/clip.mp4") as one:
        one.until(lambda: one.watch.is_over)
        assert one.watch.fault is not None
        assert one.watch.fault.reason.startswith("/srv/clip.mp4: took ")


def test_process_that_does_not_end_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.is_deaf) as one:
        one.until_up()
        one.watch.end()
        one.pass_s(9)
        assert not one.watch.is_over
        one.pass_s(1)
        one.until(lambda: one.watch.is_over)
        assert one.watch.fault is not None
        assert one.watch.fault.reason == f"{CAMERA}: did not end within 10 s and was killed"


def test_process_that_is_not_waited_for_is_killed(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.is_deaf) as one:
        one.until_up()
        one.watch.end()
        one.watch.kill()
        one.until(lambda: one.watch.is_over)
        assert one.watch.fault is not None
        assert one.watch.fault.reason.startswith(f"{CAMERA}: was ended before it had finished")


def test_changed_camera_ends_before_it_is_started_anew_without_a_wait(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.waits_for_its_camera) as one:
        first = one.until_up()
        one.watch.change(one.post("rtsp://192.0.2.2/b"))
        assert [child.job.address for child in one.started] == [CAMERA]
        one.until_up()
        assert not is_alive(first)
        assert [child.job.address for child in one.started] == [CAMERA, "rtsp://192.0.2.2/b"]


def test_last_word_counts_while_a_process_ends(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.waits_for_its_camera) as one:
        one.until_up()
        one.watch.change(one.post("rtsp://192.0.2.2/b"))
        one.watch.end()
        one.until(lambda: one.watch.is_over)
        assert (len(one.started), one.watch.fault) == (1, None)


def test_camera_that_waits_for_its_next_start_ends_at_once(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.waits_for_its_camera) as one:
        one.until_up()
        one.started[-1].kill()
        one.until(lambda: one.watch.pipe is None)
        assert not one.watch.is_over
        one.watch.end()
        assert one.watch.is_over


def test_process_that_stops_half_way_through_a_message_does_not_hold_up_the_supervisor(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.stops_in_a_message) as one:
        first = one.until_up()
        one.until(lambda: one.watch.pipe is None)
        assert not is_alive(first)
        assert not one.watch.is_over


def test_process_that_hangs_while_it_ends_does_not_hold_up_the_supervisor(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.hangs_while_it_ends) as one:
        first = one.until_up()
        one.until(lambda: one.watch.pipe is None)
        assert not is_alive(first)
        assert not one.watch.is_over


def test_camera_that_somebody_else_ended_is_started_again(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.eats_memory) as one:
        os.kill(one.until_up(), signal.SIGTERM)
        one.until(lambda: one.watch.pipe is None)
        assert isinstance(one.heard[-1], Ended)
        one.clock.advance(1.25)
        one.until_up()


def test_recording_that_is_over_is_not_started_again(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.eats_memory, address="/srv/clip.mp4") as one:
        os.kill(one.until_up(), signal.SIGTERM)
        one.until(lambda: one.watch.is_over)
        assert one.watch.fault is None


def test_process_that_had_finished_when_it_was_killed_has_not_failed(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.eats_memory) as one:
        pid = one.until_up()
        one.watch.end()
        wait_until(lambda: not is_alive(pid))
        one.watch.kill()
        one.until(lambda: one.watch.is_over)
        assert one.watch.fault is None


def test_camera_is_seen_through_its_states_and_its_losses_are_counted_by_the_day(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.shows_pictures) as one:
        assert told(one) == ("waiting", False, 0)
        one.turn()
        assert told(one) == ("starting", False, 0)
        one.until(lambda: one.watch.sees)
        assert told(one) == ("watching", True, 0)
        assert (one.watch.status().memory_mb or 0.0) > 10.0
        os.kill(one.started[-1].pid, signal.SIGKILL)
        one.until(lambda: one.watch.pipe is None)
        assert told(one) == ("waiting", False, 1)
        one.clock.advance(1.25)
        one.until_up()
        assert told(one)[::2] == ("watching", 1)
        # The manual clock began at midnight.
        one.clock.advance(86_400.0)
        assert one.watch.status().restarts_today == 0
        one.watch.end()
        one.until(lambda: one.watch.is_over)
        assert told(one) == ("ended", None, 0)


def test_camera_whose_health_is_old_or_blind_or_before_its_first_frame_does_not_see(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.hangs_beside_its_health) as one:
        one.until(lambda: one.watch.health)
        seen = [one.watch.sees]  # no frame came
        for health in (HEALTH, replace(HEALTH, blind="covered"), HEALTH):
            one.watch.health = health
            seen.append(one.watch.sees)
        one.clock.advance(15.1)
        assert [*seen, one.watch.sees] == [False, True, False, True, False]


def test_recording_is_watched_without_health_and_one_that_failed_says_why(tmp_path: Path) -> None:
    with trial(tmp_path, faulty_cameras.waits_for_its_camera, address="clip.mp4") as one:
        pid = one.until_up()
        assert told(one) == ("watching", True, 0)
        os.kill(pid, signal.SIGKILL)
        one.until(lambda: one.watch.pipe is None)
        assert told(one) == ("ended", False, 0)
        assert "SIGKILL" in (one.watch.status().fault or "")


def told(one: Trial) -> tuple[State, bool | None, int]:
    status = one.watch.status()
    return status.state, status.sees, status.restarts_today

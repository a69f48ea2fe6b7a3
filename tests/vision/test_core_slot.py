"""Processes that take turns at the cores, and those that do not give them back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from threading import Event

import pytest
from structlog.testing import capture_logs

from tests.vision.cameras import HastyClock, ScriptedCamera
from tests.vision.clips import encode, even_ms, pictures
from vision.clock import Clock, ManualClock
from vision.core_slot import CoreSlot
from vision.rtsp_settings import RtspSettings
from vision.source_rtsp import RtspSource

_ASKER = """
import sys
from pathlib import Path
from threading import Event
from vision.clock import SystemClock
from vision.core_slot import CoreSlot
slot = CoreSlot(Path(sys.argv[1]), SystemClock())
slot.take(Event())
print("held" if slot.is_held else "nothing", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return encode(tmp_path / "clip.mp4", pictures(20), even_ms(20))


@pytest.fixture
def one_core() -> Iterator[None]:
    """Leave this process, and those that it starts, one core: so there is one slot."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@contextmanager
def _asking(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Let another process ask for a slot; give it, and what it got: "held" or "nothing"."""
    command = [sys.executable, "-c", _ASKER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        yield other, other.stdout.readline().strip()
        other.kill()


@contextmanager
def _holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold a slot."""
    with _asking(path) as (other, answer):
        assert answer == "held"
        yield other


class _CountedWaits(Event):
    """Waits without waiting, and counts; is set after so many."""

    def __init__(self, set_after: int | None = None) -> None:
        super().__init__()
        self.waits = 0
        self._set_after = set_after

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        return self.waits == self._set_after


@pytest.mark.usefixtures("one_core")
def test_slot_that_another_process_has_is_waited_for_and_then_done_without(tmp_path: Path) -> None:
    slot = CoreSlot(tmp_path / "cores.lock", ManualClock())
    waited = _CountedWaits()
    with _holding(tmp_path / "cores.lock"):
        slot.take(waited)
        assert not slot.is_held
        assert waited.waits == 125


@pytest.mark.usefixtures("one_core")
def test_slot_comes_back_from_a_process_that_is_killed(tmp_path: Path) -> None:
    slot = CoreSlot(tmp_path / "cores.lock", ManualClock())
    with _holding(tmp_path / "cores.lock") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        slot.take(Event())
        assert slot.is_held


@pytest.mark.usefixtures("one_core")
def test_whoever_is_to_end_does_not_wait_for_a_slot(tmp_path: Path) -> None:
    slot = CoreSlot(tmp_path / "cores.lock", ManualClock())
    waited = _CountedWaits(set_after=3)
    with _holding(tmp_path / "cores.lock"):
        slot.take(waited)
    assert waited.waits == 3
    assert not slot.is_held


@pytest.mark.usefixtures("one_core")
def test_slot_that_was_given_back_is_free_for_another_process(tmp_path: Path) -> None:
    slot = CoreSlot(tmp_path / "cores.lock", ManualClock())
    slot.take(Event())
    slot.leave()
    slot.leave()
    with _holding(tmp_path / "cores.lock"):
        assert not slot.is_held


def test_there_are_as_many_slots_as_cores(tmp_path: Path) -> None:
    slot = CoreSlot(tmp_path / "cores.lock", ManualClock())
    slot.take(Event())
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("one core: there is no second slot")
    with _holding(tmp_path / "cores.lock"):
        assert slot.is_held


def test_long_work_gives_way_and_short_work_does_not(tmp_path: Path) -> None:
    clock, waited = ManualClock(), _CountedWaits()
    slot = CoreSlot(tmp_path / "cores.lock", clock)
    slot.take(waited)
    clock.advance(0.2)
    slot.share(waited)
    assert waited.waits == 0
    clock.advance(0.2)
    slot.share(waited)
    assert waited.waits == 1
    assert slot.is_held
    slot.share(waited)
    assert waited.waits == 1


def test_process_that_is_alone_waits_for_nobody() -> None:
    clock, waited = ManualClock(), _CountedWaits()
    slot = CoreSlot(None, clock)
    slot.take(waited)
    clock.advance(10.0)
    slot.share(waited)
    slot.leave()
    assert waited.waits == 0


def test_file_that_cannot_be_made_is_told_and_work_goes_on(tmp_path: Path) -> None:
    waited = _CountedWaits()
    with capture_logs() as events:
        slot = CoreSlot(tmp_path / "missing" / "cores.lock", ManualClock())
    slot.take(waited)
    assert waited.waits == 0
    assert events == [
        {
            "event": "cores_not_shared",
            "log_level": "warning",
            "file": str(tmp_path / "missing" / "cores.lock"),
            "why": "No such file or directory",
        }
    ]


def _camera(clip: Path, locks: Path, clock: Clock) -> RtspSource:
    return RtspSource(
        "rtsp://192.0.2.7/live",
        clock=clock,
        rng=Random(1),
        settings=RtspSettings(cores=locks),
        open_container=ScriptedCamera([clip]),
    )


@pytest.mark.usefixtures("one_core")
def test_camera_holds_a_slot_while_it_has_pictures_and_gives_it_back_at_its_end(clip: Path, tmp_path: Path) -> None:
    source = _camera(clip, tmp_path / "cores.lock", HastyClock())
    frames = source.frames()
    assert len(list(islice(frames, 5))) == 5
    with _asking(tmp_path / "cores.lock") as (_, answer):
        assert answer == "nothing"
    source.close()
    list(frames)
    with _asking(tmp_path / "cores.lock") as (_, answer):
        assert answer == "held"


@pytest.mark.usefixtures("one_core")
def test_camera_that_is_lost_holds_no_slot(clip: Path, tmp_path: Path) -> None:
    answers: list[str] = []

    class Asking(HastyClock):
        def sleep(self, seconds: float) -> None:
            if not answers:
                with _asking(tmp_path / "cores.lock") as (_, answer):
                    answers.append(answer)
            super().sleep(seconds)

    source = _camera(clip, tmp_path / "cores.lock", Asking())
    assert len(list(islice(source.frames(), 25))) == 25
    source.close()
    assert answers == ["held"]


@pytest.mark.usefixtures("one_core")
def test_camera_sees_every_picture_where_another_process_keeps_the_slot(clip: Path, tmp_path: Path) -> None:
    with _asking(tmp_path / "cores.lock"):
        source = _camera(clip, tmp_path / "cores.lock", HastyClock())
        assert [frame.index for frame in islice(source.frames(), 20)] == list(range(20))
        source.close()

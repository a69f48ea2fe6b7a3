"""Signals at any moment: an interrupt always ends a command, and a SIGHUP never ends a box."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from droptrace.child import CameraChild
from droptrace.job import CameraJob
from droptrace.signals import END
from tests.droptrace.clips import write_repeated
from tests.droptrace.processes import children_of, skip_without_proc, wait_until
from tests.droptrace.program import command, finish, start
from tests.journeys.box import Box
from tests.ports import free_port
from tests.source_tree import ROOT

_APART_S = 0.22
NOBODY = "http://127.0.0.1:9/api/v1/incidents"


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Minutes of video: no run over it comes to its end by itself."""
    return write_repeated(tmp_path_factory.mktemp("clips") / "long.mp4", 60)


@contextmanager
def held(*numbers: signal.Signals) -> Iterator[None]:
    """Hold signals back from processes that are started now, until they let them through: the interpreter's own
    first moments belong to nobody."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.mark.parametrize("moment", [*range(8), *(pytest.param(n, marks=pytest.mark.slow) for n in range(8, 100))])
def test_interrupt_is_obeyed_at_every_moment(long_clip: Path, tmp_path: Path, moment: int) -> None:
    number = END[moment % 2]
    with held(*END):
        process = start("detect", long_clip, "--out", tmp_path)
    # Moments between those of the ordinary ones follow in the slow ones.
    time.sleep(moment * _APART_S if moment < 8 else (moment - 7.5) * _APART_S / 11)
    process.send_signal(number)
    outcome = finish(process)
    assert outcome.status == 1
    assert outcome.complaint == "droptrace: stopped" or "what was found until then is printed" in outcome.complaint


def test_interrupt_is_obeyed_by_what_a_shell_put_in_the_background(long_clip: Path, tmp_path: Path) -> None:
    skip_without_proc()
    # A shell without a keyboard has what it puts in the background ignore interrupts.
    words = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command(["detect", long_clip, "--out", tmp_path])]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: children_of(process.pid))
        process.send_signal(signal.SIGINT)
        outcome = finish(process)
    assert outcome.status == 1
    assert "stopped" in outcome.complaint


def test_interrupt_just_before_a_camera_s_process_begins_is_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> AbstractContextManager[None]:
        raise KeyboardInterrupt

    monkeypatch.setattr("droptrace.child.interrupts_held", interrupted)
    with pytest.raises(KeyboardInterrupt):
        CameraChild(CameraJob("clip.mp4", None, tmp_path, "box"))


def test_interrupt_while_the_program_loads_is_no_traceback() -> None:
    with held(signal.SIGINT):
        process = start("verify", "nowhere")
    process.send_signal(signal.SIGINT)
    outcome = finish(process)
    assert (outcome.status, outcome.stdout, outcome.complaint) == (1, "", "droptrace: stopped")


@pytest.mark.parametrize("wait_s", [0.0, 0.4])
def test_hangup_before_the_box_is_up_is_a_reload_and_not_its_end(tmp_path: Path, wait_s: float) -> None:
    box = Box(tmp_path / "box")
    config = box.configure(NOBODY, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
    with held(signal.SIGHUP):
        process = start("edge", config, "--drain-s", "0", "--verbose")
    time.sleep(wait_s)
    process.send_signal(signal.SIGHUP)
    assert process.stderr is not None
    line = next(line for line in process.stderr if '"reloaded"' in line)
    process.terminate()
    outcome = finish(process)
    assert '"changed": []' in line
    assert outcome.status == 0


def test_box_holds_a_hangup_back_from_its_first_line_on(tmp_path: Path) -> None:
    """What the interpreter itself takes to start is all that is left: then SIGHUP is held before anything is loaded."""
    config = Box(tmp_path / "box").configure(NOBODY, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
    process = start("edge", config, "--drain-s", "0")
    wait_until(lambda: is_held(process.pid, signal.SIGHUP) or process.poll() is not None)
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: children_of(process.pid) or process.poll() is not None)
    process.terminate()
    assert finish(process).status == 0


def is_held(pid: int, number: signal.Signals) -> bool:
    """Tell whether a process blocks a signal, by its mask of proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    mask = int(next(line for line in status.splitlines() if line.startswith("SigBlk")).split()[1], 16)
    return bool(mask >> (number - 1) & 1)

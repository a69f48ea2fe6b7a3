"""Costs of processes, measured in their own."""

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError, ThroughputError
from benchmarks.throughput import decode_luma, measure_throughput, run_call, run_command, run_work
from tests.benchmarks.made import write_clip


def work_for_a_while(clip: Path, site: Path | None) -> None:
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass


def fail(clip: Path, site: Path | None) -> None:
    raise BenchmarkError("no weights")


def die(clip: Path, site: Path | None) -> None:
    os._exit(7)


def test_decoding_alone_counts_the_frames(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", frames=12)
    assert decode_luma(tmp_path / "a.mp4") == 12


def test_cost_of_a_call_leaves_out_the_start_of_its_process() -> None:
    cost, _ = run_call(work_for_a_while, Path("a.mp4"), None)
    assert 0.3 <= cost.cpu_s < 0.45
    assert cost.wall_s > 0


def test_cost_of_a_command_holds_its_processor_time() -> None:
    code = "import time\nwhile time.process_time() < 0.3: pass"
    cost = run_command([sys.executable, "-S", "-c", code])
    assert 0.3 <= cost.cpu_s < 1.0


def test_command_is_told_clip_and_site() -> None:
    code = "import sys; sys.exit(sys.argv[1:] != ['c.mp4', 's.toml'])"
    assert run_work((sys.executable, "-c", code, "{clip}", "{site}"), Path("c.mp4"), Path("s.toml")).wall_s > 0


def test_work_that_fails_says_why() -> None:
    with pytest.raises(ThroughputError, match="the work to be measured failed: no weights"):
        run_call(fail, Path("a.mp4"), None)
    with pytest.raises(ThroughputError, match="died with status 7"):
        run_call(die, Path("a.mp4"), None)
    with pytest.raises(ThroughputError, match="ended with status 3"):
        run_command([sys.executable, "-S", "-c", "raise SystemExit(3)"])
    with pytest.raises(ThroughputError, match="ended with status 1: no codec"):
        run_command([sys.executable, "-S", "-c", "import sys; sys.exit('opening\\nno codec')"])
    with pytest.raises(ThroughputError, match="no-such-program cannot be started"):
        run_command(["no-such-program"])


def test_ratio_is_decoding_over_everything(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4")
    measured = measure_throughput(tmp_path / "a.mp4", None, work_for_a_while, repeats=1)
    assert (measured.width_px, measured.height_px, measured.frames) == (160, 120, 10)
    assert measured.cpu_ratio == measured.decoding[0].cpu_s / measured.end_to_end[0].cpu_s
    assert 0 < measured.cpu_ratio < 0.5
    assert measured.cpu_ms_per_frame == pytest.approx(100 * measured.end_to_end[0].cpu_s)

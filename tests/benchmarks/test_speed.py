"""Speed of everybody in turns: real processes, real clips, and a stand-in for the program not installed here."""

import json
import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clip_speed import ClipSpeed, Spread, read_clip
from benchmarks.errors import ThroughputError
from benchmarks.one_core import one_core
from benchmarks.peers.dvr_scan import find_dvr_scan
from benchmarks.run_facts import RunFacts
from benchmarks.speed import Contender, contenders, main, measure
from benchmarks.speed_table import SpeedResults, make_speed_table, speed_as_json
from benchmarks.throughput import Cost
from tests.benchmarks.made import write_clip
from tests.source_tree import ROOT

FACTS = RunFacts("0.1.0", None, "2026-11-27T00:00:00+00:00", "Linux", "a processor", 2, 8.0, "3.11")
BURN = "import time\nuntil = time.process_time() + {seconds}\nwhile time.process_time() < until: pass"


def clip_speed(**costs: list[Cost]) -> ClipSpeed:
    return ClipSpeed(Path("a.mp4"), None, 1920, 1080, 100, 25.0, 4e6, costs)


def results_of(*clips: ClipSpeed, missing: dict[str, str] | None = None) -> SpeedResults:
    recipes = {"decoding": "decodes", "droptrace": "everything", "peer": "another way"}
    return SpeedResults(FACTS, 1, 2, recipes, missing or {}, clips)


def burning(name: str, seconds: float, start: float | None = None) -> Contender:
    command = (sys.executable, "-S", "-c")
    begin = None if start is None else (*command, BURN.format(seconds=start))
    return Contender(name, "burns time", (*command, BURN.format(seconds=seconds)), begin)


def write_program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_ratios_are_those_of_each_round_by_itself() -> None:
    # The machine was twice as slow in the second round: the ratio of each round is 0.5 and 0.4, whatever the medians.
    clip = clip_speed(
        decoding=[Cost(1.0, 1.5), Cost(2.0, 2.5)],
        droptrace=[Cost(2.0, 3.0), Cost(5.0, 5.0)],
        peer=[Cost(8.0, 9.0)],
    )
    assert clip.ratio("decoding", "droptrace", "cpu_s") == Spread(0.45, 0.4, 0.5)
    assert clip.ratio("peer", "droptrace", "wall_s") == Spread(3.0, 3.0, 3.0)
    assert clip.ms_a_frame("droptrace", "cpu_s") == Spread(35.0, 20.0, 50.0)
    assert clip.ratio("decoding", "nobody", "cpu_s") is None


def test_table_and_data_say_the_same() -> None:
    clip = clip_speed(decoding=[Cost(1.0, 1.5)], droptrace=[Cost(2.0, 3.0)], peer=[Cost(8.0, 9.0)])
    results = results_of(clip, missing={"dvr_scan": "install it"})
    lines = [re.split(r"\s{2,}", line.strip()) for line in make_speed_table(results).splitlines()]
    assert lines[0][0].startswith("a.mp4: 1920 x 1080, 25 frames a second, 4.00 Mbit/s, 100 frames, no site file; ")
    assert ["droptrace", "CPU", "20.00 (20.00 to 20.00)", "0.50 (0.50 to 0.50)", "-"] in lines
    assert ["wall", "90.00 (90.00 to 90.00)", "0.17 (0.17 to 0.17)", "3.00 (3.00 to 3.00)"] in lines
    assert ["dvr_scan", "not run"] in lines
    assert ["dvr_scan: install it"] in lines
    (data,) = json.loads(json.dumps(speed_as_json(results)))["clips"]
    assert data["contenders"]["peer"]["cpu"]["it_over_droptrace"] == {"median": 4.0, "least": 4.0, "most": 4.0}
    assert data["contenders"]["droptrace"]["wall"] | {"ms_a_frame": None} == {
        "s": [3.0],
        "ms_a_frame": None,
        "decoding_over_it": {"median": 0.5, "least": 0.5, "most": 0.5},
        "it_over_droptrace": {"median": 1.0, "least": 1.0, "most": 1.0},
    }


def test_clip_is_described_by_its_packets_and_finds_its_site(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", frames=20, fps=10)
    (tmp_path / "a.site.toml").touch()
    clip = read_clip(tmp_path / "a.mp4")
    assert (clip.width_px, clip.height_px, clip.frames, clip.fps) == (160, 120, 20, 10.0)
    assert clip.site == tmp_path / "a.site.toml"
    # Twenty frames at ten a second are two seconds; the container adds little to so few bytes, and never less than 0.
    assert 0 < clip.bitrate_bps * 2 / 8 < (tmp_path / "a.mp4").stat().st_size


@pytest.mark.parametrize(("frames", "reason"), [(0, "recorded files only"), (1, "fewer than two frames")])
def test_what_has_no_rate_is_refused(tmp_path: Path, frames: int, reason: str) -> None:
    if frames:
        write_clip(tmp_path / "a.mp4", frames=frames)
    else:
        (tmp_path / "a.mp4").write_text("no recording", encoding="utf-8")
    with pytest.raises(ThroughputError, match=reason):
        read_clip(tmp_path / "a.mp4")


def test_processes_have_one_core_and_the_others_come_back() -> None:
    before = os.sched_getaffinity(0)
    count = [sys.executable, "-c", "import os, cv2; print(len(os.sched_getaffinity(0)), cv2.getNumThreads())"]
    with one_core() as core:
        assert subprocess.run(count, capture_output=True, text=True, check=True).stdout == "1 1\n"
        assert os.sched_getaffinity(0) == {core}
    assert os.sched_getaffinity(0) == before
    with pytest.raises(ThroughputError, match="core 9999 may not be used"), one_core(9999):
        pass


def test_everybody_runs_in_each_round_and_another_begins() -> None:
    clip, told, kept = clip_speed(), list[str](), list[int]()
    everybody = [burning("first", 0.01), burning("second", 0.01)]
    measure([clip], everybody, 3, told.append, lambda: kept.append(len(clip.costs["first"])))
    order = [line.split(", ")[2].split(":")[0] for line in told]
    assert order == ["first", "second", "second", "first", "first", "second"]
    assert told[2].startswith("3/6 round 2 of 3, a.mp4, second: ")
    assert kept == [1, 2, 3]


def test_who_fails_is_left_out_and_the_others_go_on() -> None:
    clip = clip_speed()
    broken = replace(burning("broken", 0), work=("false",))
    measure([clip], [broken, burning("whole", 0.01)], 2, lambda _line: None, lambda: None)
    assert len(clip.costs["whole"]) == 2
    assert "broken" not in clip.costs
    assert "ended with status 1" in clip.failures["broken"]
    assert "FAILED broken: " in make_speed_table(results_of(clip))
    assert not results_of(clip).is_whole


def test_start_of_a_command_is_taken_off() -> None:
    whole, net = (burning("peer", 0.5, start).run(clip_speed()) for start in (None, 0.3))
    assert whole.cpu_s >= 0.5
    assert 0.1 < net.cpu_s < 0.35
    with pytest.raises(ThroughputError, match="no longer than its start: take a longer clip"):
        burning("peer", 0.0, 0.3).run(clip_speed())


def test_dvr_scan_is_found_by_name_and_told_its_clip_and_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_dvr_scan(None) is None
    write_program(tmp_path / "dvr-scan", 'echo "[DVR-Scan] DVR-Scan 1.8.2.1" >&2')
    found = find_dvr_scan(None)
    assert found is not None
    assert (found.executable, found.version) == (str(tmp_path / "dvr-scan"), "DVR-Scan 1.8.2.1")
    assert [one.name for one in contenders(found)][3:] == ["dvr_scan", "dvr_scan_only"]
    assert [one.name for one in contenders(None)] == ["decoding", "droptrace", "mog2_sort"]
    assert found.scan[-4:] == ("--input", "{clip}", "--output-dir", "{folder}")


def test_what_is_not_dvr_scan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_program(tmp_path / "other", "echo other 1.0")
    for command, reason in ((other, "does not tell its version"), (tmp_path / "none", "no such program")):
        assert main(["a.mp4", "--out", str(tmp_path / "o.json"), "--dvr-scan", str(command)]) == 1
        assert re.search(rf"{re.escape(str(command))}: {reason}.*pip install dvr-scan", capsys.readouterr().err)


def test_output_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_clip(tmp_path / "a.mp4")
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "a.mp4"), "--out", str(tmp_path / "file" / "o.json")]) == 1
    told = capsys.readouterr().err
    assert "cannot be written" in told
    assert "round" not in told


def test_example_of_the_documentation_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^python -m benchmarks\.speed samples/.*$", text, re.MULTILINE)
    write_clip(tmp_path / "samples" / "demo.mp4", frames=30)
    command = [sys.executable, *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (clip,) = json.loads((tmp_path / "var" / "speed.json").read_text(encoding="utf-8"))["clips"]
    assert {"decoding", "droptrace", "mog2_sort"} <= set(clip["contenders"])
    assert all(one["cpu"]["decoding_over_it"]["least"] > 0 for one in clip["contenders"].values())
    assert "3/3 round 1 of 1, demo.mp4, mog2_sort: " in done.stderr
    assert re.search(r"^  droptrace +CPU +\d", done.stdout, re.MULTILINE)


def test_interrupt_ends_what_runs_and_tells_what_is_done(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", frames=30)
    os.mkfifo(tmp_path / "at_work")
    # Its first two runs (one of them scanning only) take their time; the next hangs and says so.
    script = f"""[ "$1" = --version ] && echo DVR-Scan 0 && exit
echo >> {tmp_path}/runs; [ $(wc -l < {tmp_path}/runs) -gt 2 ] && echo $$ > {tmp_path}/at_work && exec sleep 1000
i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done"""
    program = write_program(tmp_path / "stand-in", script)
    command = [sys.executable, "-m", "benchmarks.speed", "a.mp4", "--out", "o.json", "--dvr-scan", str(program)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        hung = int((tmp_path / "at_work").read_text(encoding="utf-8"))
        run.send_signal(signal.SIGINT)
        told, complaints = run.communicate()
    assert run.returncode == 1
    assert told.endswith("Stopped before the last round; the numbers are those of the rounds that were done.\n")
    assert "Traceback" not in complaints
    assert not Path(f"/proc/{hung}").exists()
    (clip,) = json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))["clips"]
    assert len(clip["contenders"]["dvr_scan"]["cpu"]["s"]) == 1


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}

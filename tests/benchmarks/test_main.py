"""The whole command on small clips."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.errors import DatasetError, DetectionFailedError
from benchmarks.main import Beside, Program, run_bench
from benchmarks.peers.catalogue import NamedPeer
from benchmarks.progress import ProgressBar
from benchmarks.runner import ClipRun
from tests.benchmarks.made import along, line, origin, square_path, write_clip
from vision.clock import ManualClock

GOLDEN = Path(__file__).parent / "golden_results.json"


def write_dataset(folder: Path) -> Path:
    for suite, name, falls in (("clear", "hit", True), ("clear", "miss", True), ("night", "empty", False)):
        write_clip(folder / suite / f"{name}.mp4")
        (folder / suite / "s.toml").touch()
        path = [[p.time_s, p.x_px, p.y_px, p.size_px] for p in square_path()]
        fall = {
            "kind": "bottle",
            "release_s": 0.0,
            "first_s": 0.0,
            "last_s": 0.9,
            "floor": 9,
            "unit": "02",
            "path": path,
        }
        truth = {"clip": f"{name}.mp4", "site": "s.toml", "falls": [fall] if falls else [], "seed": 5}
        (folder / suite / f"{name}.truth.json").write_text(json.dumps(truth))
    return folder


def detect(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    path = along(square_path(), dx_px=2.0)
    if clip.stem == "hit":
        return [line(path, "right", origin=origin(9, "02"), path_size_px=[8.0] * 10)]
    return (
        [line([(t, x + 60.0, y) for t, x, y in path], "wrong", path_size_px=[8.0] * 10)] if clip.stem == "empty" else []
    )


def bench(dataset: Path, out: Path, **changes: Any) -> tuple[int, str]:
    told = io.StringIO()
    given: dict[str, Any] = {
        "detect": detect,
        "program": Program("test", "test"),
        "clock": ManualClock(),
        "write": told.write,
    }
    status = run_bench([dataset], out, **(given | changes))
    return status, told.getvalue()


def rounded(value: Any) -> Any:
    """Round every number in parsed JSON to six places, as the golden file has them."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value


def test_results_have_the_form_and_the_numbers_that_were_agreed(tmp_path: Path) -> None:
    status, _ = bench(write_dataset(tmp_path / "d"), tmp_path / "out")
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    machine = results.pop("run")
    assert status == 0
    assert sorted(machine) == [
        "commit", "cores", "memory_gb", "processor", "program_version", "python", "started_utc", "system",
    ]  # fmt: skip
    assert rounded(results) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_report_and_table_are_written(tmp_path: Path) -> None:
    _, table = bench(write_dataset(tmp_path / "d"), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("data:image/jpeg;base64") == 1
    assert "clear/miss" in page
    assert "0.500 1/2" in table


def test_failed_clip_ends_with_status_one_after_all_others_ran(tmp_path: Path) -> None:
    def failing(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        if clip.stem == "hit":
            raise DetectionFailedError("the decoder died")
        return detect(clip, site, out)

    status, table = bench(write_dataset(tmp_path / "d"), tmp_path / "out", detect=failing)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert status == 1
    assert "FAILED clear/hit: the decoder died" in table
    assert (results["total"]["failed"], results["total"]["recall"]["count"], results["total"]["recall"]["total"]) == (
        1,
        0,
        2,
    )


def test_interrupt_keeps_what_is_done_and_writes_no_results(tmp_path: Path) -> None:
    seen: list[str] = []

    def interrupted(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        seen.append(clip.stem)
        if clip.stem == "miss" and seen.count("miss") == 1:
            raise KeyboardInterrupt
        return detect(clip, site, out)

    dataset = write_dataset(tmp_path / "d")
    status, told = bench(dataset, tmp_path / "out", detect=interrupted)
    assert (status, told) == (1, "Stopped after 1 of 3 clips. The same command goes on from there.\n")
    assert not (tmp_path / "out" / "results.json").exists()
    status, _ = bench(dataset, tmp_path / "out", detect=interrupted)
    assert (status, seen) == (0, ["hit", "miss", "miss", "empty"])


def test_throughput_is_measured_on_one_clip_of_each_height(tmp_path: Path) -> None:
    _, table = bench(write_dataset(tmp_path / "d"), tmp_path / "out", beside=Beside(throughput=("true",)))
    measured = json.loads((tmp_path / "out" / "results.json").read_text())["throughput"]
    assert [(one["height_px"], len(one["decoding"])) for one in measured] == [(120, 5)]
    assert "throughput 160 x 120" in table


def find_all(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    return [line(along(square_path()), "found")]


def find_only(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    if clip.stem == "miss":
        raise DetectionFailedError("no model")
    return []


def test_peers_are_scored_on_the_same_clips_and_stand_beside(tmp_path: Path) -> None:
    peers = [NamedPeer("seer", "finds everything", find_all), NamedPeer("blind", "finds nothing", find_only)]
    told: list[str] = []

    def tell(done: int, total: int, run: ClipRun) -> None:
        told.append(f"{done}/{total} {run.truth.suite}/{run.truth.name}")

    beside = Beside(peers=peers)
    status, table = bench(write_dataset(tmp_path / "d"), tmp_path / "out", beside=beside, progress=tell)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    seer, blind = results["peers"]["seer"], results["peers"]["blind"]
    assert (seer["total"]["recall"]["value"], seer["total"]["precision"]["count"]) == (1.0, 2)
    assert seer["total"]["false_alarms"]["count"] == 1
    assert sorted(seer["suites"]) == ["clear", "night"]
    assert (blind["total"]["recall"]["count"], blind["failures"]) == (0, ["clear/miss: blind: no model"])
    assert (status, results["total"]["failed"]) == (1, 0)
    assert table.endswith("FAILED clear/miss: blind: no model\n")
    assert [row.split()[:3] for row in table.splitlines() if row.startswith(("droptrace ", "seer ", "blind "))] == [
        ["droptrace", "0.500", "1/2"],
        ["seer", "1.000", "2/2"],
        ["blind", "0.000", "0/2"],
    ]
    assert (told[3], len(told)) == ("1/3 seer: clear/hit", 9)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Peers on the same clips" in page
    assert "finds everything" in page


def test_throughput_that_cannot_be_measured_is_told_and_loses_nothing_else(tmp_path: Path) -> None:
    status, table = bench(write_dataset(tmp_path / "d"), tmp_path / "out", beside=Beside(throughput=("false",)))
    assert status == 1
    assert table.endswith("FAILED throughput: false ended with status 1\n")
    assert (tmp_path / "out" / "report.html").exists()


def test_dataset_that_is_not_there_is_an_error_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        bench(tmp_path / "nowhere", tmp_path / "out")


def test_progress_bar_names_failures(tmp_path: Path) -> None:
    def failing(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        raise DetectionFailedError("[died]")

    drawn = io.StringIO()
    with ProgressBar(Console(file=drawn, width=120)) as progress:
        bench(write_dataset(tmp_path / "d"), tmp_path / "out", detect=failing, progress=progress)
    assert "failed: clear/hit: [died]" in drawn.getvalue()


def test_progress_is_a_line_a_clip_that_ran_where_there_is_no_terminal(tmp_path: Path) -> None:
    lines = []
    for _ in range(2):
        drawn = io.StringIO()
        with ProgressBar(Console(file=drawn, width=120)) as progress:
            bench(write_dataset(tmp_path / "d"), tmp_path / "out", progress=progress)
        lines.append([one for one in drawn.getvalue().splitlines() if one.endswith(" s")])
    assert [one.split(":")[0] for one in lines[0]] == ["1/3 clear/hit", "2/3 clear/miss", "3/3 night/empty"]
    assert lines[1] == []

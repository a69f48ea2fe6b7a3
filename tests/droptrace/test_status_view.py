"""`droptrace status`: what is on the disk, and what is made of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from droptrace.errors import DroptraceError
from droptrace.status import BoxStatus
from droptrace.status_file import STATUS_NAME, StatusFile, read_status
from droptrace.status_view import status_lines, status_table, trouble
from evidence.clock import to_rfc3339
from tests.droptrace.program import run
from tests.droptrace.statuses import BLIND, GATE, STATUS, YARD, with_cameras

TOLD = datetime(2026, 11, 27, 8, 0, 2, tzinfo=UTC)
OVER = replace(GATE, camera_id="clip", state="ended", sees=None, memory_mb=None, health=None)


def shown(status: BoxStatus) -> list[str]:
    console = Console(width=200, height=25, no_color=True)
    with console.capture() as capture:
        console.print(status_table(status, TOLD + timedelta(seconds=2)))
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_status_comes_back_from_the_disk_as_it_was(tmp_path: Path) -> None:
    StatusFile(tmp_path).write(STATUS)
    StatusFile(tmp_path).write(with_cameras(BLIND, OVER))
    assert read_status(tmp_path) == with_cameras(BLIND, OVER)
    assert [path.name for path in tmp_path.iterdir()] == [STATUS_NAME]


def test_status_is_gone_with_the_box(tmp_path: Path) -> None:
    file = StatusFile(tmp_path)
    file.write(STATUS)
    file.remove()
    file.remove()
    with pytest.raises(DroptraceError, match="no box runs there; start it with droptrace edge"):
        read_status(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "droptrace.heartbeat/9"}', "\x00" * 9])
def test_damaged_status_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / STATUS_NAME).write_text(text)
    with pytest.raises(DroptraceError, match="is damaged, or of another version"):
        read_status(tmp_path)


def test_disk_that_takes_nothing_is_told_once(tmp_path: Path) -> None:
    file = StatusFile(tmp_path / "gone")
    with capture_logs() as logs:
        file.write(STATUS)
        file.write(STATUS)
    assert [(log["event"], log["why"]) for log in logs] == [("status_not_kept", "No such file or directory")]


def test_table_tells_what_a_person_asks() -> None:
    lines = shown(with_cameras(GATE, YARD, BLIND, OVER, replace(YARD, state="ended", fault="yard: no such file")))
    assert lines == [
        "box-7 droptrace 0.1.0 told 2 s ago",
        "CPU 34%, memory 2.1 of 8.2 GB, 51 °C, disk 120.0 GB free for 40 days, 3 to be sent since 2 min 5 s, "
        "clock right within 0.021 s",
        "camera state sees blind today frames/s last frame restarts today MB",
        "gate watching yes, but has moved 1 min 10 s 25.0 0 s ago 1 225",
        "yard waiting NO - - - 7 -",
        "gate watching NO: covered for 3 min 5 s 1 min 10 s 25.0 0 s ago 1 225",
        "clip ended over - - - 1 -",
        "yard ended NO - - - 7 -",
        "yard: no such file",
    ]


def test_box_and_cameras_are_a_json_object_a_line_each() -> None:
    box, gate, yard = map(json.loads, status_lines(STATUS))
    assert (box["box_id"], box["box"]["outbox_depth"], "cameras" in box) == ("box-7", 3, False)
    assert (gate["camera_id"], gate["health"]["blind_s"]["dark"]) == ("gate", 4.0)
    assert (yard["camera_id"], yard["sees"], yard["health"]) == ("yard", False, None)


@pytest.mark.parametrize("later_s", [16.0, 3600.0, -16.0])
def test_old_status_is_trouble_whatever_it_says(later_s: float) -> None:
    words = trouble(with_cameras(GATE), TOLD + timedelta(seconds=later_s))
    assert words is not None
    assert words.startswith("box-7 does not run or hangs: it has told nothing for ")


def test_whoever_sees_nothing_is_trouble_and_a_recording_that_is_over_is_not() -> None:
    now = TOLD + timedelta(seconds=15)
    assert trouble(with_cameras(GATE, OVER), now) is None
    assert trouble(with_cameras(BLIND, YARD, OVER), now) == "nothing is seen by gate, yard"


def configured(folder: Path) -> Path:
    config = folder / "edge.toml"
    config.write_text('data_dir = "."\n[[camera]]\naddress = "a.mp4"\n[endpoint]\nurl = "http://127.0.0.1:9/"\n')
    return config


def test_command_ends_with_0_while_all_see_and_with_1_otherwise(tmp_path: Path) -> None:
    config = configured(tmp_path)
    absent = run("status", config)
    assert (absent.status, absent.stdout) == (1, "")
    assert absent.complaint == f"droptrace: data_dir {tmp_path}: no box runs there; start it with droptrace edge"
    now = to_rfc3339(datetime.now(UTC) + timedelta(seconds=10))
    StatusFile(tmp_path).write(replace(with_cameras(GATE), sent_utc=now))
    well = run("status", config, "--json")
    assert (well.status, well.stderr, len(well.stdout.splitlines())) == (0, "", 2)
    StatusFile(tmp_path).write(STATUS)
    old = run("status", config)
    assert (old.status, "gate" in old.stdout) == (1, True)
    assert old.complaint.startswith("droptrace: box-7 does not run or hangs: it has told nothing for ")

"""Where log lines go tells what they look like."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.droptrace.program import DEMO, start
from tests.source_tree import ROOT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A box with a recording, and one that is not there."""
    path = tmp_path / "edge.toml"
    blocks = "".join(f'[[camera]]\naddress = "{address}"\n' for address in (DEMO, tmp_path / "nowhere.mp4"))
    path.write_text(f'{blocks}[endpoint]\nurl = "http://127.0.0.1:9/a"\n', encoding="utf-8")
    return path


def log_of(config: Path, *, is_journal: bool) -> list[str]:
    """Run a box whose standard error is the stream that systemd says leads to its journal, or another one."""
    read, write = os.pipe()
    ours = os.fstat(write)
    stream = f"{ours.st_dev}:{ours.st_ino + (not is_journal)}"
    with start(
        "edge", config, "--verbose", "--drain-s", 0, environment={"JOURNAL_STREAM": stream}, stderr=write
    ) as process:
        os.close(write)
        with open(read, encoding="utf-8") as log:
            lines = log.read().splitlines()
        assert process.wait(60.0) == 1
    return lines


def test_journal_is_told_how_grave_each_line_is(config: Path) -> None:
    lines = log_of(config, is_journal=True)
    found = {}
    for line in lines:
        if line[3:].startswith("{"):
            event = json.loads(line[3:])
            found[event["event"]] = (line[:3], event["level"])
    assert found["camera_started"] == ("<6>", "info")
    assert found["delivery_failed"] == ("<4>", "warning")
    assert found["camera_lost"] == ("<3>", "error")
    # That of a camera's process, which has inherited the stream.
    assert found["network_used"] == ("<6>", "info")
    assert lines[-1].startswith("<3>droptrace: ")
    # As the guide finds them.
    lost, _ = re.findall(r"journalctl .*-g '(.*?)'", (ROOT / "docs" / "edge.md").read_text(encoding="utf-8"))
    assert [json.loads(line[3:])["event"] for line in lines if re.search(lost, line)] == ["camera_lost"]


def test_no_priority_is_written_to_anything_else(config: Path) -> None:
    lines = log_of(config, is_journal=False)
    assert any(line.startswith('{"camera": ') for line in lines)
    assert lines[-1].startswith("droptrace: ")
    assert not any(line.startswith("<") for line in lines)

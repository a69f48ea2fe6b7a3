"""The unit file in samples/ is one that systemd takes, and says what the program does."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_group

from droptrace.cli import app
from droptrace.config import EdgeConfig, LimitsConfig
from tests.source_tree import ROOT

UNIT = ROOT / "samples" / "droptrace-edge.service"
INSTALL = ROOT / "docs" / "install.md"
# Exposure as systemd counts it, times ten: up to 25 is "OK", 96 is a unit without any protection.
MOST_EXPOSED = 20


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    """Give the settings of the unit, each with its values in order."""
    settings: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


def analyze(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze on the unit, with a program that is installed here."""
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze")
    copy = tmp_path / UNIT.name
    copy.write_text(re.sub(r"(?<=ExecStart=)\S+", sys.executable, UNIT.read_text(encoding="utf-8")), encoding="utf-8")
    return subprocess.run([tool, *arguments, str(copy)], capture_output=True, text=True, check=False)


def test_systemd_takes_every_line(tmp_path: Path) -> None:
    done = analyze(tmp_path, "verify")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_finds_it_hardly_exposed(tmp_path: Path) -> None:
    done = analyze(tmp_path, "security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


def test_command_line_of_the_unit_is_one_of_the_program(unit: dict[str, list[str]]) -> None:
    (line,) = unit["ExecStart"]
    _, name, *arguments = shlex.split(line)
    context = get_group(app).commands[name].make_context(name, arguments)
    assert name == "edge"
    assert context.params["config"] == Path("/etc/droptrace/edge.toml")
    assert context.params["verbose"] is True


def test_time_to_end_covers_what_the_program_takes(unit: dict[str, list[str]]) -> None:
    # Camera processes, then what is on its way (5 s), then threads that hang.
    assert int(unit["TimeoutStopSec"][0]) >= 2 * LimitsConfig().stop_s + 10


def test_keys_that_comments_name_are_those_of_the_box() -> None:
    named = re.findall(r"limits\.(\w+)", UNIT.read_text(encoding="utf-8"))
    assert set(named) == {"stop_s", "memory_mb"}
    assert set(named) <= set(LimitsConfig.model_fields)
    assert "data_dir" in EdgeConfig.model_fields


def test_paths_of_the_unit_are_those_of_the_guide(unit: dict[str, list[str]]) -> None:
    guide = INSTALL.read_text(encoding="utf-8")
    program, _, config, *_ = shlex.split(unit["ExecStart"][0])
    for place in (Path(program).parents[1], config, unit["WorkingDirectory"][0], unit["User"][0]):
        assert str(place) in guide
    assert unit["WorkingDirectory"] == [f"/var/lib/{unit['StateDirectory'][0]}"]

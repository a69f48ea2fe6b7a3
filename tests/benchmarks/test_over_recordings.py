"""The command that draws throws into recordings."""

import shlex
from pathlib import Path

import pytest

from benchmarks.dataset import read_datasets
from benchmarks.over_recordings import main

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT.parent / "shared" / "clips" / "hostile.avi"


def test_example_of_the_guide_makes_a_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith("python -m benchmarks.over_recordings samples/")]
    arguments = [str(tmp_path) if word == "var/bench/over" else word for word in shlex.split(line)[3:]]
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 0
    (made,) = read_datasets([tmp_path])
    assert made.falls
    assert made.clip.is_file()
    assert made.clip.name in capsys.readouterr().err


def test_command_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.mp4"), "--out", str(tmp_path / "out")]) == 1
    assert "choose another recording" in capsys.readouterr().err


@pytest.mark.skipif(not HOSTILE.is_file(), reason="needs the recorded clips")
def test_damaged_recording_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(HOSTILE), "--out", str(tmp_path), "--seeds", "1"]) == 1
    assert "hostile.avi: " in capsys.readouterr().err

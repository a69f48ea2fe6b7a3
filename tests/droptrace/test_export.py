"""`droptrace export` as users run it."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.droptrace.program import run


def test_what_cannot_be_exported_fails_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "best.pt").write_bytes(b"these are no weights")
    outcome = run("export", str(tmp_path / "best.pt"), "--out", str(tmp_path / "out"))
    assert (outcome.status, outcome.stdout) == (1, "")
    (line,) = outcome.said
    missing = find_spec("ultralytics") is None
    assert ("pip install 'droptrace[train]'" if missing else "best.pt: cannot be read as a network") in line


def test_unknown_form_is_wrong_usage(tmp_path: Path) -> None:
    outcome = run("export", "best.pt", "--out", str(tmp_path), "--format", "tflite")
    assert outcome.status == 2
    assert "'tflite' is not one of" in outcome.stderr


@pytest.mark.skipif(find_spec("ultralytics") is None, reason="ultralytics is not installed")
def test_files_are_told_with_their_digests(tmp_path: Path) -> None:
    from tests.models.trained import save_weights

    outcome = run("export", str(save_weights(tmp_path / "best.pt")), "--out", str(tmp_path / "out"))
    assert (outcome.status, outcome.stderr) == (0, "")
    (line,) = outcome.stdout.splitlines()
    digest, _, path = line.partition("  ")
    assert (len(digest), Path(path)) == (64, tmp_path / "out" / "best.onnx")

"""`droptrace bench` on one clip."""

import json
import shutil
from pathlib import Path

from tests.droptrace.program import DEMO, run


def test_fall_of_the_sample_is_counted_and_reported(tmp_path: Path) -> None:
    suite = tmp_path / "demo"
    suite.mkdir()
    for ending in ("mp4", "site.toml", "truth.json"):
        shutil.copy(DEMO.with_name(f"demo.{ending}"), suite)
    out = tmp_path / "out"
    outcome = run("bench", suite, "--out", out, "--no-throughput")
    assert outcome.status == 0, outcome.stderr
    assert "demo" in outcome.stdout
    total = json.loads((out / "results.json").read_text(encoding="utf-8"))["total"]
    measured = [(total[key]["count"], total[key]["total"]) for key in ("recall", "precision", "floor_exact")]
    assert measured == [(1, 1)] * 3
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_clip_that_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    suite = tmp_path / "broken"
    suite.mkdir()
    (suite / "one.mp4").write_bytes(b"nothing")
    (suite / "one.truth.json").write_text('{"clip": "one.mp4", "falls": []}', encoding="utf-8")
    outcome = run("bench", suite, "--out", tmp_path / "out", "--no-throughput")
    assert outcome.status == 1
    assert "one.mp4: cannot be read as a video" in outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr

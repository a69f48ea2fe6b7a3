"""The same network on whole frames: what counts as a hit, by hand."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.whole_frames import main, score
from tests.benchmarks.made import clip_truth, true_fall, true_path


def test_boxes_at_a_throw_are_hits_and_the_others_are_not() -> None:
    path = true_path(3)
    clip = clip_truth(true_fall(path), true_fall(true_path(3, x_px=400.0)))
    hits = [0, 0]
    # At 0.1 s the first throw is at (100, 70), the second at (400, 70); 15 px is as far as a hit may lie at 720 lines.
    boxes = np.array([[100.0, 84.0], [103.0, 70.0], [400.0, 86.0]], np.float32)
    assert score(clip, 0.1, boxes, 720, hits) == 2
    assert hits == [1, 0]


def test_at_twice_the_lines_a_hit_may_lie_twice_as_far() -> None:
    hits = [0]
    boxes = np.array([[100.0, 98.0]], np.float32)
    assert score(clip_truth(true_fall(true_path(3))), 0.1, boxes, 2160, hits) == 1
    assert hits == [1]


def test_no_boxes_and_no_throw_at_the_time_are_nothing() -> None:
    hits = [0]
    clip = clip_truth(true_fall(true_path(3)))
    assert score(clip, 0.1, np.zeros((0, 2), np.float32), 720, hits) == 0
    assert score(clip, 5.0, np.array([[100.0, 50.0]], np.float32), 720, hits) == 0
    assert hits == [0]


@pytest.mark.skipif(find_spec("ultralytics") is not None, reason="ultralytics is installed")
def test_without_ultralytics_it_says_what_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.truth.json").write_text('{"clip": "none.mp4", "falls": []}', encoding="utf-8")
    (tmp_path / "none.mp4").touch()
    assert main(["weights.pt", str(tmp_path)]) == 1
    assert "droptrace[train]" in capsys.readouterr().err

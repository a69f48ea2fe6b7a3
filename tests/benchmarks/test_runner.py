"""A run goes on after failures, and after an end in the middle."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dataset import read_datasets
from benchmarks.errors import DetectionFailedError
from benchmarks.runner import ClipRun, Runner, digest
from benchmarks.truth import ClipTruth
from tests.benchmarks.made import along, line, square_path, write_clip
from vision.clock import ManualClock


class CountingDetect:
    """Finds the same in every clip, counts its calls, fails where told."""

    def __init__(self, failing: frozenset[str] = frozenset(), interrupt_at: str = "") -> None:
        self.seen: list[str] = []
        self._failing = failing
        self._interrupt_at = interrupt_at

    def __call__(self, clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        self.seen.append(clip.stem)
        if clip.stem in self._failing:
            raise DetectionFailedError(f"{clip.name}: the decoder died")
        if clip.stem == self._interrupt_at:
            raise KeyboardInterrupt
        out.mkdir(parents=True)
        return [line(along(square_path()))]


def dataset(folder: Path, names: str = "abc") -> tuple[ClipTruth, ...]:
    for name in names:
        write_clip(folder / f"{name}.mp4")
        (folder / f"{name}.truth.json").write_text(json.dumps({"clip": f"{name}.mp4", "falls": []}))
    return read_datasets([folder])


def run(out: Path, clips: tuple[ClipTruth, ...], detect: CountingDetect, version: str = "1") -> list[ClipRun]:
    return list(Runner(out, detect, version, ManualClock()).run(clips))


def test_second_run_keeps_what_the_first_found(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d")
    first = run(tmp_path / "out", clips, CountingDetect())
    again = CountingDetect()
    second = run(tmp_path / "out", clips, again)
    assert again.seen == []
    assert [one.how for one in second] == ["kept"] * 3
    assert [(one.found, one.info) for one in second] == [(one.found, one.info) for one in first]


def test_run_goes_on_where_an_interrupt_ended_it(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "out", clips, CountingDetect(interrupt_at="b"))
    again = CountingDetect()
    run(tmp_path / "out", clips, again)
    assert again.seen == ["b", "c"]


def test_clip_is_run_again_when_truth_site_clip_or_program_changed(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d", "a")
    run(tmp_path / "out", clips, CountingDetect())
    for change in (
        lambda: clips[0].truth.write_text('{"clip": "a.mp4", "falls": [], "note": "x"}'),
        lambda: write_clip(clips[0].clip, frames=5),
    ):
        change()
        again = CountingDetect()
        run(tmp_path / "out", clips, again)
        assert again.seen == ["a"]
    again = CountingDetect()
    run(tmp_path / "out", clips, again, version="2")
    assert again.seen == ["a"]


def test_failed_clip_is_told_and_the_run_goes_on_and_tries_it_again(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d")
    runs = run(tmp_path / "out", clips, CountingDetect(failing=frozenset("b")))
    assert [one.how for one in runs] == ["ran", "failed", "ran"]
    assert runs[1].failure == "b.mp4: the decoder died"
    again = CountingDetect()
    run(tmp_path / "out", clips, again)
    assert again.seen == ["b"]


def test_lines_of_the_wrong_form_fail_the_clip(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d", "a")

    def detect(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        return [{"incident_id": "x"}]

    runs = list(Runner(tmp_path / "out", detect, "1", ManualClock()).run(clips))
    assert runs[0].failure == "detection printed a fall of the wrong form: 'path' is missing"


def test_evidence_of_an_earlier_try_is_cleared_away(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d", "a")
    runner = Runner(tmp_path / "out", CountingDetect(), "1", ManualClock())
    stale = runner.package_folder(clips[0]) / "stale"
    stale.mkdir(parents=True)
    list(runner.run(clips))
    assert not stale.exists()


def test_height_and_length_are_read_from_the_clip(tmp_path: Path) -> None:
    info = run(tmp_path / "out", dataset(tmp_path / "d", "a"), CountingDetect())[0].info
    assert info is not None
    assert info.height_px == 120
    assert info.duration_s == pytest.approx(1.0)
    assert info.frame_s == pytest.approx(0.1)


def test_digest_of_a_folder_follows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"a")
    before = digest(tmp_path)
    (tmp_path / "1.png").write_bytes(b"b")
    changed = digest(tmp_path)
    (tmp_path / "1.png").rename(tmp_path / "2.png")
    assert len({before, changed, digest(tmp_path)}) == 3


def test_progress_is_told_of_each_clip(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    runner = Runner(tmp_path / "out", CountingDetect(), "1", ManualClock())
    list(runner.run(dataset(tmp_path / "d", "ab"), lambda done, total, one: told.append((done, total, one.truth.name))))
    assert told == [(1, 2, "a"), (2, 2, "b")]


def test_clips_run_at_once_come_in_order_and_are_kept(tmp_path: Path) -> None:
    clips = dataset(tmp_path / "d", "abcdef")
    detect = CountingDetect(failing=frozenset("c"))
    runs = list(Runner(tmp_path / "out", detect, "1", ManualClock(), workers=3).run(clips))
    assert [one.truth.name for one in runs] == list("abcdef")
    assert [one.how for one in runs] == ["ran", "ran", "failed", "ran", "ran", "ran"]
    again = CountingDetect()
    list(Runner(tmp_path / "out", again, "1", ManualClock(), workers=3).run(clips))
    assert again.seen == ["c"]

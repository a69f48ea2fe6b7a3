"""What people decided becomes a data set: the program run beside a command centre that holds real evidence."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from droptrace.lessons import CLASS_OF_REASON
from models.labels import split_of
from models.mosaic import MOSAIC_PX, cell_at
from models.motion_class import CLASSES, MotionClass
from server.review import REASONS
from tests.droptrace.labelled import Reviewed, reviewed_centre, seen
from tests.droptrace.processes import children_of, is_alive, skip_without_proc, wait_until
from tests.droptrace.program import DEMO, DEMO_SITE, finish, run, start
from tests.journeys import clip
from tests.server.orders import facts, send

FALLING, BIRD, LEAF = (
    CLASSES.index(each) for each in (MotionClass.FALLING_OBJECT, MotionClass.BIRD, MotionClass.LEAF_OR_PAPER)
)
BIRD_ID, LEAF_ID, SHAKE_ID = "bird-4", "leaf-2", "shake-2"


@pytest.fixture(scope="module")
def clip_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    clip.write_clip(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def demo_id() -> str:
    """The incident of the sample clip, which follows from its content."""
    return "ca9f4f45-785e-50c1-b42f-4b77f6d1c713"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, clip_bytes: bytes, demo_id: str) -> Iterator[Reviewed]:
    """A command centre with the sample clip's incident and five of a drawn one, one not reviewed."""
    folder = tmp_path_factory.mktemp("centre")
    assert run("detect", DEMO, "--site", DEMO_SITE, "--out", folder / "packages").status == 0
    with reviewed_centre(folder) as one:
        one.take_in_package(folder / "packages" / demo_id)
        for incident_id in (BIRD_ID, LEAF_ID, SHAKE_ID, "other-1", "unreviewed-1"):
            one.take_in(incident_id, clip_bytes)
        one.decide(demo_id, "confirm")
        one.decide(BIRD_ID, "refuse", "bird")
        one.decide(LEAF_ID, "confirm")
        one.decide(LEAF_ID, "refuse", "leaf")
        one.decide(SHAKE_ID, "refuse", "shake")
        one.decide("other-1", "refuse", "other")
        yield one


@pytest.fixture(scope="module")
def exported(reviewed: Reviewed) -> Path:
    out = reviewed.config.parent / "labels"
    outcome = run("export-labels", reviewed.config, "--out", out)
    assert (outcome.status, outcome.said) == (0, [])
    assert json.loads(outcome.stdout) == {
        "incidents": 4,
        "crops": 48,
        "labels": 36,
        "skipped": {"other": 1},
        "problems": 0,
    }
    return out


def boxes_in(out: Path) -> list[tuple[str, int, tuple[float, float, float, float]]]:
    """Read the split, the class and the box (middle, size; pixels of the mosaic) of every label."""
    found = []
    for path in sorted(out.glob("labels/*/*.txt")):
        for line in path.read_text().splitlines():
            index, *box = line.split()
            x_px, y_px, width_px, height_px = (float(value) * MOSAIC_PX for value in box)
            found.append((path.parent.name, int(index), (x_px, y_px, width_px, height_px)))
    return found


def test_every_reviewed_incident_has_the_class_that_was_decided_last(exported: Path, demo_id: str) -> None:
    counts = Counter((split, index) for split, index, _ in boxes_in(exported))
    assert counts == {
        (split_of(demo_id), FALLING): 12,
        (split_of(BIRD_ID), BIRD): 12,
        (split_of(LEAF_ID), LEAF): 12,
    }
    assert {split_of(each) for each in (demo_id, BIRD_ID, LEAF_ID, SHAKE_ID)} == {"train", "val"}


def test_boxes_hold_the_thing_and_each_has_a_crop_of_its_own(exported: Path) -> None:
    for split in ("train", "val"):
        picture = cv2.imread(str(exported / "images" / split / "mosaic-000000.png"), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (MOSAIC_PX, MOSAIC_PX, 3)
        boxes = [(index, box) for where, index, box in boxes_in(exported) if where == split]
        assert len({cell_at(x_px, y_px) for _, (x_px, y_px, _, _) in boxes}) == len(boxes)
        for index, (x_px, y_px, width_px, height_px) in boxes:
            assert width_px == pytest.approx(height_px, abs=1e-3)
            assert 11.999 < width_px < 28
            if index in (BIRD, LEAF):  # the drawn ones are nearly white
                now = picture[:, :, 1]
                assert now[int(y_px) - 1 : int(y_px) + 2, int(x_px) - 1 : int(x_px) + 2].min() > 200


def test_clutter_has_crops_without_boxes(exported: Path) -> None:
    labels = {path.stem: path.read_text() for path in (exported / "labels" / split_of(SHAKE_ID)).iterdir()}
    assert labels
    for name in labels:
        picture = cv2.imread(str(exported / "images" / split_of(SHAKE_ID) / f"{name}.png"))
        assert picture is not None
        used = [int((cell != 114).any()) for row in np.vsplit(picture, 8) for cell in np.hsplit(row, 8)]
        assert sum(used) == sum(len(text.splitlines()) for text in labels.values()) + 12


def test_same_reviews_give_the_same_files(reviewed: Reviewed, exported: Path) -> None:
    first = files_of(exported)
    other = reviewed.config.parent / "other"
    for out in (exported, other):
        assert run("export-labels", reviewed.config, "--out", out).status == 0
        assert files_of(out) == first


def test_no_name_or_id_leaves_with_the_crops(exported: Path, demo_id: str) -> None:
    for name, content in files_of(exported).items():
        for word in (demo_id, BIRD_ID, "box-1", "3-north", "3栋"):
            assert word not in name
            assert word.encode() not in content


def test_every_reason_but_the_one_that_tells_nothing_has_its_meaning() -> None:
    assert set(REASONS) - set(CLASS_OF_REASON) == {"other"}


def test_evidence_that_cannot_be_read_is_told_and_the_rest_is_exported(tmp_path: Path, clip_bytes: bytes) -> None:
    with reviewed_centre(tmp_path) as one:
        one.take_in("altered", clip_bytes)
        one.take_in("bird", clip_bytes)
        one.take_in("deep", clip_bytes, facts_bytes=b"[" * 100_000)
        one.take_in("gone", clip_bytes)
        one.take_in("elsewhere", clip_bytes, recording={"name": "clip", "start_s": 90.0, "end_s": 94.0})
        one.take_in("no-span", clip_bytes, recording=None)
        one.take_in("text", b"no video at all\n" * 50)
        for incident_id in ("altered", "bird", "deep", "elsewhere", "gone", "no-span", "text"):
            one.decide(incident_id, "refuse", "bird")
        one.stored("altered", "original/clip.mp4").write_bytes(clip_bytes[:-1])
        one.stored("gone", "incident.json").unlink()
        outcome = run("export-labels", one.config, "--out", tmp_path / "out")
    assert outcome.status == 0
    assert json.loads(outcome.stdout) == {"incidents": 1, "crops": 12, "labels": 12, "skipped": {}, "problems": 6}
    expected = [
        ("altered", "clip.mp4 is no longer as it came, its SHA-256 differs; restore it from a copy"),
        ("deep", "incident.json: maximum recursion depth exceeded"),
        ("elsewhere", "no point of its path is in its clip"),
        ("gone", "incident.json cannot be read"),
        ("no-span", "its facts do not tell when its clip begins"),
        ("text", "cannot be read as a video"),
    ]
    assert len(outcome.said) == len(expected)
    for line, (incident_id, words) in zip(outcome.said, expected, strict=True):
        assert line.startswith(f"droptrace: incident {incident_id}: ")
        assert words in line
    assert [index for _, index, _ in boxes_in(tmp_path / "out")] == [BIRD] * 12


def test_clip_that_has_not_arrived_is_told(tmp_path: Path) -> None:
    with reviewed_centre(tmp_path) as one:
        send(one.centre.client, facts("waits", **seen())).raise_for_status()
        one.decide("waits", "confirm")
        outcome = run("export-labels", one.config, "--out", tmp_path / "out")
    assert outcome.status == 1
    assert outcome.complaint.startswith(
        "droptrace: nothing could be exported: incident waits: its evidence has no facts or no clip; wait until"
    )
    assert not (tmp_path / "out" / "data.yaml").exists()


def test_nothing_reviewed_is_told(tmp_path: Path, clip_bytes: bytes) -> None:
    with reviewed_centre(tmp_path) as one:
        one.take_in("one", clip_bytes)
        outcome = run("export-labels", one.config, "--out", tmp_path / "out")
    assert outcome.status == 1
    assert "nobody has confirmed an incident, or refused one for a reason that names what it is" in outcome.complaint
    assert not (tmp_path / "out").exists()


def test_settings_of_no_command_centre_are_wrong_usage(tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text('data_dir = "nowhere"\n', encoding="utf-8")
    outcome = run("export-labels", config, "--out", tmp_path / "out")
    assert outcome.status == 2
    assert "nowhere: no such folder; give the file of a command centre that has run" in outcome.complaint
    assert sorted(tmp_path.iterdir()) == [config]


def test_folder_that_cannot_be_written_is_told(reviewed: Reviewed, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    outcome = run("export-labels", reviewed.config, "--out", tmp_path / "out")
    assert outcome.status == 1
    assert "out: cannot be written" in outcome.complaint


def test_interrupt_leaves_no_process_and_nothing_that_looks_finished(reviewed: Reviewed, tmp_path: Path) -> None:
    skip_without_proc()
    process = start("export-labels", reviewed.config, "--out", tmp_path)
    wait_until(lambda: children_of(process.pid))
    children = children_of(process.pid)
    os.kill(process.pid, signal.SIGINT)
    outcome = finish(process)
    assert (outcome.status, outcome.stdout, outcome.complaint) == (1, "", "droptrace: stopped")
    assert not any(is_alive(child) for child in children)
    assert not (tmp_path / "data.yaml").exists()
    assert list(tmp_path.rglob("*.part")) == []


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

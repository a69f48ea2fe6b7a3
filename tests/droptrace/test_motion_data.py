"""From rendered scenes to a data set: what the pipeline follows, with what it shows."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from droptrace.motion_crops import Sight, gather
from droptrace.motion_data import Order, labelled_run, thinned, write_motion_data
from droptrace.run_file import LabelledRun, read_runs, write_runs
from models.crop import CROP_PX, Window
from models.errors import ModelError
from models.keeper import Crop
from models.labels import Label
from models.mosaic import MOSAIC_PX
from models.motion_class import MotionClass
from samples.labelled import Thing
from samples.scene import Scene
from tests.samples.conftest import SMALL

SPEC = replace(SMALL, name="taught", layers=("bird",) * 4)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[LabelledRun]:
    folder = tmp_path_factory.mktemp("scene")
    scene = Scene.build(replace(SPEC, shake_px=1.0))
    return [labelled_run(run) for run in gather(scene, folder, np.random.default_rng(1))]


def test_thrown_thing_is_followed_and_labelled_in_the_middle(runs: list[LabelledRun]) -> None:
    thrown = [run for run in runs if run.truth is MotionClass.FALLING_OBJECT and len(run.crops) > 4]
    assert thrown
    middles = [
        ((box[0] + box[2]) / 2 - CROP_PX / 2, (box[1] + box[3]) / 2 - CROP_PX / 2)
        for run in thrown
        for _, labels in run.crops
        for box in (each.box_px for each in labels if each.motion_class is MotionClass.FALLING_OBJECT)
    ]
    assert np.abs(np.median(middles, axis=0)).max() < 2.0


def test_thrown_thing_that_is_lost_in_noise_is_one_without_a_box() -> None:
    crop = Crop(0.0, Window(100, 200, 1), np.zeros((CROP_PX, CROP_PX, 3), np.uint8))
    edges = (120, 220, 124, 224)
    thrown, cloth = (Thing(name, *edges, is_visible=False) for name in ("falling_object", "cloth"))
    assert labelled_run([Sight(crop, (thrown,))]) == LabelledRun(MotionClass.FALLING_OBJECT, ((crop.pixels, []),))
    assert labelled_run([Sight(crop, (cloth,))]).truth is None


def test_birds_and_clutter_are_cut_too(runs: list[LabelledRun]) -> None:
    assert {run.truth for run in runs} >= {MotionClass.FALLING_OBJECT, MotionClass.BIRD, None}


def test_file_of_runs_comes_back(runs: list[LabelledRun], tmp_path: Path) -> None:
    write_runs(tmp_path / "scene.npz", runs)
    again = list(read_runs(tmp_path / "scene.npz"))
    assert [run.truth for run in again] == [run.truth for run in runs]
    for one, other in zip(again, runs, strict=True):
        for (pixels, labels), (its_pixels, its_labels) in zip(one.crops, other.crops, strict=True):
            assert np.array_equal(pixels, its_pixels)
            assert list(labels) == list(its_labels)


def test_file_may_hold_no_run(tmp_path: Path) -> None:
    write_runs(tmp_path / "scene.npz", [])
    assert list(read_runs(tmp_path / "scene.npz")) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"not an archive at all"])
def test_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scene.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"scene\.npz: cannot be read .* delete it"):
        list(read_runs(path))


def test_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"scene\.npz: cannot be written"):
        write_runs(tmp_path / "gone" / "scene.npz", [])


def test_rain_is_thinned_and_what_is_rare_stays() -> None:
    crop = (np.zeros((CROP_PX, CROP_PX, 3), np.uint8), [Label(MotionClass.BIRD, (18.0, 18.0, 26.0, 26.0))])
    many = [LabelledRun(MotionClass.RAIN_OR_SNOW, (crop,))] * 300
    few = [LabelledRun(MotionClass.BIRD, (crop,))] * 3
    kept = thinned([*many, *few], np.random.default_rng(0))
    assert [run.truth for run in kept].count(MotionClass.RAIN_OR_SNOW) == 40
    assert [run.truth for run in kept].count(MotionClass.BIRD) == 3


@pytest.mark.slow
def test_data_set_is_whole_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    order = Order({"train": 2, "val": 1, "test": 1}, workers=2)
    counts = write_motion_data(order, tmp_path, lambda *step: told.append(step))
    assert counts["falling_object"] > 0
    assert told[0] == (0, 4, "")
    assert told[-1][:2] == (4, 4)
    pictures = sorted((tmp_path / "images").rglob("*.png"))
    assert {picture.parent.name for picture in pictures} == {"train", "val", "test"}
    for picture in pictures:
        mosaic = cv2.imread(str(picture))
        assert mosaic is not None
        assert mosaic.shape == (MOSAIC_PX, MOSAIC_PX, 3)
    before = {picture: picture.read_bytes() for picture in pictures}
    (tmp_path / "scenes" / "val_0000.npz").unlink()
    told.clear()
    write_motion_data(order, tmp_path, lambda *step: told.append(step))
    assert told == [(3, 4, ""), (4, 4, "val_0000")]
    assert {picture: picture.read_bytes() for picture in (tmp_path / "images").rglob("*.png")} == before

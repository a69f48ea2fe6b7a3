"""Training: what is asked of it, and one small run for real."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from models.crop import CROP_PX
from models.errors import ModelError, RuntimeMissingError
from models.labels import DatasetWriter, Label, LabelledCrop, Split
from models.mosaic import CELLS
from models.motion_class import MotionClass
from models.training import Epoch, TrainingPlan, train

needs_ultralytics = pytest.mark.skipif(find_spec("ultralytics") is None, reason="ultralytics is not installed")


def spots(count: int, seed: int) -> list[LabelledCrop]:
    """Draw bright spots, which are falling objects, in every other crop, before walls as unlike as real ones.

    Before even walls a network in use is blind for its first 300 steps: its normalisation begins at a variance of one
    and comes down by 3 % a step.
    """
    rng = np.random.default_rng(seed)
    crops: list[LabelledCrop] = []
    for index in range(count):
        wall = rng.uniform(20, 120) + rng.normal(0, 20, (CROP_PX, CROP_PX, 1))
        pixels = np.clip(wall + rng.normal(0, 3, (CROP_PX, CROP_PX, 3)), 0, 160).astype(np.uint8)
        if index % 2:
            pixels[20:24, 20:24, 1] = 230
        crops.append((pixels, [Label(MotionClass.FALLING_OBJECT, (18.0, 18.0, 26.0, 26.0))] * (index % 2)))
    return crops


def data_set(folder: Path) -> Path:
    writer = DatasetWriter(folder)
    counts: dict[Split, int] = {"train": 4, "val": 1, "test": 1}
    for split, count in counts.items():
        writer.add(split, spots(count * CELLS, count))
    writer.close()
    return folder


def test_unfinished_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no finished data set: it has no data.yaml"):
        train(TrainingPlan((tmp_path,), tmp_path / "out"), lambda _epoch: None)


def test_all_data_sets_are_learnt_from_and_the_first_judges(tmp_path: Path) -> None:
    if find_spec("ultralytics") is not None:
        pytest.skip("would begin to train")
    first, second = data_set(tmp_path / "rendered"), data_set(tmp_path / "reviewed")
    with pytest.raises(RuntimeMissingError, match="droptrace"):
        train(TrainingPlan((first, second), tmp_path / "out"), lambda _epoch: None)
    told = (tmp_path / "out" / "data.yaml").read_text(encoding="utf-8")
    assert f"  - {first / 'images' / 'train'}\n  - {second / 'images' / 'train'}\n" in told
    assert f"val: {first / 'images' / 'val'}\n" in told


@needs_ultralytics
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_training_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[Epoch] = []

    def stop_after_one(epoch: Epoch) -> None:
        told.append(epoch)
        if len(told) == 1:
            raise KeyboardInterrupt

    plan = TrainingPlan((data_set(tmp_path / "data"),), tmp_path / "out", epochs=3, batch=2, device="cpu")
    with pytest.raises(KeyboardInterrupt):
        train(plan, stop_after_one)
    best = train(plan, told.append)
    assert best.is_file()
    assert [epoch.done for epoch in told][:3] == [1, 2, 3]
    assert all(epoch.total == 3 for epoch in told)
    assert capsys.readouterr().out == ""


@needs_ultralytics
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_what_is_easy_is_learnt_in_a_few_hundred_steps(tmp_path: Path) -> None:
    """With a step after 64 pictures instead of each batch these passes would be 40 steps, and nothing learnt."""
    told: list[Epoch] = []
    plan = TrainingPlan((data_set(tmp_path / "data"),), tmp_path / "out", epochs=40, batch=1, device="cpu")
    train(plan, told.append)
    assert max(epoch.map50 for epoch in told) > 0.9

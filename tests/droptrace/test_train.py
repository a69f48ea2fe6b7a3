"""TRAIN.toml, and what a training says without its libraries or data."""

from pathlib import Path

import pytest

from droptrace.errors import ConfigError
from droptrace.train import load_training_plan
from tests.droptrace.program import SAMPLES


def written(folder: Path, text: str) -> Path:
    path = folder / "train.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sample_is_a_plan_beside_which_its_folders_lie() -> None:
    plan = load_training_plan(SAMPLES / "train.toml")
    assert plan.data == (SAMPLES / "crops",)
    assert plan.out == SAMPLES / "training"
    assert (plan.epochs, plan.device) == (60, "auto")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('data = []\nout = "o"', "data: List should have at least 1 item"),
        ('out = "o"', "data: Field required"),
        ('data = ["c"]\nout = "o"\nepochs = 0', "epochs: Input should be greater than or equal to 1"),
        ('data = ["c"]\nout = "o"\nepoch = 5', "epoch: Extra inputs are not permitted; known here are data, out"),
        ('data = ["c"]\nout = "o"\ndevice = "tpu"', "device: String should match pattern"),
        ("data = [", "is not TOML"),
    ],
)
def test_wrong_configuration_names_its_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_training_plan(written(tmp_path, text))
    assert words in str(refused.value)


def test_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        load_training_plan(tmp_path / "nowhere.toml")

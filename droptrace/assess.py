"""`droptrace assess`: a model card and an entry of the registry, from scenes that were not learnt from."""

from collections.abc import Iterator
from pathlib import Path

from droptrace.errors import ConfigError
from droptrace.motion_data import SCENES_FOLDER
from droptrace.run_file import LabelledRun, read_runs
from models.assessment import LEAST_CONFIDENCE, assess
from models.card import Facts, card_text, entry_text
from models.labels import Split
from models.likelihood import measure
from models.motion_class import MotionClass
from models.network import Detector
from models.onnx import OnnxDetector
from models.reading import Reading, read
from vision.clock import SystemClock


def assess_network(network: Path, data: Path, out: Path, name: str, credit: str = "") -> list[Path]:
    """Measure a network on the validation and the test split of a data set.

    Args:
        network: Exported weights, ONNX.
        data: Folder of `droptrace.motion_data`.
        out: Folder for what is written.
        name: What the network is called.
        credit: Whose photographs stand in the scenes, and under which licence; "" where there are none.

    Returns:
        The card and the entry.

    Raises:
        ModelError: The network cannot be run.
        ConfigError: There are no scenes to measure on.
    """
    detector, every = OnnxDetector(network), OnnxDetector(network, confidence=LEAST_CONFIDENCE, every_class=True)
    splits: tuple[Split, ...] = ("val", "test")
    runs = {split: list(_runs(data, split)) for split in splits}
    likelihood = measure([(run.truth is MotionClass.FALLING_OBJECT, _read(detector, run)) for run in runs["val"]])
    measured = {
        split: assess(detector, every, (crop for run in its for crop in run.crops)) for split, its in runs.items()
    }
    scenes = {split: len(list((data / SCENES_FOLDER).glob(f"{split}_*.npz"))) for split in ("train", "val", "test")}
    told = ", ".join(f"{count} {split}" for split, count in scenes.items())
    facts = Facts(name, told, SystemClock().utc_now().date(), credit)
    card, entry = out / f"{name}.md", out / f"{name}.toml"
    try:
        out.mkdir(parents=True, exist_ok=True)
        card.write_text(card_text(facts, measured, likelihood), encoding="utf-8")
        entry.write_text(entry_text(facts, network, likelihood), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written ({error.strerror}); choose another folder") from error
    return [card, entry]


def _runs(data: Path, split: Split) -> Iterator[LabelledRun]:
    paths = sorted((data / SCENES_FOLDER).glob(f"{split}_*.npz"))
    if not paths:
        raise ConfigError(f"{data}: has no scenes of the split {split}; make them with droptrace crops")
    for path in paths:
        yield from read_runs(path)


def _read(detector: Detector, run: LabelledRun) -> list[Reading]:
    return read(detector, [pixels for pixels, _ in run.crops])

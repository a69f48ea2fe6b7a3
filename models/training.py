"""Training a network of our own scale with Ultralytics, on whatever the machine has."""

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.labels import DATA_NAME, SPLITS, description
from models.mosaic import MOSAIC_PX
from models.ultralytics import import_ultralytics

ARCHITECTURE = Path(__file__).with_name("droptrace-motion.yaml")
_RUN = "run"
_CLASS_GAIN = 1.0
"""Weight of the loss of class, twice Ultralytics' own: to tell apart is harder here than to find."""
_LEAST_CONFIDENCE = 0.02


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is to be learnt, and how.

    Attributes:
        data: Folders of data sets in Ultralytics' form; the first one's validation split judges, all train.
        out: Folder for curves and weights.
        epochs: Passes over the data at most.
        patience: Passes without progress after which it ends.
        batch: Mosaics at a time.
        seed: Of all that is left to chance.
        device: "cpu", the number of a GPU, or "auto" for a GPU where there is one.
        learning_rate: At the start; it falls along a half cosine.
    """

    data: tuple[Path, ...]
    out: Path
    epochs: int = 60
    patience: int = 15
    batch: int = 4
    seed: int = 0
    device: str = "auto"
    learning_rate: float = 0.002


@dataclass(frozen=True, slots=True)
class Epoch:
    """How far a training is: passes done and in all, and the mean average precision (IoU 0.5) of the last one."""

    done: int
    total: int
    map50: float


def train(plan: TrainingPlan, progress: Callable[[Epoch], None]) -> Path:
    """Train from scratch, or go on where the training in `plan.out` was stopped.

    Args:
        plan: What is to be learnt.
        progress: Told of each epoch.

    Returns:
        The best weights, in PyTorch's form.

    Raises:
        RuntimeMissingError: Ultralytics is not installed.
        ModelError: The data cannot be used.
    """
    data = _join(plan)
    network = import_ultralytics().YOLO
    last = plan.out / _RUN / "weights" / "last.pt"
    is_begun = last.is_file()
    model = network(str(last if is_begun else ARCHITECTURE), task="detect")

    def tell(trainer: Any) -> None:
        map50 = float(trainer.metrics.get("metrics/mAP50(B)", 0.0))
        progress(Epoch(trainer.epoch + 1, trainer.epochs, map50))

    model.add_callback("on_train_start", _hurry)
    model.add_callback("on_fit_epoch_end", tell)
    # Ultralytics' own bars go where this command's result is to stand alone.
    with redirect_stdout(sys.stderr):
        model.train(**_arguments(plan, data), resume=is_begun)
    return last.with_name("best.pt")


def _hurry(trainer: Any) -> None:
    """Take all cores, of which Ultralytics leaves one alone, and work as processors like it best.

    Channels last, a pass forward and back takes an eighth to a third less time on two cores; in 16 bits, where the
    processor counts in them, 27 to 31 % less than that. Losses and weights stay in 32.
    """
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    trainer.model.to(memory_format=torch.channels_last)
    if trainer.device.type == "cpu" and _counts_in_16_bits():
        trainer.model.predict = _in_16_bits(trainer.model.predict)


def _counts_in_16_bits() -> bool:
    try:
        return " avx512_bf16 " in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False


def _in_16_bits(predict: Callable[..., Any]) -> Callable[..., Any]:
    import torch

    def rounded(*arguments: Any, **named: Any) -> Any:
        with torch.autocast("cpu", torch.bfloat16):
            answer = predict(*arguments, **named)
        return _in_32_bits(answer)

    return rounded


def _in_32_bits(answer: Any) -> Any:
    """Widen all numbers of an answer: tensors, in lists and dictionaries."""
    if isinstance(answer, dict):
        return {key: _in_32_bits(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [_in_32_bits(value) for value in answer]
    return answer.float()


def _arguments(plan: TrainingPlan, data: Path) -> dict[str, Any]:
    """Choose Ultralytics' settings: channels are times and cells are separate, so colours and scales stay."""
    changes = ("mosaic", "mixup", "cutmix", "hsv_h", "hsv_s", "hsv_v", "scale", "translate", "erasing")
    return {
        "data": str(data),
        "project": str(plan.out.resolve()),
        "name": _RUN,
        "exist_ok": True,
        "epochs": plan.epochs,
        "patience": plan.patience,
        "batch": plan.batch,
        # A step after each batch. By default gradients of 64 pictures are gathered first: six steps a pass over 400.
        "nbs": plan.batch,
        "seed": plan.seed,
        "device": None if plan.device == "auto" else plan.device,
        "imgsz": MOSAIC_PX,
        "cls": _CLASS_GAIN,
        # A young network says a little of everything, and the boxes that nobody needs would take minutes to sort.
        "conf": _LEAST_CONFIDENCE,
        "warmup_epochs": 1.0,
        "warmup_bias_lr": 0.0,
        "optimizer": "AdamW",
        "lr0": plan.learning_rate,
        "cos_lr": True,
        "fliplr": 0.5,
        "auto_augment": None,
        "pretrained": False,
        "cache": "ram",
        "workers": 0,
        "max_det": 300,
        "verbose": False,
        **dict.fromkeys(changes, 0.0),
    }


def _join(plan: TrainingPlan) -> Path:
    """Write the description of all data sets together, and tell where it is."""
    for folder in plan.data:
        if not (folder / DATA_NAME).is_file():
            raise ModelError(f"{folder} is no finished data set: it has no {DATA_NAME}; make it with droptrace crops")
    lines = ["train:", *(f"  - {folder.resolve() / 'images' / 'train'}" for folder in plan.data)]
    lines += [f"{split}: {plan.data[0].resolve() / 'images' / split}" for split in SPLITS[1:]]
    path = plan.out / DATA_NAME
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
        path.write_text(description(lines), encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
    return path

"""Labelled crops of one scene in a file, in the runs in which they were seen."""

import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.crop import CROP_PX
from models.errors import ModelError
from models.labels import Label, LabelledCrop
from models.motion_class import MotionClass


@dataclass(frozen=True, slots=True)
class LabelledRun:
    """Crops of one track in order of time, or one crop of what was not followed.

    Attributes:
        truth: What the track followed, by the middle of most of its crops; None where that is nothing to be told apart.
        crops: What a network would be shown, and what is in it.
    """

    truth: MotionClass | None
    crops: tuple[LabelledCrop, ...]


def write_runs(path: Path, runs: Sequence[LabelledRun]) -> None:
    """Write a file that appears whole or not at all.

    Raises:
        ModelError: The disk does not take it.
    """
    pixels = np.array([pixels for run in runs for pixels, _ in run.crops], np.uint8)
    told = [
        {
            "truth": run.truth,
            "crops": [[(label.motion_class, label.box_px) for label in labels] for _, labels in run.crops],
        }
        for run in runs
    ]
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, pixels=pixels.reshape(-1, CROP_PX, CROP_PX, 3), runs=np.array(json.dumps(told)))
        part.replace(path)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be written ({error.strerror}); make room, or choose another folder"
        ) from error


def read_runs(path: Path) -> Iterator[LabelledRun]:
    """Yield what was written.

    Raises:
        ModelError: It cannot be read, or is damaged.
    """
    try:
        with path.open("rb") as file, np.load(file) as content:
            pixels, told = content["pixels"], json.loads(str(content["runs"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path}: cannot be read ({error}); delete it, and droptrace crops makes it anew") from error
    start = 0
    for run in told:
        labels = [tuple(Label(MotionClass(name), tuple(box)) for name, box in crop) for crop in run["crops"]]
        crops = tuple(zip(pixels[start : start + len(labels)], labels, strict=True))
        start += len(labels)
        yield LabelledRun(MotionClass(run["truth"]) if run["truth"] else None, crops)

"""Trained networks, made into what edge boxes run."""

import hashlib
import shutil
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.decoding import refuse_names
from models.errors import ModelError, RuntimeMissingError, first_line
from models.format import Format
from models.mosaic import MOSAIC_PX
from models.onnx import OnnxDetector
from models.openvino import OpenVinoDetector
from models.ultralytics import LOADING_ERRORS, import_ultralytics

_NEEDS = {Format.ONNX: ("onnx", "onnxslim"), Format.OPENVINO: ("openvino",)}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that was written, and its SHA-256 in hexadecimal."""

    path: Path
    sha256: str


def export(weights: Path, out: Path, formats: Iterable[Format] = (Format.ONNX,)) -> tuple[ExportedFile, ...]:
    """Export a trained network for one mosaic at a time.

    Args:
        weights: What Ultralytics trained, a .pt file.
        out: Folder for the results; those of an earlier export are replaced.
        formats: What to make.

    Returns:
        What was written.

    Raises:
        RuntimeMissingError: Ultralytics, or what it needs for a form, is not installed.
        ModelError: The weights cannot be read or are of other classes, or a result cannot be written.
    """
    network = import_ultralytics().YOLO
    wanted = tuple(dict.fromkeys(formats))
    for form in wanted:
        _refuse_without(form)
    if not weights.is_file() or weights.suffix != ".pt":
        raise ModelError(f"{weights}: is no .pt file; give the weights that Ultralytics trained")
    try:
        names = network(str(weights), task="detect").names
    except LOADING_ERRORS as error:
        raise ModelError(f"{weights}: cannot be read as a network ({first_line(error)}); fetch it anew") from error
    refuse_names(weights, str(names))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out) as folder:
            # Ultralytics writes beside the weights.
            copied = shutil.copy(weights, folder)
            results = [_replace(out, _export_one(network(copied, task="detect"), form)) for form in wanted]
    except OSError as error:
        raise ModelError(f"{out}: cannot be written ({first_line(error)}); give another folder") from error
    except LOADING_ERRORS as error:
        raise ModelError(f"{weights}: cannot be exported ({first_line(error)})") from error
    files = (path for result in results for path in sorted([result, *result.rglob("*")]) if path.is_file())
    return tuple(ExportedFile(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files)


def _refuse_without(form: Format) -> None:
    missing = [module for module in _NEEDS[form] if find_spec(module) is None]
    if missing:
        raise RuntimeMissingError(f"exporting to {form} needs {' and '.join(missing)}: pip install {' '.join(missing)}")


def _export_one(network: Any, form: Format) -> Path:
    with warnings.catch_warnings():
        # About what torch will do in years to come, and how Ultralytics calls it.
        warnings.simplefilter("ignore")
        made = Path(
            network.export(format=str(form), imgsz=MOSAIC_PX, batch=1, dynamic=False, simplify=True, device="cpu")
        )
    # Read as an edge box will: what it would refuse is not handed over.
    match form:
        case Format.ONNX:
            OnnxDetector(made)
        case Format.OPENVINO:
            OpenVinoDetector(made)
    return made


def _replace(folder: Path, made: Path) -> Path:
    """Move a file or folder into another folder, over what an earlier export left there."""
    target = folder / made.name
    if target.is_dir():
        shutil.rmtree(target)
    return made.replace(target)

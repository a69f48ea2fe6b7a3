"""The networks that come with droptrace: where they are from, and that the weights are those that were meant."""

import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from models.errors import ModelError
from models.likelihood import Likelihood
from models.mosaic import MOSAIC_PX
from models.motion_class import CLASSES

REGISTRY = Path(__file__).with_name("registry.toml")
WEIGHTS = Path(__file__).with_name("weights")
_FILE_NAME = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_DO = "register one that was exported by droptrace export from a network of these classes"


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Entry:
    """A network as the registry tells of it.

    Attributes:
        file: Name of its weights in the folder of weights.
        sha256: Their digest, in hexadecimal.
        input_px: Side of the mosaics that it reads.
        classes: What it tells apart, in the order in which it numbers them.
        licence: SPDX name of the licence of the weights.
        training_data: What it learnt from.
        date: Of its training.
        likelihood: What its readings are worth, measured on scenes that it has not learnt from.
        card: Name of the model card, beside the weights; None where there is none.
    """

    file: _FILE_NAME
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    input_px: Annotated[int, Field(gt=0, strict=True)]
    classes: tuple[str, ...]
    licence: str
    training_data: str
    date: date
    likelihood: Likelihood
    card: _FILE_NAME | None = None


def load_registry(path: Path = REGISTRY) -> dict[str, Entry]:
    """Read the registry: its networks by name.

    Raises:
        ModelError: The file cannot be read, or a key is unknown, missing or wrong; the message names it.
    """
    try:
        return TypeAdapter(dict[str, Entry]).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); install droptrace anew") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: is not TOML: {error}") from error
    except ValidationError as error:
        worst = error.errors()[0]
        raise ModelError(f"{path}: {'.'.join(map(str, worst['loc']))}: {worst['msg']}") from error


def find(name: str, path: Path = REGISTRY) -> Entry:
    """Find a network by its name.

    Raises:
        ModelError: There is none of that name; the message tells which there are.
    """
    known = load_registry(path)
    if not known:
        raise ModelError(f"{path}: no network is registered, so there is no {name}; give the path of an .onnx file")
    if name not in known:
        raise ModelError(f"{path}: there is no network {name}; there is {', '.join(sorted(known))}")
    return known[name]


def weights_path(entry: Entry, folder: Path = WEIGHTS) -> Path:
    """Tell where the weights of a network are, once it is sure that they are the right ones.

    Args:
        entry: The network.
        folder: Where weights are.

    Raises:
        ModelError: The network reads or tells something else than this program, or the file is missing or another.
    """
    path = folder / entry.file
    if entry.classes != CLASSES:
        raise ModelError(f"{path}: its classes are {', '.join(entry.classes)}, not {', '.join(CLASSES)}; {_DO}")
    if entry.input_px != MOSAIC_PX:
        raise ModelError(f"{path}: reads mosaics of {entry.input_px} px, not {MOSAIC_PX} px; {_DO}")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); install droptrace anew") from error
    if digest != entry.sha256:
        raise ModelError(
            f"{path}: has SHA-256 {digest}, not {entry.sha256}: it was changed or is damaged; install droptrace anew"
        )
    return path

import hashlib
from dataclasses import FrozenInstanceError, replace
from datetime import date
from pathlib import Path

import pytest

from models.errors import ModelError
from models.likelihood import Likelihood
from models.motion_class import CLASSES
from models.registry import WEIGHTS, Entry, find, load_registry, weights_path

MOST_BYTES = 6_000_000
CONTENT = b"weights"


def written(folder: Path, **changes: str) -> Path:
    """Write a registry of one network; `changes` are TOML values, an empty one leaves the key out."""
    keys = {
        "file": '"small.onnx"',
        "sha256": f'"{hashlib.sha256(CONTENT).hexdigest()}"',
        "input_px": "384",
        "classes": str([str(each) for each in CLASSES]),
        "licence": '"AGPL-3.0-or-later"',
        "training_data": '"rendered scenes"',
        "date": "2026-11-02",
        "likelihood": "{ share = 0.5, nats = { bird = [-1.0, -2.0, -3.0, -4.0] } }",
    } | changes
    lines = [f"{key} = {value}" for key, value in keys.items() if value]
    path = folder / "registry.toml"
    path.write_text("\n".join(["[small]", *lines]), encoding="utf-8")
    return path


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    (tmp_path / "small.onnx").write_bytes(CONTENT)
    return find("small", written(tmp_path))


def test_registered_network_is_found_with_all_that_is_told_of_it(tmp_path: Path) -> None:
    entry = find("small", written(tmp_path, card='"small.md"'))
    assert entry == Entry(
        file="small.onnx",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        input_px=384,
        classes=CLASSES,
        licence="AGPL-3.0-or-later",
        training_data="rendered scenes",
        date=date(2026, 11, 2),
        likelihood=Likelihood({"bird": (-1.0, -2.0, -3.0, -4.0)}, share=0.5),
        card="small.md",
    )
    with pytest.raises(FrozenInstanceError):
        entry.file = "other.onnx"  # type: ignore[misc]


def test_unknown_name_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no network large; there is small"):
        find("large", written(tmp_path))


def test_name_is_refused_where_no_network_is_registered(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text("# none yet\n", encoding="utf-8")
    assert load_registry(path) == {}
    with pytest.raises(ModelError, match="no network is registered, so there is no small"):
        find("small", path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sha256": '"12"'}, r"small\.sha256: "),
        ({"licence": ""}, r"small\.licence: "),
        ({"weight": "7"}, r"small\.weight: "),
        ({"input_px": '"384"'}, r"small\.input_px: "),
        ({"file": '"../small.onnx"'}, r"small\.file: "),
        ({"date": ""}, r"small\.date: "),
        ({"licence": "AGPL"}, "is not TOML"),
    ],
)
def test_wrong_registry_is_refused_by_the_name_of_the_key(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        load_registry(written(tmp_path, **changes))


def test_missing_registry_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        load_registry(tmp_path / "registry.toml")


def test_weights_that_are_the_registered_ones_are_given(entry: Entry, tmp_path: Path) -> None:
    assert weights_path(entry, tmp_path) == tmp_path / "small.onnx"


def test_changed_weights_are_refused(entry: Entry, tmp_path: Path) -> None:
    (tmp_path / "small.onnx").write_bytes(CONTENT + b"!")
    changed = hashlib.sha256(CONTENT + b"!").hexdigest()
    with pytest.raises(ModelError, match=f"small.onnx: has SHA-256 {changed}, not {entry.sha256}: .* anew"):
        weights_path(entry, tmp_path)


def test_missing_weights_are_refused(entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"large.onnx: cannot be read \(No such file or directory\); install"):
        weights_path(replace(entry, file="large.onnx"), tmp_path)


@pytest.mark.parametrize("classes", [CLASSES[:-1], CLASSES[::-1], (*CLASSES[:-1], "drone")])
def test_weights_for_other_classes_are_refused(entry: Entry, tmp_path: Path, classes: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match=f"its classes are {', '.join(classes)}, not {', '.join(CLASSES)}"):
        weights_path(replace(entry, classes=classes), tmp_path)


def test_weights_for_pictures_of_another_size_are_refused(entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="reads mosaics of 640 px, not 384 px"):
        weights_path(replace(entry, input_px=640), tmp_path)


def test_shipped_networks_are_whole_small_and_all_there_is() -> None:
    shipped = load_registry()
    for entry in shipped.values():
        assert weights_path(entry).stat().st_size <= MOST_BYTES
        assert entry.card is None or (WEIGHTS / entry.card).is_file()
    told = {entry.file for entry in shipped.values()} | {entry.card for entry in shipped.values()}
    assert {path.name for path in WEIGHTS.glob("*")} <= told

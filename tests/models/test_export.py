"""Export by the real Ultralytics, where it is installed."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from models.errors import ModelError, RuntimeMissingError
from models.export import export
from models.format import Format
from models.motion_class import CLASSES
from models.network import Box, Detector
from models.onnx import OnnxDetector
from models.openvino import OpenVinoDetector
from models.ultralytics import UltralyticsDetector, import_ultralytics
from tests.models.trained import ARCHITECTURE, noise, save_weights

MOST_PARAMETERS = 700_000
needs_ultralytics = pytest.mark.skipif(find_spec("ultralytics") is None, reason="ultralytics is not installed")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights") / "best.pt")


def assert_same(found: list[Box], expected: list[Box]) -> None:
    assert [each.label for each in found] == [each.label for each in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-3)
        assert one.centre_px == pytest.approx(other.centre_px, abs=0.05)


@needs_ultralytics
def test_network_looks_at_two_strides_and_is_small() -> None:
    network = import_ultralytics().YOLO(str(ARCHITECTURE), task="detect").model
    assert network.model[-1].stride.tolist() == [4.0, 8.0]
    assert network.model[-1].nc == len(CLASSES)
    assert sum(each.numel() for each in network.parameters()) < MOST_PARAMETERS


@needs_ultralytics
def test_exported_networks_find_what_the_trained_one_finds(weights: Path, tmp_path: Path) -> None:
    files = export(weights, tmp_path / "out", [Format.ONNX, Format.OPENVINO])
    assert {file.path.relative_to(tmp_path / "out").as_posix() for file in files} == {
        "best.onnx",
        "best_openvino_model/best.bin",
        "best_openvino_model/best.xml",
        "best_openvino_model/metadata.yaml",
    }
    assert all(hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256 for file in files)
    expected = UltralyticsDetector(weights, device="cpu").detect(noise(2))
    assert min(map(len, expected)) > 20
    exported: list[Detector] = [
        OnnxDetector(tmp_path / "out/best.onnx"),
        OpenVinoDetector(tmp_path / "out/best_openvino_model"),
    ]
    for detector in exported:
        for boxes, others in zip(detector.detect(noise(2)), expected, strict=True):
            assert_same(boxes, others)


@needs_ultralytics
def test_second_export_replaces_the_first_and_leaves_nothing_else(weights: Path, tmp_path: Path) -> None:
    for _ in range(2):
        files = export(weights, tmp_path, [Format.ONNX, Format.ONNX])
        assert [file.path for file in files] == [tmp_path / "best.onnx"]
        assert list(tmp_path.iterdir()) == [tmp_path / "best.onnx"]
    assert list(weights.parent.iterdir()) == [weights]


@needs_ultralytics
def test_network_of_other_classes_is_not_exported(tmp_path: Path) -> None:
    save_weights(tmp_path / "other.pt", ["person", *CLASSES[1:]])
    with pytest.raises(ModelError, match=r"other\.pt: its classes are .*person.*, not falling_object"):
        export(tmp_path / "other.pt", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@needs_ultralytics
def test_damaged_weights_are_refused(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "half.pt").write_bytes(weights.read_bytes()[:200_000])
    with pytest.raises(ModelError, match=r"half\.pt: cannot be read as a network"):
        export(tmp_path / "half.pt", tmp_path / "out")
    with pytest.raises(ModelError, match=r"half\.pt: cannot be read as a network"):
        UltralyticsDetector(tmp_path / "half.pt", device="cpu")


@needs_ultralytics
def test_what_is_no_trained_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.pt: is no \.pt file"):
        export(tmp_path / "missing.pt", tmp_path / "out")


@needs_ultralytics
def test_place_that_cannot_be_written_is_told(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ModelError, match=r"out: cannot be written \(.*exists.*\); give another folder"):
        export(weights, tmp_path / "out")


@pytest.mark.skipif(find_spec("ultralytics") is not None, reason="ultralytics is installed")
def test_export_without_ultralytics_tells_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RuntimeMissingError, match=r"pip install 'droptrace\[train\]'"):
        export(tmp_path / "best.pt", tmp_path / "out")

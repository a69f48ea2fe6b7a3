"""What every back end of a network keeps to, whatever it runs on."""

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.errors import ModelError
from models.mosaic import EMPTY, MOSAIC_PX
from models.motion_class import CLASSES, MotionClass
from models.network import Box, Detector
from models.onnx import OnnxDetector
from models.openvino import OpenVinoDetector
from models.ultralytics import UltralyticsDetector
from tests.models.networks import BOX_PX, PATCH_PX, build, sureness
from tests.source_tree import ROOT

MakeDetector = Callable[[Path], Detector]
BackEnd = type[OnnxDetector] | type[OpenVinoDetector] | type[UltralyticsDetector]
Mosaic = NDArray[np.uint8]

RUNTIMES: dict[BackEnd, str] = {
    OnnxDetector: "onnxruntime",
    OpenVinoDetector: "openvino",
    UltralyticsDetector: "ultralytics",
}
BEFORE, NOW, AFTER = range(3)


@pytest.fixture(params=RUNTIMES)
def make_detector(request: pytest.FixtureRequest) -> MakeDetector:
    back_end: BackEnd = request.param
    skip_without(RUNTIMES[back_end])
    return back_end


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("network") / "bright.onnx")


def skip_without(runtime: str) -> None:
    if find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed")


def mosaic(*spots: tuple[int, int, int, int]) -> Mosaic:
    """Draw a mosaic with bright patches: of each column, row, channel and grey."""
    drawn = np.full((MOSAIC_PX, MOSAIC_PX, 3), EMPTY, np.uint8)
    for column, row, channel, grey in spots:
        left_px, top_px = column * PATCH_PX, row * PATCH_PX
        drawn[top_px : top_px + PATCH_PX, left_px : left_px + PATCH_PX, channel] = grey
    return drawn


def box(label: MotionClass, grey: float, column: int, row: int) -> Box:
    """Tell the box of a bright patch that is not at the border."""
    x_px, y_px = (column + 0.5) * PATCH_PX, (row + 0.5) * PATCH_PX
    half_px = BOX_PX / 2
    return Box(label, sureness(grey), x_px - half_px, y_px - half_px, x_px + half_px, y_px + half_px)


def assert_same(found: list[Box], expected: list[Box]) -> None:
    assert [each.label for each in found] == [each.label for each in expected]
    assert [numbers(each) for each in found] == [pytest.approx(numbers(each), abs=1e-3) for each in expected]


def numbers(each: Box) -> list[float]:
    return [each.confidence, each.left_px, each.top_px, each.right_px, each.bottom_px]


def test_each_thing_has_its_box_its_class_and_its_place_in_the_order(
    make_detector: MakeDetector, network: Path
) -> None:
    drawn = mosaic((10, 4, NOW, 200), (30, 40, BEFORE, 255), (20, 21, AFTER, 225))
    (found,) = make_detector(network).detect(drawn[None])
    assert_same(
        found,
        [
            box(MotionClass.BIRD, 255, 30, 40),
            box(MotionClass.INSECT, 225, 20, 21),
            box(MotionClass.FALLING_OBJECT, 200, 10, 4),
        ],
    )


def test_of_neighbours_the_surest_stays_unless_their_classes_differ(make_detector: MakeDetector, network: Path) -> None:
    drawn = mosaic((10, 10, NOW, 220), (11, 10, NOW, 240), (12, 10, NOW, 210), (11, 11, BEFORE, 200))
    (found,) = make_detector(network).detect(drawn[None])
    assert_same(found, [box(MotionClass.FALLING_OBJECT, 240, 11, 10), box(MotionClass.BIRD, 200, 11, 11)])


def test_what_is_too_unsure_is_not_told(make_detector: MakeDetector, network: Path) -> None:
    assert sureness(176) < 0.1 < sureness(179)
    (found,) = make_detector(network).detect(mosaic((5, 5, NOW, 176), (25, 25, NOW, 179))[None])
    assert_same(found, [box(MotionClass.FALLING_OBJECT, 179, 25, 25)])


def test_boxes_end_at_the_border_of_the_mosaic(make_detector: MakeDetector, network: Path) -> None:
    (found,) = make_detector(network).detect(mosaic((0, 47, NOW, 230))[None])
    expected = Box(MotionClass.FALLING_OBJECT, sureness(230), 0, MOSAIC_PX - 20, 20, MOSAIC_PX)
    assert_same(found, [expected])


def test_no_more_than_the_surest_three_hundred_boxes_are_told(make_detector: MakeDetector, network: Path) -> None:
    # Boxes of every second patch share a third of what they cover, so all would stay.
    spots = [(column, row, NOW, 200 + row) for row in range(0, 48, 2) for column in range(0, 48, 2)]
    (found,) = make_detector(network).detect(mosaic(*spots)[None])
    assert len(found) == 300
    assert found[0].confidence == pytest.approx(sureness(246), abs=1e-3)
    # Twelve rows of 24, and half of the thirteenth.
    assert found[-1].confidence == pytest.approx(sureness(222), abs=1e-3)


def test_each_mosaic_has_its_own_boxes(make_detector: MakeDetector, network: Path) -> None:
    drawn = [mosaic((7, 7, NOW, 250)), mosaic(), mosaic((9, 30, AFTER, 250), (30, 9, AFTER, 240))]
    found = make_detector(network).detect(np.stack(drawn))
    assert [[each.label for each in boxes] for boxes in found] == [["falling_object"], [], ["insect", "insect"]]


def test_no_mosaics_give_no_boxes(make_detector: MakeDetector, network: Path) -> None:
    assert make_detector(network).detect(np.zeros((0, MOSAIC_PX, MOSAIC_PX, 3), np.uint8)) == []


def test_given_mosaics_are_left_as_they_were(make_detector: MakeDetector, network: Path) -> None:
    drawn = mosaic((7, 7, NOW, 250))[None]
    before = drawn.copy()
    drawn.flags.writeable = False
    make_detector(network).detect(drawn)
    assert np.array_equal(drawn, before)


def test_network_for_any_number_of_mosaics_is_read_too(make_detector: MakeDetector, tmp_path: Path) -> None:
    detector = make_detector(build(tmp_path / "any.onnx", batch="batch"))
    found = detector.detect(np.stack([mosaic((7, 7, NOW, 250)), mosaic()]))
    assert [len(boxes) for boxes in found] == [1, 0]


def test_back_ends_agree_with_onnx_runtime(make_detector: MakeDetector, network: Path) -> None:
    rng = np.random.default_rng(5)
    blocks = rng.integers(120, 256, (3, 48, 48, 3), np.uint8)
    drawn = blocks.repeat(PATCH_PX, axis=1).repeat(PATCH_PX, axis=2)
    expected = OnnxDetector(network).detect(drawn)
    assert min(map(len, expected)) > 100
    for boxes, others in zip(make_detector(network).detect(drawn), expected, strict=True):
        # Of patches of one grey either may come first.
        assert_same(sorted(boxes, key=numbers), sorted(others, key=numbers))


def test_damaged_file_is_refused_by_name(make_detector: MakeDetector, network: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(network.read_bytes()[:9000])
    with pytest.raises(ModelError, match=r"damaged\.onnx: cannot be read as a network \(.+\); fetch it anew"):
        make_detector(path)


def test_missing_file_is_refused_by_name(make_detector: MakeDetector, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.onnx: "):
        make_detector(tmp_path / "missing.onnx")


@pytest.mark.parametrize("names", ["{0: 'person', 1: 'bicycle'}", str(dict(enumerate(map(str, CLASSES[::-1]))))])
def test_network_of_other_classes_is_refused(make_detector: MakeDetector, tmp_path: Path, names: str) -> None:
    path = build(tmp_path / "other.onnx", names=names)
    with pytest.raises(
        ModelError, match=r"other\.onnx: its classes are .+, not falling_object, bird, .* droptrace export"
    ):
        make_detector(path)


@pytest.mark.parametrize("make", [OnnxDetector, OpenVinoDetector])
def test_network_that_answers_in_another_form_is_refused(make: BackEnd, tmp_path: Path) -> None:
    skip_without(RUNTIMES[make])
    with pytest.raises(ModelError, match=r"more\.onnx: answers in the shape \(1, 84, 2304\), not \(1, 12, anchors\)"):
        make(build(tmp_path / "more.onnx", rows=84))
    with pytest.raises(ModelError, match=r"large\.onnx: cannot be run \(.+\)"):
        make(build(tmp_path / "large.onnx", side_px=640))


def test_threads_of_opencv_are_left_as_they_were(make_detector: MakeDetector, network: Path) -> None:
    before = cv2.getNumThreads()
    make_detector(network).detect(mosaic()[None])
    assert cv2.getNumThreads() == before


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (OnnxDetector, "ONNX Runtime is not installed: pip install onnxruntime"),
        (OpenVinoDetector, "OpenVINO is not installed: pip install 'droptrace[openvino]'"),
        (UltralyticsDetector, "Ultralytics is not installed: pip install 'droptrace[train]'"),
    ],
)
def test_missing_runtime_is_told_with_what_to_install(make: BackEnd, words: str) -> None:
    script = f"""
        import sys
        from pathlib import Path
        sys.modules[{RUNTIMES[make]!r}] = None  # as where it is not installed
        from models.errors import RuntimeMissingError
        from {make.__module__} import {make.__name__}
        try:
            {make.__name__}(Path("bright.onnx"))
        except RuntimeMissingError as error:
            print(error)
    """
    told = subprocess.run(
        [sys.executable, "-c", dedent(script)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert told == f"{words}\n"

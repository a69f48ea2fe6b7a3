"""Small networks whose answers can be worked out by hand, as .onnx files."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.mosaic import MOSAIC_PX
from models.motion_class import CLASSES

PATCH_PX = 8
BOX_PX = 32
GAIN, THRESHOLD = 40.0, 30.0
NAMES = str(dict(enumerate(map(str, CLASSES))))


def sureness(grey: float) -> float:
    """Tell how sure the network is of a patch of a grey, 0 to 255."""
    return float(1 / (1 + np.exp(THRESHOLD - GAIN * grey / 255)))


def build(
    path: Path, *, batch: int | str = 1, side_px: int = MOSAIC_PX, rows: int = 4 + len(CLASSES), names: str = NAMES
) -> Path:
    """Write a network that calls bright patches falling objects, birds or insects.

    Of each patch of PATCH_PX it tells a box of BOX_PX about its middle; that this is a falling object, a bird or an
    insect is as sure as the patch is bright now, before or after. It has the form of a YOLO11 exported by Ultralytics.

    Args:
        path: Where to write it.
        batch: How many mosaics it takes at a time; a name for any number.
        side_px: Of what it takes in.
        rows: 4 and the number of classes that it tells apart.
        names: What it says that its classes are.
    """
    patches = side_px // PATCH_PX
    classes = rows - 4
    middles_px = (np.indices((patches, patches))[::-1].reshape(2, -1) + 0.5) * PATCH_PX
    boxes = np.concatenate([middles_px, np.full_like(middles_px, BOX_PX)])
    weights = np.zeros((classes, 3, PATCH_PX, PATCH_PX), np.float32)
    # What it takes in is after, now and before, in this order.
    for label, channel in ((0, 1), (1, 2), (2, 0)):
        weights[label, channel] = GAIN / PATCH_PX**2
    constants = {
        "boxes": boxes[None].astype(np.float32),
        "weights": weights,
        "bias": np.full(classes, -THRESHOLD, np.float32),
        "form": np.array([1, classes, patches**2]),
    }
    nodes = [
        helper.make_node("Conv", ["images", "weights", "bias"], ["bright"], strides=[PATCH_PX, PATCH_PX]),
        helper.make_node("Sigmoid", ["bright"], ["sure"]),
        helper.make_node("Reshape", ["sure", "form"], ["labels"]),
        helper.make_node("Concat", ["boxes", "labels"], ["output0"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "bright_patches",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [batch, 3, side_px, side_px])],
        [helper.make_tensor_value_info("output0", onnx.TensorProto.FLOAT, [1, rows, patches**2])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    # Older forms than this onnx would write: every supported runtime reads them.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    said = {"names": names, "stride": str(PATCH_PX), "task": "detect", "batch": "1", "imgsz": f"[{side_px}, {side_px}]"}
    helper.set_model_props(model, said)
    onnx.save(model, path)
    return path

"""Networks by OpenVINO: faster than ONNX Runtime on many Intel processors."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.decoding import CONFIDENCE, INPUT_SHAPE, read_boxes, refuse_foreign, refuse_names, to_input
from models.errors import ModelError, RuntimeMissingError, first_line
from models.network import Box

_NAMES = (["framework", "names"], ["model_info", "labels"])
"""Where it keeps the classes of an .onnx file, and of its own form."""


class OpenVinoDetector:
    """Runs an .onnx file, or a folder with a network in OpenVINO's own form, on the processor."""

    def __init__(self, weights: Path, *, threads: int = 1, confidence: float = CONFIDENCE) -> None:
        """Load a network.

        Args:
            weights: The file, or the folder.
            threads: How many work on one mosaic.
            confidence: Boxes that are not surer than this are not told.

        Raises:
            RuntimeMissingError: OpenVINO is not installed.
            ModelError: The file cannot be read, or is no network of these classes.
        """
        try:
            import openvino
        except ImportError as error:
            raise RuntimeMissingError("OpenVINO is not installed: pip install 'droptrace[openvino]'") from error
        self._weights, self._confidence = weights, confidence
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            # The same boxes on every processor, also on those that would rather count with fewer digits.
            "INFERENCE_PRECISION_HINT": "f32",
            # Each camera is a process of its own: pinned, all would sit on the same cores.
            "ENABLE_CPU_PINNING": False,
        }
        core = openvino.Core()
        try:
            model = core.read_model(_file_of(weights))
            compiled = core.compile_model(model, "CPU", settings)
        except RuntimeError as error:
            raise ModelError(f"{weights}: cannot be read as a network ({first_line(error)}); fetch it anew") from error
        refuse_names(weights, _names_of(model))
        self._request = compiled.create_infer_request()
        refuse_foreign(weights, self._run(np.zeros(INPUT_SHAPE, np.float32)).shape)

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        """Find things in mosaics; see `models.network.Detector`."""
        return [read_boxes(self._run(to_input(mosaic))[0], self._confidence) for mosaic in mosaics]

    def _run(self, blob: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer = self._request.infer([blob])[0]
        except RuntimeError as error:
            raise ModelError(f"{self._weights}: cannot be run ({first_line(error)})") from error
        return np.asarray(answer, np.float32)


def _file_of(weights: Path) -> Path:
    return next(iter(sorted(weights.glob("*.xml"))), weights)


def _names_of(model: Any) -> str | None:
    return next((str(model.get_rt_info(place).value) for place in _NAMES if model.has_rt_info(place)), None)

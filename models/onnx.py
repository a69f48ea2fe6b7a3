"""Networks by ONNX Runtime: the back end that every installation has."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.decoding import CONFIDENCE, INPUT_SHAPE, read_boxes, refuse_foreign, refuse_names, to_input
from models.errors import ModelError, RuntimeMissingError, first_line
from models.network import Box

_ERRORS_ONLY = 3


def _runtime_errors() -> tuple[type[Exception], ...]:
    """Tell what ONNX Runtime raises; its errors have no common ancestor.

    Raises:
        RuntimeMissingError: It is not installed.
    """
    try:
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise RuntimeMissingError("ONNX Runtime is not installed: pip install onnxruntime") from error
    named = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return (RuntimeError, ValueError, *named)


class OnnxDetector:
    """Runs an .onnx file on the processor."""

    def __init__(
        self, weights: Path, *, threads: int = 1, confidence: float = CONFIDENCE, every_class: bool = False
    ) -> None:
        """Load a network.

        Args:
            weights: The file.
            threads: How many work on one mosaic.
            confidence: Boxes that are not surer than this are not told.
            every_class: Whether what looks like two classes is told as each of them.

        Raises:
            RuntimeMissingError: ONNX Runtime is not installed.
            ModelError: The file cannot be read, or is no network of these classes.
        """
        self._weights, self._errors = weights, _runtime_errors()
        self._confidence, self._every_class = confidence, every_class
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # It would keep 35 MB for the next time; without it a pass takes as long.
        options.enable_cpu_mem_arena = False
        # Threads that spin between mosaics would take the processor from the other cameras.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        except self._errors as error:
            raise ModelError(f"{weights}: cannot be read as a network ({first_line(error)}); fetch it anew") from error
        self._input = self._session.get_inputs()[0].name
        refuse_names(weights, self._session.get_modelmeta().custom_metadata_map.get("names"))
        refuse_foreign(weights, self._run(np.zeros(INPUT_SHAPE, np.float32)).shape)

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        """Find things in mosaics; see `models.network.Detector`."""
        answers = (self._run(to_input(mosaic))[0] for mosaic in mosaics)
        return [read_boxes(answer, self._confidence, every_class=self._every_class) for answer in answers]

    def _run(self, blob: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer = self._session.run(None, {self._input: blob})[0]
        except self._errors as error:
            raise ModelError(f"{self._weights}: cannot be run ({first_line(error)})") from error
        return np.asarray(answer, np.float32)

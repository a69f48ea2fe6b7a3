"""Networks by Ultralytics: for what it alone reads (.pt, TensorRT, RKNN, NCNN and others)."""

import os
import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.decoding import CONFIDENCE, MOST_BOXES, OVERLAP, refuse_names
from models.errors import ModelError, RuntimeMissingError, first_line
from models.mosaic import MOSAIC_PX
from models.motion_class import CLASSES
from models.network import Box

LOADING_ERRORS = (
    *(AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError),
    pickle.UnpicklingError,
)
"""What Ultralytics raises where a file is not what its name says."""
_BEFORE_IT_IS_IMPORTED = {
    # Nothing is sent, fetched or installed, and standard output is for results.
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
    # Weights are data: nothing in a file is run but the layers that Ultralytics knows.
    "ULTRALYTICS_SAFE_LOAD": "true",
}


def import_ultralytics() -> Any:
    """Import Ultralytics; OpenCV keeps its threads, which Ultralytics takes from it.

    Raises:
        RuntimeMissingError: It is not installed.
    """
    for name, value in _BEFORE_IT_IS_IMPORTED.items():
        os.environ.setdefault(name, value)
    threads = cv2.getNumThreads()
    try:
        import ultralytics
    except ImportError as error:
        raise RuntimeMissingError("Ultralytics is not installed: pip install 'droptrace[train]'") from error
    finally:
        cv2.setNumThreads(threads)
    return ultralytics


class UltralyticsDetector:
    """Runs whatever `ultralytics.YOLO` loads."""

    def __init__(self, weights: Path, *, device: str | None = None, confidence: float = CONFIDENCE) -> None:
        """Load a network.

        Args:
            weights: The file, or the folder.
            device: Where it runs, in the words of Ultralytics, such as "cpu" or "cuda:0"; None takes the best there is.
            confidence: Boxes that are not surer than this are not told.

        Raises:
            RuntimeMissingError: Ultralytics, or what it needs for files of this form, is not installed.
            ModelError: The file cannot be read, or is no network of these classes.
        """
        network = import_ultralytics().YOLO
        if not weights.exists():
            raise ModelError(f"{weights}: there is no such file; give the path of a network")
        self._weights, self._device, self._confidence = weights, device, confidence
        try:
            self._network = network(str(weights), task="detect")
            # Other forms than .pt are opened by the first prediction only.
            self._predict(np.zeros((MOSAIC_PX, MOSAIC_PX, 3), np.uint8))
        except ImportError as error:
            raise RuntimeMissingError(f"{weights}: what runs it is not installed ({error})") from error
        except LOADING_ERRORS as error:
            raise ModelError(f"{weights}: cannot be read as a network ({first_line(error)}); fetch it anew") from error
        refuse_names(weights, str(self._network.names))

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        """Find things in mosaics; see `models.network.Detector`."""
        try:
            found = [self._predict(mosaic) for mosaic in mosaics]
        except LOADING_ERRORS as error:
            raise ModelError(f"{self._weights}: cannot be run ({first_line(error)})") from error
        return [[Box(CLASSES[int(label)], sure, *edges_px) for *edges_px, sure, label in rows] for rows in found]

    def _predict(self, mosaic: NDArray[np.uint8]) -> list[list[float]]:
        """Give left, top, right, bottom, how sure, and the class of each box."""
        (result,) = self._network.predict(
            [mosaic],
            imgsz=MOSAIC_PX,
            conf=self._confidence,
            iou=OVERLAP,
            max_det=MOST_BOXES,
            agnostic_nms=False,
            device=self._device,
            verbose=False,
        )
        rows: list[list[float]] = result.boxes.data.tolist()
        return rows

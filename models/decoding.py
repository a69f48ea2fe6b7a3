"""What networks of the YOLO family take in, and what they say, made into boxes.

They were trained by Ultralytics, so this is done as Ultralytics does it: a mosaic is read like a BGR picture, and of
boxes that cover each other the surest stays.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.mosaic import MOSAIC_PX
from models.motion_class import CLASSES
from models.network import Box

CONFIDENCE = 0.1
"""Boxes that are less sure are not told: there is a track to each crop, and its boxes are weighed together."""
OVERLAP = 0.5
"""Of two boxes of a class whose intersection over union is larger the surer stays."""
MOST_BOXES = 300
"""Of a mosaic, the surest."""
INPUT_SHAPE = (1, 3, MOSAIC_PX, MOSAIC_PX)
ROWS = 4 + len(CLASSES)
_EXPORT = "make it with droptrace export from a network of these classes"


def to_input(mosaic: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Make of a mosaic what a network reads.

    Args:
        mosaic: (MOSAIC_PX, MOSAIC_PX, 3) uint8; the channels are before, now and after.

    Returns:
        (1, 3, MOSAIC_PX, MOSAIC_PX) float32, 0 to 1; the channels are after, now and before.
    """
    return np.divide(mosaic[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32(255), order="C")


def read_boxes(raw: NDArray[np.float32], confidence: float = CONFIDENCE, *, every_class: bool = False) -> list[Box]:
    """Read boxes from what a network says of one mosaic.

    Args:
        raw: (4 + len(CLASSES), anchors) float32: of each anchor its box as centre, width and height in pixels of the
            mosaic, then how sure (0 to 1) each class is.
        confidence: Boxes that are not surer than this are left out.
        every_class: Whether an anchor gives a box for each class, not for its surest alone.

    Returns:
        At most MOST_BOXES within the mosaic, the surest first.
    """
    scores = raw[4:].T
    is_told = scores > confidence
    if not every_class:
        is_told &= np.arange(len(CLASSES)) == scores.argmax(axis=1)[:, None]
    chosen, labels = np.nonzero(is_told)
    sureness = scores[chosen, labels]
    order = np.argsort(-sureness, kind="stable")
    chosen, labels, sureness = chosen[order], labels[order], sureness[order]
    middles_px, halves_px = raw[:2, chosen].T, raw[2:4, chosen].T / np.float32(2)
    corners_px = np.hstack([middles_px - halves_px, middles_px + halves_px])
    kept = suppress(corners_px, labels)[:MOST_BOXES]
    within_px = corners_px[kept].clip(0, MOSAIC_PX)
    return [
        Box(CLASSES[label], float(sure), *(float(edge) for edge in edges_px))
        for label, sure, edges_px in zip(labels[kept], sureness[kept], within_px, strict=True)
    ]


def suppress(corners_px: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose among boxes of a class that cover each other by more than OVERLAP the first.

    Args:
        corners_px: (n, 4) left, top, right and bottom; the surest box first.
        labels: (n,) class of each; boxes of different classes leave each other alone.

    Returns:
        Indices of those that stay, in order; no more than MOST_BOXES.
    """
    left_top, right_bottom = corners_px[:, :2], corners_px[:, 2:]
    areas = (right_bottom - left_top).prod(axis=1)
    kept: list[int] = []
    left = np.arange(len(labels))
    while len(left) and len(kept) < MOST_BOXES:
        first, left = left[0], left[1:]
        kept.append(int(first))
        sides = np.minimum(right_bottom[first], right_bottom[left]) - np.maximum(left_top[first], left_top[left])
        shared = sides.clip(0).prod(axis=1)
        # Multiplied out, so that boxes without an area divide by nothing.
        is_same = shared > OVERLAP * (areas[first] + areas[left] - shared)
        left = left[~(is_same & (labels[left] == labels[first]))]
    return np.array(kept, np.intp)


def refuse_foreign(weights: Path, raw_shape: tuple[int, ...]) -> None:
    """Refuse a network that does not answer in the form of `read_boxes`.

    Args:
        weights: Its file, for the message.
        raw_shape: Shape of its answer to one mosaic.

    Raises:
        ModelError: It is another.
    """
    if len(raw_shape) != 3 or raw_shape[:2] != (1, ROWS):
        raise ModelError(f"{weights}: answers in the shape {raw_shape}, not (1, {ROWS}, anchors); {_EXPORT}")


def refuse_names(weights: Path, names: str | None) -> None:
    """Refuse a network whose classes are not CLASSES, or are in another order.

    Args:
        weights: Its file, for the message.
        names: What was written beside it when it was exported, such as "{0: 'falling_object', 1: 'bird'}" or
            "falling_object bird"; None where nothing was.

    Raises:
        ModelError: They are others.
    """
    if names is not None and tuple(re.findall(r"[A-Za-z]\w*", names)) != CLASSES:
        raise ModelError(f"{weights}: its classes are {names}, not {', '.join(CLASSES)}; {_EXPORT}")

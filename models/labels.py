"""Labelled crops as a data set in Ultralytics' form: mosaics, and a text file of boxes beside each."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from models.crop import CROP_PX, Window
from models.errors import ModelError
from models.mosaic import CELLS, MOSAIC_PX, corner_px, lay
from models.motion_class import CLASSES, MotionClass

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
DATA_NAME = "data.yaml"
_ONE_IN = 5
"""What share of things is kept for validation."""
_PAD_PX = 4.0
_SMALLEST_PX = 12.0
_LEAST_VISIBLE = 0.3


@dataclass(frozen=True, slots=True)
class Label:
    """A thing in a crop: what it is, and its box (left, top, right, bottom) in pixels of the crop, 0 to CROP_PX."""

    motion_class: MotionClass
    box_px: tuple[float, float, float, float]

    @classmethod
    def of(
        cls, motion_class: MotionClass, window: Window, centre_px: tuple[float, float], size_px: tuple[float, float]
    ) -> "Label | None":
        """Draw the box of a thing that a window shows.

        It is the thing's extent, padded by 4 px of the crop on each side and 12 px at least each way, so that a speck
        has a box that can be learnt: moved by 2 px, it still covers half. It is clipped to the crop.

        Args:
            motion_class: What it is.
            window: What is cut from the frame.
            centre_px: (x, y) of its middle, pixels of the frame; whole numbers are the middles of pixels.
            size_px: Its (width, height), pixels of the frame.

        Returns:
            The label; None where less than 30 % of the thing's area is in the crop.
        """
        corner = (window.left_px, window.top_px)
        middle = [(centre - start + 0.5) / window.reduction for centre, start in zip(centre_px, corner, strict=True)]
        # What is smaller than a pixel lights one all the same.
        extent = [max(size / window.reduction, 1.0) for size in size_px]
        if _share_inside(middle[0], extent[0]) * _share_inside(middle[1], extent[1]) < _LEAST_VISIBLE:
            return None
        spans = [_span(at, max(side + 2 * _PAD_PX, _SMALLEST_PX)) for at, side in zip(middle, extent, strict=True)]
        (left_px, right_px), (top_px, bottom_px) = spans
        return cls(motion_class, (left_px, top_px, right_px, bottom_px))


LabelledCrop = tuple[NDArray[np.uint8], Sequence[Label]]
"""A (CROP_PX, CROP_PX, 3) crop of `models.crop.cut`, and what is in it; no label where it is clutter."""


class DatasetWriter:
    """Writes a data set: `images/SPLIT/*.png`, `labels/SPLIT/*.txt` and, last of all, `data.yaml`.

    Every file appears whole or not at all, and a folder without `data.yaml` is not finished. The same crops in the same
    order give the same files.
    """

    def __init__(self, out: Path) -> None:
        """Make the folder, and delete the mosaics that an earlier run left in it.

        Raises:
            ModelError: It cannot be made or written.
        """
        self._out = out
        self._waiting: dict[Split, list[LabelledCrop]] = {split: [] for split in SPLITS}
        self._mosaics: dict[Split, int] = dict.fromkeys(SPLITS, 0)
        try:
            _clear(out)
            for split in SPLITS:
                for kind in ("images", "labels"):
                    (out / kind / split).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(out, error) from error

    def add(self, split: Split, crops_with_labels: Iterable[LabelledCrop]) -> None:
        """Take crops; each time that they fill a mosaic it is written.

        Raises:
            ModelError: The disk does not take it.
        """
        waiting = self._waiting[split]
        for each in crops_with_labels:
            waiting.append(each)
            if len(waiting) == CELLS:
                self._write_mosaic(split)

    def close(self) -> None:
        """Write what is left over, and then `data.yaml`.

        Raises:
            ModelError: The disk does not take it.
        """
        for split in SPLITS:
            if self._waiting[split]:
                self._write_mosaic(split)
        _write(self._out / DATA_NAME, _data_yaml().encode())

    def _write_mosaic(self, split: Split) -> None:
        crops, labels = zip(*self._waiting[split], strict=True)
        name = f"mosaic-{self._mosaics[split]:06d}"
        _, png = cv2.imencode(".png", lay(crops)[0])
        # The label first: a picture without one would be learnt as empty.
        lines = "".join(f"{line}\n" for line in yolo_lines(labels))
        _write(self._out / "labels" / split / f"{name}.txt", lines.encode())
        _write(self._out / "images" / split / f"{name}.png", png.tobytes())
        self._mosaics[split] += 1
        self._waiting[split].clear()


def yolo_lines(labels: Sequence[Sequence[Label]]) -> list[str]:
    """Write the labels of a mosaic, one line a thing.

    Args:
        labels: Of each cell from 0 on, CELLS at most.

    Returns:
        Index of the class, middle x and y, width and height as shares of the mosaic's side.
    """
    return [_line(label, *corner_px(cell)) for cell, within in enumerate(labels) for label in within]


def split_of(name: str) -> Split:
    """Tell on which side all crops of a thing go; it follows from its name alone, and one in five is "val"."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return "val" if number % _ONE_IN == 0 else "train"


def description(lines: Sequence[str]) -> str:
    """Write a `data.yaml`: lines that tell where the pictures are, and then the names of the classes."""
    return "\n".join([*lines, "names:", *(f"  {index}: {each}" for index, each in enumerate(CLASSES))]) + "\n"


def _line(label: Label, corner_left_px: int, corner_top_px: int) -> str:
    left, top, right, bottom = label.box_px
    box = (corner_left_px + (left + right) / 2, corner_top_px + (top + bottom) / 2, right - left, bottom - top)
    return " ".join((str(CLASSES.index(label.motion_class)), *(f"{value / MOSAIC_PX:.6f}" for value in box)))


def _span(middle_px: float, side_px: float) -> tuple[float, float]:
    """Lay a side about its middle and clip it to the crop."""
    return max(middle_px - side_px / 2, 0.0), min(middle_px + side_px / 2, float(CROP_PX))


def _share_inside(middle_px: float, side_px: float) -> float:
    low_px, high_px = _span(middle_px, side_px)
    return max(high_px - low_px, 0.0) / side_px


def _data_yaml() -> str:
    # Ultralytics takes an empty path as the folder of this file, so that the data set can be moved.
    return description(['path: ""', *(f"{split}: images/{split}" for split in SPLITS)])


def _clear(out: Path) -> None:
    """Delete what this writer wrote, and Ultralytics' caches of it, which it does not always see to be out of date."""
    (out / DATA_NAME).unlink(missing_ok=True)
    for split in SPLITS:
        (out / "labels" / f"{split}.cache").unlink(missing_ok=True)
        for kind, suffix in (("images", "png"), ("labels", "txt")):
            for path in (out / kind / split).glob(f"mosaic-*.{suffix}*"):
                path.unlink()


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ModelError:
    return ModelError(f"{path}: cannot be written ({error.strerror}); make room, or choose another folder")

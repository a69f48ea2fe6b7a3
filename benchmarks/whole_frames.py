"""The usual recipe beside ours: the same network on whole frames, reduced to 960 px.

`python -m benchmarks.whole_frames WEIGHTS.pt DATASET...` writes a row to standard output; it needs the extra `train`.
"""

import argparse
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.dataset import read_datasets
from benchmarks.errors import DatasetError
from benchmarks.matching import REFERENCE_HEIGHT_PX, TOLERANCE_PX, hits_needed
from benchmarks.truth import ClipTruth
from models.assessment import SURE
from models.errors import ModelError
from models.motion_class import CLASSES, MotionClass
from models.ultralytics import import_ultralytics
from vision.clock import SystemClock
from vision.opening import open_source

_SIDE_PX = 960
_FALLING = CLASSES.index(MotionClass.FALLING_OBJECT)


@dataclass(slots=True)
class Count:
    """What was found: throws of all, boxes that lie at no throw, frames, and the time that they took."""

    found: int = 0
    throws: int = 0
    false_boxes: int = 0
    frames: int = 0
    seconds: float = 0.0


def count(weights: Path, clips: Sequence[ClipTruth]) -> Count:
    """Show every frame, with the ones before and after as channels, to the network, and count.

    A throw is found where boxes of falling objects lie within the contract's tolerance at as many of its times as the
    contract asks of a path: a tracker that loses nothing could not do better.

    Raises:
        ModelError: Ultralytics is not installed.
    """
    network = import_ultralytics().YOLO(str(weights), task="detect")
    total = Count()
    for clip in clips:
        hits = [0] * len(clip.falls)
        for time_s, stack in _stacks(clip.clip):
            started = time.perf_counter()
            (result,) = network.predict([stack], imgsz=_SIDE_PX, conf=SURE, classes=[_FALLING], verbose=False)
            total.seconds += time.perf_counter() - started
            total.frames += 1
            boxes = result.boxes.xywh.numpy()[:, :2]
            total.false_boxes += len(boxes) - score(clip, time_s, boxes, stack.shape[0], hits)
        total.throws += len(clip.falls)
        total.found += sum(hit >= hits_needed(len(fall.path)) for hit, fall in zip(hits, clip.falls, strict=True))
        sys.stderr.write(f"{clip.name}: {total.found} of {total.throws} throws so far\n")
    return total


def _stacks(clip: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield the time of each frame but the first and last, and (height, width, 3): before, now and after."""
    source = open_source(clip, clock=SystemClock())
    shown: deque[tuple[float, NDArray[np.uint8]]] = deque(maxlen=3)
    for frame in source.frames():
        if frame.is_repeat:
            continue
        shown.append((frame.time_s, frame.luma.copy()))
        if len(shown) == 3:
            yield shown[1][0], np.dstack([luma for _, luma in shown])
    source.close()


def score(clip: ClipTruth, time_s: float, boxes: NDArray[np.float32], height_px: int, hits: list[int]) -> int:
    """Count a hit for each throw that some box lies at, and return how many boxes lie at a throw.

    Args:
        clip: With its throws.
        time_s: Of the frame.
        boxes: (N, 2) middles, pixels of the frame.
        height_px: Of the frame.
        hits: Of each throw; changed.
    """
    at_throw = np.zeros(len(boxes), bool)
    for index, fall in enumerate(clip.falls):
        for point in fall.path:
            if abs(point.time_s - time_s) < 1e-3 and len(boxes):
                reach_px = max(TOLERANCE_PX * max(1.0, height_px / REFERENCE_HEIGHT_PX), point.size_px)
                near = np.hypot(boxes[:, 0] - point.x_px, boxes[:, 1] - point.y_px) <= reach_px
                hits[index] += bool(near.any())
                at_throw |= near
    return int(at_throw.sum())


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, and write a row; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.whole_frames", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("weights", type=Path, metavar="WEIGHTS.pt")
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    asked = parser.parse_args(arguments)
    try:
        total = count(asked.weights, read_datasets(asked.datasets))
    except (DatasetError, ModelError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"throws found {total.found}/{total.throws}, false boxes a frame {total.false_boxes / total.frames:.2f}, "
        f"{1000 * total.seconds / total.frames:.0f} ms a frame\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

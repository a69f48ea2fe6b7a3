"""The FADE data set: its form, and the measures that its authors publish.

Source: Tu et al., "FADE: A Dataset for Detecting Falling Objects around Buildings in Video" (arXiv 2408.05750). A video
is a folder with JPEGImages/frameN.jpg and Annotations/frameN.xml (PASCAL VOC), N from 1; frames without an object have
no annotation.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.clip_info import frame_times_s
from benchmarks.errors import DatasetError
from benchmarks.found import FoundFall
from benchmarks.truth import ClipTruth, TrueBox, TrueFall
from tracking.fall import PathPoint

IMAGES_FOLDER, ANNOTATIONS_FOLDER = "JPEGImages", "Annotations"
LEAST_IOU = 0.3
LONGEST_GAP_S = 0.5


@dataclass(frozen=True, slots=True)
class FadeMeasures:
    """FADE's own measures of one clip.

    Attributes:
        tro: Overlap in time of what was found and what is labelled; None where nothing falls.
        box_hits: Labelled boxes that a found one covers; None where found falls tell no sizes.
        boxes_found: Boxes found; None likewise.
    """

    tro: float | None
    box_hits: int | None
    boxes_found: int | None


def is_fade(folder: Path) -> bool:
    """Tell whether a folder is one video of the data set."""
    return (folder / ANNOTATIONS_FOLDER).is_dir()


def read_fade(folder: Path, suite: str) -> ClipTruth:
    """Read one video of the data set.

    The recording is FOLDER/JPEGImages, or NAME.mp4 inside the folder where the images are not there. Boxes of the same
    object name are linked to falls, nearest first, over gaps of half a second at most. Images without a `times.csv`
    are taken to be 25 a second, as everywhere: give one where the camera's rate was another.

    Raises:
        DatasetError: An annotation is wrong, or there is no recording.
    """
    clip = folder / IMAGES_FOLDER
    if not clip.is_dir():
        clip = folder / f"{folder.name}.mp4"
    if not clip.exists():
        raise DatasetError(folder, "", f"has neither {IMAGES_FOLDER}/ nor {clip.name}")
    times_s = frame_times_s(clip)
    labelled = []
    for path in sorted((folder / ANNOTATIONS_FOLDER).glob("*.xml"), key=lambda path: _number_in(path.stem)):
        number = _number_in(path.stem)
        if not 1 <= number <= len(times_s):
            raise DatasetError(path, "", f"names frame {number}, but the recording has frames 1 to {len(times_s)}")
        labelled += _read_annotation(path, times_s[number - 1])
    return ClipTruth(
        name=folder.name,
        suite=suite,
        clip=clip,
        site=None,
        truth=folder / ANNOTATIONS_FOLDER,
        falls=tuple(_link(labelled)),
        boxes=tuple(box for _, box in labelled),
        seed=None,
    )


def measure_fade(truth: ClipTruth, confirmed: Sequence[FoundFall], frame_s: float) -> FadeMeasures:
    """Take FADE's measures of one clip.

    A found box is the square of the printed size around a point of a path; a labelled box of the same frame is hit when
    their intersection over union is 0.3 or more, one to one.

    Args:
        truth: With its boxes.
        confirmed: The confirmed falls found.
        frame_s: Time from frame to frame.
    """
    sized = [box for fall in confirmed for box in _boxes_of(fall)]
    knows_sizes = all(fall.sizes_px is not None for fall in confirmed)
    return FadeMeasures(
        tro=temporal_overlap(truth, confirmed, frame_s),
        box_hits=count_hits(truth.boxes, sized, frame_s) if knows_sizes else None,
        boxes_found=len(sized) if knows_sizes else None,
    )


def temporal_overlap(truth: ClipTruth, confirmed: Sequence[FoundFall], frame_s: float) -> float | None:
    """Divide the time that found and labelled spans share by the time that either covers (TRO).

    A span goes from the first to the last appearance in the clip, its last frame included; 0 where nothing was found,
    None where nothing falls.
    """
    if not truth.falls:
        return None
    if not confirmed:
        return 0.0
    first_s = min(fall.path[0].time_s for fall in truth.falls)
    last_s = max(fall.path[-1].time_s for fall in truth.falls)
    found_first_s = min(fall.path[0][0] for fall in confirmed)
    found_last_s = max(fall.path[-1][0] for fall in confirmed)
    shared_s = min(last_s, found_last_s) - max(first_s, found_first_s) + frame_s
    covered_s = max(last_s, found_last_s) - min(first_s, found_first_s) + frame_s
    return max(0.0, shared_s / covered_s) if covered_s > 0 else 1.0


def count_hits(labelled: Sequence[TrueBox], found: Iterable[TrueBox], frame_s: float) -> int:
    """Count the labelled boxes that a found one of the same frame covers at IoU 0.3, one to one."""
    free = set(range(len(labelled)))
    hits = 0
    for box in found:
        same_frame = [i for i in free if abs(labelled[i].time_s - box.time_s) <= frame_s / 2]
        best = max(same_frame, key=lambda i: iou(labelled[i], box), default=None)
        if best is not None and iou(labelled[best], box) >= LEAST_IOU:
            free.remove(best)
            hits += 1
    return hits


def iou(one: TrueBox, other: TrueBox) -> float:
    """Divide the area that two boxes share by the area that they cover; 0 where both are empty."""
    width_px = min(one.right_px, other.right_px) - max(one.left_px, other.left_px)
    height_px = min(one.bottom_px, other.bottom_px) - max(one.top_px, other.top_px)
    shared = max(0.0, width_px) * max(0.0, height_px)
    covered = _area(one) + _area(other) - shared
    return shared / covered if covered > 0 else 0.0


def _area(box: TrueBox) -> float:
    return (box.right_px - box.left_px) * (box.bottom_px - box.top_px)


def _boxes_of(fall: FoundFall) -> Iterable[TrueBox]:
    for (time_s, x_px, y_px), size_px in zip(fall.path, fall.sizes_px or (), strict=False):
        half_px = size_px / 2
        yield TrueBox(time_s, x_px - half_px, y_px - half_px, x_px + half_px, y_px + half_px)


def _number_in(name: str) -> int:
    """Read the digits of a name as one number; 0 where it has none."""
    return int("0" + "".join(character for character in name if character.isdecimal()))


def _read_annotation(path: Path, time_s: float) -> list[tuple[str, TrueBox]]:
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise DatasetError(path, "", f"is not an annotation: {error}") from error
    labelled = []
    for i, entry in enumerate(root.iter("object")):
        key = f"object[{i}].bndbox"
        corners = [entry.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")]
        try:
            left, top, right, bottom = (float(corner) for corner in corners if corner is not None)
        except ValueError as error:
            raise DatasetError(path, key, "must have the numbers xmin, ymin, xmax and ymax") from error
        if right < left or bottom < top:
            raise DatasetError(path, key, "ends before it begins")
        labelled.append((entry.findtext("name") or "object", TrueBox(time_s, left, top, right, bottom)))
    return labelled


def _link(labelled: Iterable[tuple[str, TrueBox]]) -> list[TrueFall]:
    """Join boxes, in order of time, to one path for each object."""
    paths: list[tuple[str, list[PathPoint]]] = []
    for kind, box in labelled:
        point = PathPoint(
            time_s=box.time_s,
            x_px=(box.left_px + box.right_px) / 2,
            y_px=(box.top_px + box.bottom_px) / 2,
            size_px=max(box.right_px - box.left_px, box.bottom_px - box.top_px),
        )
        going_on = [
            path for name, path in paths if name == kind and 0 < point.time_s - path[-1].time_s <= LONGEST_GAP_S
        ]
        nearest = min(going_on, key=lambda path: _distance_px(path[-1], point), default=None)
        if nearest is None:
            paths.append((kind, [point]))
        else:
            nearest.append(point)
    return [
        TrueFall(kind, None, path[0].time_s, path[-1].time_s, floor=None, unit=None, path=tuple(path))
        for kind, path in paths
    ]


def _distance_px(one: PathPoint, other: PathPoint) -> float:
    return math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)

"""How well a network finds and names what it is shown, by class and by size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.labels import LabelledCrop
from models.mosaic import CELLS, corner_px, is_in_middle, lay
from models.motion_class import CLASSES, MotionClass
from models.network import Box, Detector

SURE = 0.25
"""Confidence from which on a box counts for precision and recall."""
LEAST_IOU = 0.5
SIZES_PX = (12.0, 18.0, 24.0)
"""Where one class of size ends and the next begins: longer side of the box, which is 8 px more than the thing's."""

Edges = tuple[float, float, float, float]
Found = tuple[Box, int]
"""A box, and the index of the thing that it covers; -1 where it covers none."""


@dataclass(slots=True)
class Tally:
    """Boxes of one class: confidence of each and whether it was right; and how many things there were."""

    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    things: int = 0
    found: int = 0

    @property
    def average_precision(self) -> float:
        """Tell the area under precision over recall, precision made to fall (Everingham et al., IJCV 88, 2010)."""
        if not self.things or not self.confidences:
            return 0.0
        order = np.argsort(-np.array(self.confidences), kind="stable")
        hits = np.cumsum(np.array(self.right)[order])
        precision = hits / np.arange(1, len(order) + 1)
        falling = np.maximum.accumulate(precision[::-1])[::-1]
        recall = np.concatenate([[0.0], hits / self.things])
        return float((np.diff(recall) * falling).sum())

    @property
    def precision(self) -> float:
        """Tell the share of sure boxes that were right; 1 where there are none."""
        sure = [right for right, confidence in zip(self.right, self.confidences, strict=True) if confidence >= SURE]
        return sum(sure) / len(sure) if sure else 1.0

    @property
    def recall(self) -> float:
        """Tell the share of things that a sure box found; 1 where there were none."""
        return self.found / self.things if self.things else 1.0


@dataclass(slots=True)
class Assessment:
    """What a network was measured to be worth.

    Attributes:
        by_class: Of each class, wherever in a crop it lies.
        in_middle: Of each class, where a crop is about it: what a track follows lies in the middle, and nothing else is
            asked about. A box of what lies elsewhere is neither right nor wrong.
        by_size: Of falling objects of each class of size; a box that is wrong counts with the size that it has itself.
    """

    by_class: dict[MotionClass, Tally] = field(default_factory=lambda: {each: Tally() for each in CLASSES})
    in_middle: dict[MotionClass, Tally] = field(default_factory=lambda: {each: Tally() for each in CLASSES})
    by_size: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))


def mean_average_precision(by_class: Mapping[MotionClass, Tally]) -> float:
    """Tell the mean over the classes of which there was anything."""
    seen = [tally.average_precision for tally in by_class.values() if tally.things]
    return sum(seen) / max(len(seen), 1)


def assess(detector: Detector, crops: Iterable[LabelledCrop]) -> Assessment:
    """Show labelled crops to a network, a mosaic at a time in their order, and count.

    Raises:
        ModelError: The network could not be run.
    """
    assessment, waiting = Assessment(), list[LabelledCrop]()
    for crop in crops:
        waiting.append(crop)
        if len(waiting) == CELLS:
            _show(detector, waiting, assessment)
            waiting.clear()
    if waiting:
        _show(detector, waiting, assessment)
    return assessment


def _show(detector: Detector, crops: Sequence[LabelledCrop], assessment: Assessment) -> None:
    truths: dict[MotionClass, list[Edges]] = defaultdict(list)
    for cell, (_, labels) in enumerate(crops):
        left_px, top_px = corner_px(cell)
        for label in labels:
            left, top, right, bottom = label.box_px
            truths[label.motion_class].append((left + left_px, top + top_px, right + left_px, bottom + top_px))
    (boxes,) = detector.detect(lay([pixels for pixels, _ in crops]))
    for name, tally in assessment.by_class.items():
        its = [box for box in boxes if box.label == name]
        found = list(zip(its, _match(its, truths[name]), strict=True))
        _count(tally, found, len(truths[name]))
        _count_in_middle(assessment.in_middle[name], found, truths[name])
        if name is MotionClass.FALLING_OBJECT:
            _count_by_size(assessment.by_size, found, truths[name])


def _count_in_middle(tally: Tally, found: Sequence[Found], truths: Sequence[Edges]) -> None:
    """Count the things in the middle, the boxes that found them, and boxes in the middle that found nothing."""
    is_asked = [is_in_middle((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in truths]
    mine = [each for each in found if (is_asked[each[1]] if each[1] >= 0 else is_in_middle(*each[0].centre_px))]
    _count(tally, mine, sum(is_asked))


def _count_by_size(by_size: dict[int, Tally], found: Sequence[Found], truths: Sequence[Edges]) -> None:
    """Count what is right with the size of the thing, and what is wrong with its own."""
    sizes = [_size(edges) for edges in truths]
    of_boxes = [
        sizes[truth] if truth >= 0 else _size((box.left_px, box.top_px, box.right_px, box.bottom_px))
        for box, truth in found
    ]
    for size in {*sizes, *of_boxes}:
        mine = [each for each, its_size in zip(found, of_boxes, strict=True) if its_size == size]
        _count(by_size[size], mine, sizes.count(size))


def _size(edges: Edges) -> int:
    side_px = max(edges[2] - edges[0], edges[3] - edges[1])
    return sum(side_px > edge for edge in SIZES_PX)


def _count(tally: Tally, found: Sequence[Found], things: int) -> None:
    tally.confidences += [box.confidence for box, _ in found]
    tally.right += [truth >= 0 for _, truth in found]
    tally.things += things
    tally.found += sum(truth >= 0 and box.confidence >= SURE for box, truth in found)


def _match(boxes: Sequence[Box], truths: Sequence[Edges]) -> list[int]:
    """Give each box, the surest first, the truth that it covers best and nobody has; -1 where it covers none."""
    taken: list[int] = []
    for box in boxes:
        shares = [
            0.0 if index in taken else _overlap((box.left_px, box.top_px, box.right_px, box.bottom_px), edges)
            for index, edges in enumerate(truths)
        ]
        best = int(np.argmax(shares)) if shares else -1
        taken.append(best if best >= 0 and shares[best] >= LEAST_IOU else -1)
    return taken


def _overlap(one: Edges, other: Edges) -> float:
    """Tell the area of the intersection over that of the union."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    areas: NDArray[np.float64] = np.array([(e[2] - e[0]) * (e[3] - e[1]) for e in (one, other)])
    return shared / max(float(areas.sum()) - shared, 1e-9)

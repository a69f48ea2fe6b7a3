"""How well a network finds and names what it is shown, by class and by size."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.labels import LabelledCrop
from models.mosaic import CELLS, corner_px, is_in_middle, lay
from models.motion_class import CLASSES, MotionClass
from models.network import Box, Detector

SURE = 0.25
"""Confidence from which on a box counts for precision and recall."""
LEAST_CONFIDENCE = 0.001
"""Confidence from which on a box counts for the average precision, as is usual."""
LEAST_IOU = 0.5
SIZES_PX = (12.0, 18.0, 24.0)
"""Where one class of size ends and the next begins: longer side of the box, which is 8 px more than the thing's."""

Edges = tuple[float, float, float, float]
Truths = Mapping[MotionClass, Sequence[Edges]]
"""Of each class, where its things are in a mosaic."""


@dataclass(frozen=True, slots=True)
class Found:
    """A box: how sure it is, whether it is right, and where: the thing's place where it is right, else its own."""

    confidence: float
    is_right: bool
    place: Edges


@dataclass(slots=True)
class Tally:
    """What was told of one class.

    Attributes:
        confidences: Of each box, however unsure.
        right: Whether it covers a thing of its class that no surer one covers.
        sure: The same of each box that is sure, of those that a network tells where it is used.
        things: How many there were.
    """

    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    sure: list[bool] = field(default_factory=list)
    things: int = 0

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
        return sum(self.sure) / len(self.sure) if self.sure else 1.0

    @property
    def recall(self) -> float:
        """Tell the share of things that a sure box found; 1 where there were none."""
        return sum(self.sure) / self.things if self.things else 1.0

    def rank(self, found: Iterable[Found]) -> None:
        """Count boxes for the average precision."""
        for each in found:
            self.confidences.append(each.confidence)
            self.right.append(each.is_right)

    def decide(self, found: Iterable[Found]) -> None:
        """Count boxes that are sure."""
        self.sure += [each.is_right for each in found]


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


def assess(detector: Detector, every: Detector, crops: Iterable[LabelledCrop]) -> Assessment:
    """Show labelled crops to a network, a mosaic at a time in their order, and count.

    Args:
        detector: The network as it is used: precision and recall are of its sure boxes.
        every: The same network telling whatever it thinks possible, however unsure: average precision is the area under
            a whole curve, and what is cut off at its end counts as not found.
        crops: What to show, and what is there.

    Raises:
        ModelError: The network could not be run.
    """
    assessment, waiting = Assessment(), list[LabelledCrop]()

    def show() -> None:
        mosaic = lay([pixels for pixels, _ in waiting])
        (used,), (told,) = detector.detect(mosaic), every.detect(mosaic)
        truths = _truths(waiting)
        _count(assessment, told, truths, Tally.rank)
        _count(assessment, [box for box in used if box.confidence >= SURE], truths, Tally.decide)
        _count_things(assessment, truths)
        waiting.clear()

    for crop in crops:
        waiting.append(crop)
        if len(waiting) == CELLS:
            show()
    if waiting:
        show()
    return assessment


def _truths(crops: Sequence[LabelledCrop]) -> Truths:
    truths: dict[MotionClass, list[Edges]] = {each: [] for each in CLASSES}
    for cell, (_, labels) in enumerate(crops):
        left_px, top_px = corner_px(cell)
        for label in labels:
            left, top, right, bottom = label.box_px
            truths[label.motion_class].append((left + left_px, top + top_px, right + left_px, bottom + top_px))
    return truths


def _count(
    assessment: Assessment, boxes: Sequence[Box], truths: Truths, count: Callable[[Tally, Iterable[Found]], None]
) -> None:
    """Count boxes, the surest first: of each class, in the middle, and of falling objects by size."""
    for name, edges in truths.items():
        found = _match([box for box in boxes if box.label == name], edges)
        count(assessment.by_class[name], found)
        count(assessment.in_middle[name], [each for each in found if _is_asked(each.place)])
        if name is MotionClass.FALLING_OBJECT:
            for each in found:
                count(assessment.by_size[_size(each.place)], [each])


def _count_things(assessment: Assessment, truths: Truths) -> None:
    for name, edges in truths.items():
        assessment.by_class[name].things += len(edges)
        assessment.in_middle[name].things += sum(map(_is_asked, edges))
    for falling in truths[MotionClass.FALLING_OBJECT]:
        assessment.by_size[_size(falling)].things += 1


def _is_asked(edges: Edges) -> bool:
    return is_in_middle((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2)


def _size(edges: Edges) -> int:
    side_px = max(edges[2] - edges[0], edges[3] - edges[1])
    return sum(side_px > edge for edge in SIZES_PX)


def _match(boxes: Iterable[Box], truths: Sequence[Edges]) -> list[Found]:
    """Give each box, the surest first, the thing that it covers best and no other has."""
    left, found = list(truths), list[Found]()
    for box in boxes:
        place = (box.left_px, box.top_px, box.right_px, box.bottom_px)
        shares = _overlaps(place, left)
        best = int(shares.argmax()) if len(shares) else -1
        is_right = best >= 0 and bool(shares[best] >= LEAST_IOU)
        found.append(Found(box.confidence, is_right, left.pop(best) if is_right else place))
    return found


def _overlaps(one: Edges, others: Sequence[Edges]) -> NDArray[np.float64]:
    """Tell of each other box the area of the intersection over that of the union."""
    mine, theirs = np.array(one), np.array(others).reshape(-1, 4)
    sides = np.minimum(mine[2:], theirs[:, 2:]) - np.maximum(mine[:2], theirs[:, :2])
    shared = sides.clip(0.0).prod(axis=1)
    areas = (mine[2:] - mine[:2]).prod() + (theirs[:, 2:] - theirs[:, :2]).prod(axis=1)
    return np.asarray(shared / np.maximum(areas - shared, 1e-9))

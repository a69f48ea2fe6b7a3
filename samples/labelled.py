"""What is where in a frame of a scene, for networks to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import Canvas
from samples.falling import draw_throw
from samples.layer import Layer
from samples.mirror import Mirror
from samples.objects import Throw
from samples.scene import Scene

NOTHING = ""
"""The class of what moves and is none of the things that are told apart: trees, gondolas, boards."""
_LEAST_LEVELS = 3
_WIDER = 0.5
_LEAST_SHARE = 0.3
_LEAST_SNR = 5.0
"""Of a filter matched to the change of a thing, were the noise of each pixel its own."""
_UNSEEN = frozenset(("cloud", "infrared"))

CLASS_OF_LAYER: Mapping[str, str] = MappingProxyType(
    {
        "bird": "bird",
        "dive": "bird",
        "insect": "insect",
        "moth": "insect",
        "leaves": "leaf_or_paper",
        "rain": "rain_or_snow",
        "snow": "rain_or_snow",
        "drips": "rain_or_snow",
        "washing": "cloth",
        "curtain": "cloth",
        "person": "person",
        "lamp": "lamp_or_reflection",
        "mirror": "falling_object",  # the image of a fall looks like one; which of the two it is the tracker tells
        **dict.fromkeys(("alike", "board", "foliage", "gondola", "tree"), NOTHING),
    }
)
_CLASSES = (NOTHING, *sorted({*CLASS_OF_LAYER.values()} - {NOTHING}), CLASS_OF_LAYER["mirror"])
_IMAGE = len(_CLASSES) - 1
"""Mirror images have a number of their own: where they touch what they show, they are two things."""
_PAPER = ("napkin", "paper")


@dataclass(frozen=True, slots=True)
class Thing:
    """What is where: its class, and the edges of the pixels that show it, right and lower ones excluded."""

    label: str
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int


@dataclass(frozen=True, slots=True)
class LabelledFrame:
    """Which pixels show what, of a camera that does not shake.

    Attributes:
        classes: Names by number; number 0 is the wall, or `NOTHING`; one class may have two.
        numbers: (height, width) uint8, the number of what each pixel shows; what lies in front hides the rest.
        change: (height, width) float32, how much a pixel differs from the frame before or after, whichever is more, in
            deviations of the sensor's noise.
    """

    classes: tuple[str, ...]
    numbers: NDArray[np.uint8]
    change: NDArray[np.float32]

    def things(self, left_px: int, top_px: int, side_px: int) -> list[Thing]:
        """Tell what is in a square, its left and upper edge and its side in pixels; it may lie beyond the frame.

        Pixels of one class that touch are one thing. What lies in the square for less than three tenths is left out,
        and so is what changes too little to be told from noise, faint or still: a lamp that stays lit is a window.
        """
        wider = round(_WIDER * side_px)
        height, width = self.numbers.shape
        left, top = max(left_px - wider, 0), max(top_px - wider, 0)
        right, bottom = min(left_px + side_px + wider, width), min(top_px + side_px + wider, height)
        if right <= left or bottom <= top:
            return []
        around = self.numbers[top:bottom, left:right]
        found = []
        for number in np.unique(around[around > 0]).tolist():
            _, parts = cv2.connectedComponents((around == number).astype(np.uint8), connectivity=8)
            for part in range(1, int(parts.max()) + 1):
                rows, columns = np.nonzero(parts == part)
                x_px, y_px = columns + left, rows + top
                inside = (x_px >= left_px) & (x_px < left_px + side_px) & (y_px >= top_px) & (y_px < top_px + side_px)
                signal = float((self.change[y_px, x_px][inside] ** 2).sum())
                if inside.mean() >= _LEAST_SHARE and signal >= _LEAST_SNR**2:
                    x_px, y_px = x_px[inside], y_px[inside]
                    box = (int(x_px.min()), int(y_px.min()), int(x_px.max()) + 1, int(y_px.max()) + 1)
                    found.append(Thing(self.classes[number], *box))
        return found


class Labeller:
    """Labels the frames of a scene; those that follow each other share what was drawn."""

    def __init__(self, scene: Scene) -> None:
        """Draw nothing yet."""
        self._scene = scene
        self._drawn: dict[int, _Drawn] = {}
        self._sigma = scene.sensor.sigma_levels(np.arange(256, dtype=np.float32))

    def label(self, index: int) -> LabelledFrame:
        """Tell what each pixel of a frame shows.

        A pixel shows a thing where drawing it changes its brightness by three levels or more.

        Args:
            index: Of the frame.
        """
        last = len(self._scene.exposures_s) - 1
        near = {each: self._draw(each) for each in (max(index - 1, 0), index, min(index + 1, last))}
        self._drawn = near
        now = near[index]
        levels = np.maximum.reduce([cv2.absdiff(now.luma, other.luma) for other in near.values()])
        return LabelledFrame(_CLASSES, now.numbers, np.asarray(levels / self._sigma[now.luma], np.float32))

    def _draw(self, index: int) -> _Drawn:
        return self._drawn[index] if index in self._drawn else _draw(self._scene, float(self._scene.exposures_s[index]))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A frame without noise, shake and light that comes and goes: its luma, and the number of what each pixel shows."""

    luma: NDArray[np.uint8]
    numbers: NDArray[np.uint8]


def _draw(scene: Scene, time_s: float) -> _Drawn:
    painter = _Painter(scene.backdrop.copy())
    layers = [(name, layer) for name, layer in zip(scene.spec.layers, scene.layers, strict=True) if name not in _UNSEEN]
    for name, layer in layers:
        if not layer.in_front:
            painter.draw_layer(name, layer, time_s)
    for throw in scene.throws_nearest_last(time_s):
        painter.draw_throw(throw, scene, time_s)
    for name, layer in layers:
        if layer.in_front:
            painter.draw_layer(name, layer, time_s)
    return _Drawn(painter.luma, painter.numbers)


class _Painter:
    """A picture in the making, and what each pixel of it shows."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.numbers: NDArray[np.uint8] = np.zeros(canvas.luma.shape, np.uint8)

    @property
    def luma(self) -> NDArray[np.uint8]:
        return self._canvas.luma

    def draw_layer(self, name: str, layer: Layer, time_s: float) -> None:
        if isinstance(layer, Mirror):
            # The panes stand still: what counts is what they show.
            layer.glaze(self._canvas)
            before = self._canvas.luma.copy()
            layer.reflect(self._canvas, time_s)
            self._mark(before, _IMAGE)
            return
        before = self._canvas.luma.copy()
        layer.draw(self._canvas, time_s)
        self._mark(before, _CLASSES.index(CLASS_OF_LAYER[name]))

    def draw_throw(self, throw: Throw, scene: Scene, time_s: float) -> None:
        before = self._canvas.luma.copy()
        draw_throw(self._canvas, throw, scene.camera, time_s, scene.spec.shutter_s)
        self._mark(before, _CLASSES.index(class_of_kind(throw.kind.name)))

    def _mark(self, before: NDArray[np.uint8], number: int) -> None:
        changed = cv2.absdiff(before, self._canvas.luma) >= _LEAST_LEVELS
        self.numbers[changed] = number


def class_of_kind(name: str) -> str:
    """Tell the class of a thrown thing: paper looks like what the wind brings; a shirt that falls is no laundry."""
    return "leaf_or_paper" if name in _PAPER else "falling_object"

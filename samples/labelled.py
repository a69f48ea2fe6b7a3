"""What is where in a frame of a scene, for networks to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import Canvas
from samples.distractors import Lamp
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
_LEAST_CHANGE = 2.0
"""Of one pixel of a picture made smaller, in deviations of the noise: a leaf in an eighth of a pixel is not seen."""
_UNSEEN = frozenset(("cloud", "infrared"))
_SOLID = frozenset(("curtain", "person", "washing"))
"""What has one outline, also where it is as bright as what is behind it."""
_LEAST_COVER_LEVELS = 32
_BLACK, _WHITE = 16, 235

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
    """What is where: its class, and the edges of the pixels that show it, right and lower ones excluded.

    `is_visible` tells whether it can be told from noise there.
    """

    label: str
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    is_visible: bool = True


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

    def things(self, left_px: int, top_px: int, side_px: int, reduction: int = 1) -> list[Thing]:
        """Tell what is in a square; it may lie beyond the frame.

        Pixels of one class that touch are one thing. What lies in the square for less than three tenths is left out.
        What changes too little to be told from noise is not visible: faint, still, or too small for a picture made
        smaller.

        Args:
            left_px: Left edge of the square.
            top_px: Its upper edge.
            side_px: Its side.
            reduction: How many pixels of the frame go to one of the picture in which it is shown, each way.
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
                change = self.change[y_px, x_px][inside]
                is_visible = (change**2).sum() >= _LEAST_SNR**2 and change.sum() >= _LEAST_CHANGE * reduction**2
                if inside.mean() >= _LEAST_SHARE:
                    x_px, y_px = x_px[inside], y_px[inside]
                    box = (int(x_px.min()), int(y_px.min()), int(x_px.max()) + 1, int(y_px.max()) + 1)
                    found.append(Thing(self.classes[number], *box, bool(is_visible)))
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

        A pixel shows a thing where drawing it changes its brightness by three levels or more; cloth and people
        also where they are as bright as what is behind them. A lamp is shown when it is switched: one that stays lit is
        a window.

        Args:
            index: Of the frame.
        """
        near = {each: self._draw(each) for each in self._near(index)}
        self._drawn = near
        now = near[index]
        levels = np.maximum.reduce([cv2.absdiff(now.luma, other.luma) for other in near.values()])
        return LabelledFrame(_CLASSES, now.numbers, np.asarray(levels / self._sigma[now.luma], np.float32))

    def _draw(self, index: int) -> _Drawn:
        if index in self._drawn:
            return self._drawn[index]
        return _draw(self._scene, [float(self._scene.exposures_s[each]) for each in self._near(index)])

    def _near(self, index: int) -> tuple[int, int, int]:
        return max(index - 1, 0), index, min(index + 1, len(self._scene.exposures_s) - 1)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A frame without noise, shake and light that comes and goes: its luma, and the number of what each pixel shows."""

    luma: NDArray[np.uint8]
    numbers: NDArray[np.uint8]


def _draw(scene: Scene, times_s: Sequence[float]) -> _Drawn:
    """Draw the frame of the middle one of three times."""
    time_s = times_s[1]
    painter = _Painter(scene.backdrop.copy())
    layers = [(name, layer) for name, layer in zip(scene.spec.layers, scene.layers, strict=True) if name not in _UNSEEN]
    for name, layer in layers:
        if not layer.in_front:
            painter.draw_layer(name, layer, times_s)
    for throw in scene.throws_nearest_last(time_s):
        painter.draw_throw(throw, scene, time_s)
    for name, layer in layers:
        if layer.in_front:
            painter.draw_layer(name, layer, times_s)
    return _Drawn(painter.luma, painter.numbers)


class _Painter:
    """A picture in the making, and what each pixel of it shows."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.numbers: NDArray[np.uint8] = np.zeros(canvas.luma.shape, np.uint8)

    @property
    def luma(self) -> NDArray[np.uint8]:
        return self._canvas.luma

    def draw_layer(self, name: str, layer: Layer, times_s: Sequence[float]) -> None:
        time_s = times_s[1]
        if isinstance(layer, Mirror):
            # The panes stand still: what counts is what they show.
            layer.glaze(self._canvas)
            before = self._canvas.luma.copy()
            layer.reflect(self._canvas, time_s)
            self._mark(before, _IMAGE)
            return
        before = self._canvas.luma.copy()
        layer.draw(self._canvas, time_s)
        if isinstance(layer, Lamp) and len({layer.is_lit(each) for each in times_s}) == 1:
            return
        number = _CLASSES.index(CLASS_OF_LAYER[name])
        self._mark(before, number)
        if name in _SOLID:
            self.numbers[_covered(layer, self._canvas.planes.shape, time_s)] = number

    def draw_throw(self, throw: Throw, scene: Scene, time_s: float) -> None:
        before = self._canvas.luma.copy()
        draw_throw(self._canvas, throw, scene.camera, time_s, scene.spec.shutter_s)
        self._mark(before, _CLASSES.index(class_of_kind(throw.kind.name)))

    def _mark(self, before: NDArray[np.uint8], number: int) -> None:
        changed = cv2.absdiff(before, self._canvas.luma) >= _LEAST_LEVELS
        self.numbers[changed] = number


def _covered(layer: Layer, shape: tuple[int, ...], time_s: float) -> NDArray[np.bool_]:
    """Tell what a layer covers: nothing is as bright as black and as white."""
    on_black, on_white = (Canvas(np.full(shape, level, np.uint8)) for level in (_BLACK, _WHITE))
    layer.draw(on_black, time_s)
    layer.draw(on_white, time_s)
    return (on_black.luma >= _BLACK + _LEAST_COVER_LEVELS) | (on_white.luma <= _WHITE - _LEAST_COVER_LEVELS)


def class_of_kind(name: str) -> str:
    """Tell the class of a thrown thing: paper looks like what the wind brings; a shirt that falls is no laundry."""
    return "leaf_or_paper" if name in _PAPER else "falling_object"

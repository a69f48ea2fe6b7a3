"""A part of the facade that is glass, and mirrors what falls before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera
from samples.canvas import Canvas
from samples.coverage import Patch, polygon
from samples.falling import see_throw
from samples.layer import Setting
from samples.objects import Look, Throw

_PANE_COVERAGE = 0.85
_DARK, _BRIGHT = 55.0, 175.0
_NEIGHBOURS = 1


@dataclass(frozen=True, slots=True)
class Mirror:
    """Panes of glass behind each throw, in which its mirror image falls as far behind the wall as it is before it.

    Attributes:
        throws: What is mirrored.
        panes: Of each throw, where the glass is.
        looks: Of each throw, the brightness of its glass.
        masks: Of each throw, (height, width) float32 share of each pixel that is glass.
        reflectance: Contrast of the image over that of the object.
        camera: The camera.
        shutter_s: How long the shutter is open.
    """

    throws: tuple[Throw, ...]
    panes: tuple[tuple[Patch, ...], ...]
    looks: tuple[Look, ...]
    masks: tuple[NDArray[np.float32], ...]
    reflectance: float
    camera: Camera
    shutter_s: float
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Mirror:
        """Glaze three columns behind each throw from its floor down."""
        panes = tuple(_glaze(throw, setting) for throw in setting.throws)
        looks = []
        for throw in setting.throws:
            # Against its glass the object has to be seen, whatever the wall was.
            tone = (_BRIGHT if throw.look.luma < 0.5 * (_DARK + _BRIGHT) else _DARK) + float(rng.uniform(-8.0, 8.0))
            looks.append(Look(tone * (0.5 if setting.is_night else 1.0), 136.0, 122.0))
        return cls(
            throws=setting.throws,
            panes=panes,
            looks=tuple(looks),
            masks=tuple(_mask(each, setting.camera) for each in panes),
            reflectance=float(rng.uniform(0.4, 0.6)),
            camera=setting.camera,
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the glass and, within it, the images."""
        self.glaze(canvas)
        self.reflect(canvas, time_s)

    def glaze(self, canvas: Canvas) -> None:
        """Draw the glass, which stands still."""
        for panes, look in zip(self.panes, self.looks, strict=True):
            for pane in panes:
                canvas.blend(pane, look)

    def reflect(self, canvas: Canvas, time_s: float) -> None:
        """Draw the images."""
        for throw, mask in zip(self.throws, self.masks, strict=True):
            image = see_throw(throw, self.camera, time_s, self.shutter_s, is_mirrored=True)
            if image is not None:
                patch, look = image
                share = patch.coverage * _window(mask, patch) * np.float32(self.reflectance)
                canvas.blend(Patch(patch.left_px, patch.top_px, share), look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Glass is behind what falls."""
        return False


def _glaze(throw: Throw, setting: Setting) -> tuple[Patch, ...]:
    building, camera = setting.building, setting.camera
    middle = next(index for index, unit in enumerate(building.units) if unit.name == throw.unit)
    panes = []
    for unit in building.units[max(middle - _NEIGHBOURS, 0) : middle + _NEIGHBOURS + 1]:
        for floor in range(1, throw.floor + 1):
            low_m = building.slab_m(floor) + 0.25
            high_m = low_m + building.storey_m(floor) - 0.3
            left_m, right_m = unit.left_m + 0.06, unit.right_m - 0.06
            corners_m = np.array(
                [[left_m, high_m, 0.0], [right_m, high_m, 0.0], [right_m, low_m, 0.0], [left_m, low_m, 0.0]]
            )
            if camera.depth_m(corners_m).min() <= 1.0:
                continue
            corners_px = camera.project(corners_m)
            if np.any(camera.contains(corners_px)):
                pane = polygon(corners_px)
                panes.append(Patch(pane.left_px, pane.top_px, pane.coverage * np.float32(_PANE_COVERAGE)))
    return tuple(panes)


def _mask(panes: tuple[Patch, ...], camera: Camera) -> NDArray[np.float32]:
    mask = np.zeros((camera.height_px, camera.width_px), np.float32)
    for pane in panes:
        height, width = pane.coverage.shape
        left, top = max(pane.left_px, 0), max(pane.top_px, 0)
        right, bottom = min(pane.left_px + width, camera.width_px), min(pane.top_px + height, camera.height_px)
        if right > left and bottom > top:
            inner = pane.coverage[top - pane.top_px : bottom - pane.top_px, left - pane.left_px : right - pane.left_px]
            mask[top:bottom, left:right] = np.maximum(mask[top:bottom, left:right], inner / np.float32(_PANE_COVERAGE))
    return mask


def _window(mask: NDArray[np.float32], patch: Patch) -> NDArray[np.float32]:
    """Cut from the mask what lies under a patch, (h, w); nothing is glass outside the frame."""
    height, width = patch.coverage.shape
    rows, columns = np.arange(height) + patch.top_px, np.arange(width) + patch.left_px
    inside = ((rows >= 0) & (rows < mask.shape[0]))[:, None] & ((columns >= 0) & (columns < mask.shape[1]))[None]
    cut = mask[np.clip(rows, 0, mask.shape[0] - 1)[:, None], np.clip(columns, 0, mask.shape[1] - 1)[None]]
    shown: NDArray[np.float32] = np.where(inside, cut, np.float32(0.0)).astype(np.float32)
    return shown

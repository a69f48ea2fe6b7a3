"""What covers the beginning of a fall: leaves, a board, or a part of the wall as bright as what falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.canvas import NO_COLOUR, Canvas
from samples.coverage import Patch
from samples.layer import Setting
from samples.objects import Look, Throw
from samples.tree import Tree, grow_branch

_SHORTEST_S, _LONGEST_S = 0.5, 1.6
_LEFT_S = 0.6
_STEP_S = 0.02
_CLUSTER_SHARE, _CLUSTER_STEP = 0.16, 0.2


@dataclass(frozen=True, slots=True)
class Boards:
    """Even upright rectangles, one for each throw, that do not move.

    Attributes:
        patches: Where they are.
        looks: Of each.
        in_front: Whether they are before what falls; else they only take its contrast away.
    """

    patches: tuple[Patch, ...]
    looks: tuple[Look, ...]
    in_front: bool

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Boards:
        """Hang a board before the first 0.5 to 1.6 s of each throw."""
        patches = tuple(_rectangle(_hidden_box(throw, setting, rng)) for throw in setting.throws)
        shade = 0.4 if setting.is_night else 1.0
        looks = tuple(Look(16.0 + shade * float(rng.uniform(15.0, 190.0)), NO_COLOUR, NO_COLOUR) for _ in patches)
        return cls(patches, looks, in_front=True)

    @classmethod
    def make_alike(cls, setting: Setting, rng: np.random.Generator) -> Boards:
        """Paint the wall behind the first 0.5 to 1.6 s of each throw in the brightness and colour of the object."""
        patches = tuple(_rectangle(_hidden_box(throw, setting, rng)) for throw in setting.throws)
        return cls(patches, tuple(throw.look for throw in setting.throws), in_front=False)

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the boards."""
        for patch, look in zip(self.patches, self.looks, strict=True):
            canvas.blend(patch, look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Tell whether a board covers that place."""
        for patch in self.patches:
            height, width = patch.coverage.shape
            if 0 <= x_px - patch.left_px < width and 0 <= y_px - patch.top_px < height:
                return self.in_front
        return False


def grow_foliage(setting: Setting, rng: np.random.Generator) -> Tree:
    """Let a branch near the camera hang before the first 0.5 to 1.6 s of each throw."""
    side = int(setting.camera.height_px * _CLUSTER_SHARE)
    branches = []
    for throw in setting.throws:
        left, top, right, bottom = _hidden_box(throw, setting, rng)
        count = max(int((bottom - top) / (_CLUSTER_STEP * side)), 2)
        for y_px in np.linspace(top, bottom, count):
            for x_px in np.arange(left, right + 0.3 * side, 0.35 * side):
                place = (x_px, y_px) + rng.normal(0.0, 0.06 * side, size=2)
                corner = (int(place[0] - side / 2), int(place[1] - side / 2))
                branches.append(grow_branch(side, corner, setting.is_night, rng))
    return Tree(tuple(branches))


def _hidden_box(throw: Throw, setting: Setting, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Choose how long a throw is hidden; return left, top, right and bottom of what hides it, pixels.

    At least 0.6 s of the fall stay open.
    """
    camera = setting.camera
    times_s = np.arange(throw.release_s, min(throw.end_s, setting.duration_s), _STEP_S)
    points_m = throw.position_m(times_s)
    ahead = camera.depth_m(points_m) > 1.0
    pixels = camera.project(points_m[ahead])
    pixels = pixels[camera.contains(pixels)]
    wanted_s = float(rng.uniform(_SHORTEST_S, _LONGEST_S))
    hidden_s = max(min(wanted_s, len(pixels) * _STEP_S - _LEFT_S), _STEP_S)
    hidden_px = pixels[: round(hidden_s / _STEP_S)]
    size_px = throw.length_m * camera.focal_px / float(camera.depth_m(points_m[:1])[0])
    margin = size_px + float(rng.uniform(8.0, 40.0)) * camera.height_px / 1080.0
    left, top = hidden_px.min(axis=0) - margin
    right, bottom = hidden_px.max(axis=0) + (margin, 0.0)
    return float(left), float(top), float(right), float(bottom)


def _rectangle(box_px: tuple[float, float, float, float]) -> Patch:
    left, top, right, bottom = (round(edge) for edge in box_px)
    coverage: NDArray[np.float32] = np.ones((max(bottom - top, 1), max(right - left, 1)), np.float32)
    return Patch(left, top, coverage)

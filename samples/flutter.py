"""Leaves and scraps of paper that flutter down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera
from samples.canvas import Canvas
from samples.coverage import sweep
from samples.distractors import sub_times
from samples.layer import Setting
from samples.objects import Look, Tumble

_LEAF_M, _PAPER_M = (0.09, 0.06), (0.21, 0.15)
_PAPER_SHARE = 0.35
_LEAVES_EACH_SECOND = 1.5


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf or scrap; it sinks evenly and sways.

    Attributes:
        start_m: Where it would be at time 0, the sway apart; metres of the facade.
        drift_m_s: Mean velocity along the wall, up (negative), and out of it.
        sway_m: Half the width of its sway.
        sway_hz: How often it sways.
        sides_m: Long and short side.
        tumble: How it turns.
        look: Brightness and colour.
    """

    start_m: tuple[float, float, float]
    drift_m_s: tuple[float, float, float]
    sway_m: float
    sway_hz: float
    sides_m: tuple[float, float]
    tumble: Tumble
    look: Look

    def place_m(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n, 3) position at (n,) seconds."""
        place: NDArray[np.float64] = np.asarray(self.start_m) + times_s[:, None] * np.asarray(self.drift_m_s)
        turn = 2.0 * np.pi * self.sway_hz * times_s + self.tumble.turn_phase
        place[:, 0] += self.sway_m * np.sin(turn)
        # A leaf sinks fastest in the middle of its swing.
        place[:, 1] -= 0.15 * self.sway_m * np.sin(2.0 * turn)
        return place


@dataclass(frozen=True, slots=True)
class Leaves:
    """Leaves and scraps at all distances from the wall to half way to the camera."""

    leaves: tuple[Leaf, ...]
    camera: Camera
    shutter_s: float
    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Leaves:
        """Let three leaves in two seconds come into view, each sinking at 1 to 2.5 m/s."""
        count = max(round(_LEAVES_EACH_SECOND * setting.duration_s), 4)
        return cls(tuple(_shed(setting, rng) for _ in range(count)), setting.camera, setting.shutter_s)

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw those that are before the camera."""
        times_s = sub_times(time_s, self.shutter_s)
        for leaf in self._in_view(time_s):
            points_m = leaf.place_m(times_s)
            depth_m = self.camera.depth_m(points_m)
            if depth_m.min() <= 1.0 or points_m[0, 1] <= 0.0:
                continue
            pixels = self.camera.project(points_m)
            if not np.all(self.camera.contains(pixels)):
                continue
            scale = self.camera.focal_px / float(depth_m.mean())
            long_m, short_m = leaf.tumble.visible_sides_m(*leaf.sides_m, times_s).mean(axis=0)
            sides_px = (long_m * scale, 0.5 * short_m * scale)
            canvas.blend(sweep("ellipse", pixels, sides_px, leaf.tumble.angle(times_s)), leaf.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A leaf hides nothing for long."""
        return False

    def _in_view(self, time_s: float) -> list[Leaf]:
        """Choose those that may be in the frame, their sway left open."""
        places_m = np.array([leaf.start_m for leaf in self.leaves])
        places_m += time_s * np.array([leaf.drift_m_s for leaf in self.leaves])
        depth_m = self.camera.depth_m(places_m)
        ahead = np.flatnonzero((depth_m > 1.0) & (places_m[:, 1] > -1.0))
        pixels = self.camera.project(places_m[ahead])
        size_px = np.array([self.camera.width_px, self.camera.height_px])
        away_px = np.maximum(-pixels, pixels - size_px).max(axis=1)
        near = ahead[away_px < self.camera.focal_px / depth_m[ahead]]
        return [self.leaves[index] for index in near]


def _shed(setting: Setting, rng: np.random.Generator) -> Leaf:
    building = setting.building
    sides_m = _PAPER_M if rng.random() < _PAPER_SHARE else _LEAF_M
    luma = float(rng.uniform(170.0, 230.0)) if sides_m == _PAPER_M else float(rng.uniform(35.0, 110.0))
    sink_m_s = float(rng.uniform(1.0, 2.5))
    seen_at_s = float(rng.uniform(-0.5, 1.0)) * setting.duration_s
    top_m = building.height_m * float(rng.uniform(0.4, 1.0))
    drift_m_s = (float(rng.normal(0.0, 0.35)), -sink_m_s, float(rng.normal(0.0, 0.1)))
    place_m = (
        float(rng.uniform(0.0, building.width_m)),
        top_m,
        float(rng.uniform(0.05, 0.5)) * setting.camera.position_m[2],
    )
    start_m = tuple(place - seen_at_s * speed for place, speed in zip(place_m, drift_m_s, strict=True))
    return Leaf(
        start_m=(start_m[0], start_m[1], start_m[2]),
        drift_m_s=drift_m_s,
        sway_m=float(rng.uniform(0.1, 0.6)),
        sway_hz=float(rng.uniform(0.4, 1.3)),
        sides_m=sides_m,
        tumble=Tumble(float(rng.uniform(0.4, 2.0)), *(float(phase) for phase in rng.uniform(0.0, 6.28, size=2))),
        look=Look(luma * (0.4 if setting.is_night else 1.0) + 6.0, float(rng.uniform(105.0, 128.0)), 130.0),
    )

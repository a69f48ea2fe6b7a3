"""A bird that dives: level, then steeply down at the same speed, then level again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.canvas import NO_COLOUR, Canvas
from samples.coverage import sweep
from samples.distractors import sub_times
from samples.layer import Setting
from samples.objects import Look

_STEP_S = 0.01
_LEVEL_S = 6.0


@dataclass(frozen=True, slots=True)
class Dive:
    """The flight of one bird, tabulated.

    Attributes:
        begins_s: When the dive begins, presentation seconds; the table has its dive at `_LEVEL_S`.
        place_px: (n, 2) pixels at steps of 10 ms.
        heading: (n,) radians from x towards y.
        span_px: Wing to wing.
        beat_hz: Of the wings in level flight.
        look: Brightness.
        shutter_s: How long the shutter is open.
    """

    begins_s: float
    place_px: NDArray[np.float64]
    heading: NDArray[np.float64]
    span_px: float
    beat_hz: float
    look: Look
    shutter_s: float
    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Dive:
        """Let a bird dive through 20 to 55 % of the height of the picture."""
        width, height = setting.camera.width_px, setting.camera.height_px
        span_px = float(rng.uniform(6.0, 22.0)) * height / 1080.0
        speed_px_s = float(rng.uniform(14.0, 30.0)) * span_px
        steepness = math.radians(float(rng.uniform(62.0, 88.0)))
        dive_s = float(rng.uniform(0.2, 0.55)) * height / speed_px_s / math.sin(steepness)
        turn_s = float(rng.uniform(0.25, 0.6))
        times_s = np.arange(0.0, 2.0 * _LEVEL_S + dive_s + 2.0 * turn_s, _STEP_S) - _LEVEL_S
        knots_s = [0.0, turn_s, turn_s + dive_s, 2.0 * turn_s + dive_s]
        pitch = np.interp(times_s, knots_s, [0.0, steepness, steepness, 0.0])
        side = 1.0 if rng.random() < 0.5 else -1.0
        steps = speed_px_s * _STEP_S * np.stack([side * np.cos(pitch), np.sin(pitch)], axis=1)
        travelled = np.cumsum(steps, axis=0)
        start = (float(rng.uniform(0.15, 0.85)) * width, float(rng.uniform(0.08, 0.35)) * height)
        luma = float(rng.uniform(22.0, 60.0)) if rng.random() < 0.7 else float(rng.uniform(190.0, 225.0))
        return cls(
            begins_s=float(rng.uniform(0.15, 0.8)) * setting.duration_s,
            place_px=travelled - travelled[round(_LEVEL_S / _STEP_S)] + start,
            heading=np.arctan2(steps[:, 1], steps[:, 0]),
            span_px=span_px,
            beat_hz=float(rng.uniform(3.0, 9.0)),
            look=Look(luma * (0.5 if setting.is_night else 1.0) + 8.0, NO_COLOUR, NO_COLOUR),
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw body and wings, which are folded while it dives."""
        # Between rows the place is interpolated, or a slow bird would move by whole steps.
        exact = (sub_times(time_s, self.shutter_s) - self.begins_s + _LEVEL_S) / _STEP_S
        rows = np.rint(exact)
        if rows.min() < 0 or rows.max() > len(self.place_px) - 1:
            return
        table = np.arange(len(self.place_px))
        centres = np.stack([np.interp(exact, table, self.place_px[:, axis]) for axis in (0, 1)], axis=1)
        height, width = canvas.luma.shape
        if np.maximum(-centres, centres - (width, height)).max() > 2.0 * self.span_px + 4.0:
            return
        heading = self.heading[rows.astype(int)]
        canvas.blend(sweep("ellipse", centres, (self.span_px * 0.6, self.span_px * 0.22), heading), self.look)
        is_diving = abs(math.sin(float(heading.mean()))) > 0.5
        beat = 0.15 if is_diving else math.sin(2.0 * math.pi * self.beat_hz * time_s)
        wing = (self.span_px * (0.35 + 0.65 * abs(beat)), self.span_px * 0.16)
        canvas.blend(sweep("ellipse", centres, wing, heading + math.pi / 2.0), self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A bird hides nothing for long."""
        return False

"""What lives at the facade: curtains, somebody at a window, a cleaner's gondola, a dripping air conditioner."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera
from samples.canvas import NO_COLOUR, Canvas
from samples.coverage import polygon, sweep
from samples.distractors import find_window, sub_times
from samples.layer import Setting
from samples.objects import Look
from samples.trajectory import Trajectory, fly

_FOLDS = 6
_DROP_TERMINAL_M_S = 9.0


@dataclass(frozen=True, slots=True)
class Curtain:
    """A curtain that the wind blows out of an open window, fold by fold."""

    corners_px: NDArray[np.float64]
    billow_px: float
    wave_hz: tuple[float, float]
    phase: tuple[float, float]
    lumas: tuple[float, ...]
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Curtain:
        """Hang a curtain at a window."""
        corners_px = find_window(setting, rng, height_m=float(rng.uniform(1.4, 2.2)))
        shade = 0.4 if setting.is_night else 1.0
        tone = float(rng.uniform(90.0, 215.0))
        return cls(
            corners_px=corners_px,
            billow_px=float(rng.uniform(0.2, 0.6)) * float(np.linalg.norm(corners_px[1] - corners_px[0])),
            wave_hz=(float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.9, 1.8))),
            phase=(float(rng.uniform(0.0, 6.28)), float(rng.uniform(0.0, 6.28))),
            lumas=tuple(16.0 + shade * tone * float(rng.uniform(0.7, 1.0)) for _ in range(_FOLDS)),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the folds, the free edge moving most."""
        upper_left, upper_right, lower_right, lower_left = self.corners_px
        shares = np.linspace(0.0, 1.0, _FOLDS + 1)
        slow = 0.5 + 0.5 * math.sin(2.0 * math.pi * self.wave_hz[0] * time_s + self.phase[0])
        ripple = np.sin(2.0 * np.pi * (self.wave_hz[1] * time_s - 1.3 * shares) + self.phase[1])
        out_px = self.billow_px * shares * (slow + 0.25 * ripple)
        upper = upper_left + shares[:, None] * (upper_right - upper_left)
        lower = lower_left + shares[:, None] * (lower_right - lower_left)
        lower = lower + np.stack([out_px, -0.4 * np.abs(out_px)], axis=1)
        for fold, luma in enumerate(self.lumas):
            corners = np.array([upper[fold], upper[fold + 1], lower[fold + 1], lower[fold]])
            canvas.blend(polygon(corners), Look(luma, NO_COLOUR, 131.0))

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A curtain is behind what falls."""
        return False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who moves about at a window."""

    middle_px: tuple[float, float]
    height_px: float
    reach_px: float
    pace_hz: tuple[float, float]
    phase: tuple[float, float]
    clothes: Look
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Person:
        """Put somebody at a window."""
        corners_px = find_window(setting, rng, height_m=1.3)
        low = corners_px[2:].mean(axis=0)
        shade = 0.6 if setting.is_night else 1.0
        return cls(
            middle_px=(float(low[0]), float(low[1])),
            height_px=float(np.linalg.norm(corners_px[3] - corners_px[0])) * 0.85,
            reach_px=float(np.linalg.norm(corners_px[1] - corners_px[0])) * float(rng.uniform(0.15, 0.4)),
            pace_hz=(float(rng.uniform(0.1, 0.35)), float(rng.uniform(0.5, 1.4))),
            phase=(float(rng.uniform(0.0, 6.28)), float(rng.uniform(0.0, 6.28))),
            clothes=Look(
                20.0 + shade * float(rng.uniform(10.0, 180.0)),
                float(rng.uniform(105.0, 150.0)),
                float(rng.uniform(110.0, 150.0)),
            ),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw trunk, arm and head."""
        walk = math.sin(2.0 * math.pi * self.pace_hz[0] * time_s + self.phase[0])
        wave = math.sin(2.0 * math.pi * self.pace_hz[1] * time_s + self.phase[1])
        x_px, y_px = self.middle_px[0] + self.reach_px * walk, self.middle_px[1]
        high = self.height_px
        upright = np.array([math.pi / 2.0])
        trunk = sweep("ellipse", np.array([[x_px, y_px - 0.32 * high]]), (0.64 * high, 0.36 * high), upright)
        canvas.blend(trunk, self.clothes)
        shoulder = np.array([x_px + 0.16 * high, y_px - 0.52 * high])
        turn = 0.4 + 0.9 * wave
        hand = shoulder + 0.2 * high * np.array([math.cos(turn), math.sin(turn)])
        canvas.blend(sweep("box", hand[None], (0.42 * high, 0.1 * high), np.array([turn])), self.clothes)
        head = np.array([[x_px + 0.03 * high * wave, y_px - 0.78 * high]])
        canvas.blend(sweep("ellipse", head, (0.28 * high, 0.22 * high), upright), Look(105.0, 116.0, 144.0))

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Somebody at a window is behind what falls."""
        return False


@dataclass(frozen=True, slots=True)
class Gondola:
    """A cleaners' gondola on two ropes that goes evenly up or down."""

    left_m: float
    width_m: float
    start_m: float
    speed_m_s: float
    roof_m: float
    camera: Camera
    look: Look
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Gondola:
        """Hang a gondola in the middle half of the heights in view."""
        building, camera = setting.building, setting.camera
        width_m = float(rng.uniform(2.5, 5.0))
        heights_m = np.linspace(0.0, building.height_m, 200)
        points_m = np.stack([np.full(200, building.width_m / 2.0), heights_m, np.ones(200)], axis=1)
        points_m = points_m[camera.depth_m(points_m) > 1.0]
        seen_m = points_m[camera.contains(camera.project(points_m)), 1]
        low_m, high_m = np.quantile(seen_m, [0.25, 0.75])
        speed_m_s = float(rng.uniform(0.15, 0.45)) * (1.0 if rng.random() < 0.5 else -1.0)
        return cls(
            left_m=float(rng.uniform(0.0, max(building.width_m - width_m, 0.1))),
            width_m=width_m,
            start_m=float(rng.uniform(low_m, high_m)) - speed_m_s * setting.duration_s / 2.0,
            speed_m_s=speed_m_s,
            roof_m=building.height_m,
            camera=camera,
            look=Look(
                20.0 + (0.3 if setting.is_night else 1.0) * float(rng.choice([40.0, 100.0, 180.0])),
                float(rng.uniform(95.0, 128.0)),
                135.0,
            ),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw ropes, cage and the one who stands in it."""
        floor_m = self.start_m + self.speed_m_s * time_s
        right_m = self.left_m + self.width_m
        for rope_m in (self.left_m + 0.2, right_m - 0.2):
            self._fill(canvas, (rope_m - 0.015, floor_m, rope_m + 0.015, self.roof_m), Look(40.0, NO_COLOUR, NO_COLOUR))
        body_m = self.left_m + self.width_m * (0.5 + 0.25 * math.sin(0.9 * time_s))
        self._fill(canvas, (body_m - 0.22, floor_m + 0.8, body_m + 0.22, floor_m + 1.7), Look(170.0, 100.0, 150.0))
        self._fill(canvas, (self.left_m, floor_m, right_m, floor_m + 1.1), self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A gondola is behind what falls."""
        return False

    def _fill(self, canvas: Canvas, box_m: tuple[float, float, float, float], look: Look) -> None:
        left, low, right, high = box_m
        corners_m = np.array([[left, high, 0.6], [right, high, 0.6], [right, low, 0.6], [left, low, 0.6]])
        if low < high and self.camera.depth_m(corners_m).min() > 1.0:
            canvas.blend(polygon(self.camera.project(corners_m)), look)


@dataclass(frozen=True, slots=True)
class Drips:
    """Drops that fall from one place again and again."""

    fall: Trajectory
    falls_at_s: tuple[float, ...]
    size_px: float
    look: Look
    camera: Camera
    shutter_s: float
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Drips:
        """Let a drop fall every second or so from a box below a window."""
        camera = setting.camera
        spot_px = find_window(setting, rng, height_m=1.4)[3]
        on_wall = np.linalg.inv(camera.facade_homography()) @ (spot_px[0], spot_px[1], 1.0)
        place_m = (float(on_wall[0] / on_wall[2]), float(on_wall[1] / on_wall[2]), 0.5)
        period_s = float(rng.uniform(0.5, 1.6))
        count = int(setting.duration_s / period_s) + 1
        jitter_s = rng.uniform(-0.08, 0.08, size=count) * period_s
        return cls(
            fall=fly(place_m, (0.0, 0.0, 0.0), _DROP_TERMINAL_M_S),
            falls_at_s=tuple((period_s * np.arange(count) + jitter_s).tolist()),
            size_px=float(rng.uniform(1.0, 1.8)) * camera.height_px / 1080.0,
            look=Look(215.0 if rng.random() < 0.6 else 35.0, NO_COLOUR, NO_COLOUR),
            camera=camera,
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the drops in the air."""
        times_s = sub_times(time_s, self.shutter_s)
        for begin_s in self.falls_at_s:
            if not begin_s <= times_s[0] < begin_s + self.fall.duration_s:
                continue
            points_m = self.fall.at(times_s - begin_s)
            if self.camera.depth_m(points_m).min() > 1.0:
                pixels = self.camera.project(points_m)
                if np.any(self.camera.contains(pixels)):
                    patch = sweep("box", pixels, (self.size_px, self.size_px), np.zeros(len(times_s)))
                    canvas.blend(patch, self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A drop hides nothing."""
        return False

"""Animals, lamps and washing: what moves at a tower and is not thrown."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import NO_COLOUR, Canvas
from samples.coverage import Patch, polygon, sweep
from samples.layer import Setting
from samples.objects import Look

_SUB_EXPOSURES = 8


def sub_times(time_s: float, shutter_s: float, count: int = _SUB_EXPOSURES) -> NDArray[np.float64]:
    """Return the middles of even parts of an exposure centred at a time, (count,) seconds."""
    times: NDArray[np.float64] = time_s + shutter_s * ((np.arange(count) + 0.5) / count - 0.5)
    return times


@dataclass(frozen=True, slots=True)
class Bird:
    """A bird in nearly level flight, its wings beating."""

    start_px: tuple[float, float]
    velocity_px_s: tuple[float, float]
    swing_px: float
    swing_hz: float
    span_px: float
    beat_hz: float
    enters_s: float
    look: Look
    shutter_s: float
    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Bird:
        """Let a bird cross the picture once."""
        camera = setting.camera
        rightward = rng.random() < 0.5
        span_px = float(rng.uniform(5.0, 26.0)) * camera.height_px / 1080.0
        speed_px_s = float(rng.uniform(9.0, 22.0)) * span_px
        climb = float(rng.uniform(-0.25, 0.35))
        luma = float(rng.uniform(18.0, 60.0)) if rng.random() < 0.7 else float(rng.uniform(190.0, 230.0))
        return cls(
            start_px=(
                -span_px if rightward else camera.width_px + span_px,
                float(rng.uniform(0.05, 0.8)) * camera.height_px,
            ),
            velocity_px_s=(speed_px_s if rightward else -speed_px_s, climb * speed_px_s),
            swing_px=float(rng.uniform(0.2, 1.5)) * span_px,
            swing_hz=float(rng.uniform(0.3, 1.2)),
            span_px=span_px,
            beat_hz=float(rng.uniform(3.0, 9.0)),
            enters_s=float(rng.uniform(0.0, 0.7)) * setting.duration_s,
            look=Look(luma * (0.5 if setting.is_night else 1.0) + 8.0, NO_COLOUR, NO_COLOUR),
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw body and wings."""
        if time_s < self.enters_s:
            return
        times = sub_times(time_s, self.shutter_s)
        centres = self._centres(times)
        height, width = canvas.luma.shape
        away_px = np.maximum(-centres, centres - (width, height)).max()
        if away_px > 2.0 * self.span_px + 4.0:
            return
        heading = np.full(len(times), math.atan2(self.velocity_px_s[1], self.velocity_px_s[0]))
        canvas.blend(sweep("ellipse", centres, (self.span_px * 0.6, self.span_px * 0.2), heading), self.look)
        beat = math.sin(2.0 * math.pi * self.beat_hz * time_s)
        wing = (self.span_px * (0.35 + 0.65 * abs(beat)), self.span_px * 0.16)
        lifted = centres + (0.0, -0.25 * self.span_px * beat)
        canvas.blend(sweep("ellipse", lifted, wing, heading + math.pi / 2.0), self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A bird hides nothing for long."""
        return False

    def _centres(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        flown_s = times - self.enters_s
        x_px = self.start_px[0] + self.velocity_px_s[0] * flown_s
        swing = self.swing_px * np.sin(2.0 * np.pi * self.swing_hz * flown_s)
        return np.stack([x_px, self.start_px[1] + self.velocity_px_s[1] * flown_s + swing], axis=1)


@dataclass(frozen=True, slots=True)
class Insect:
    """An insect close to the lens: large, out of focus, never straight."""

    middle_px: tuple[float, float]
    sway_px: NDArray[np.float64]
    sway_hz: NDArray[np.float64]
    phase: NDArray[np.float64]
    radius_px: float
    opacity: float
    present_s: tuple[float, float]
    look: Look
    shutter_s: float
    drift_px_s: tuple[float, float] = (0.0, 0.0)
    in_front: bool = True

    @classmethod
    def make_sinking(cls, setting: Setting, rng: np.random.Generator) -> Insect:
        """Let an insect come down erratically through the picture."""
        wandering = cls.make(setting, rng)
        width, height = setting.camera.width_px, setting.camera.height_px
        down_px_s = float(rng.uniform(0.25, 0.9)) * height
        along_px_s = float(rng.normal(0.0, 0.12)) * width
        enters_s = wandering.present_s[0]
        start_px = (float(rng.uniform(0.1, 0.9)) * width, -0.1 * height)
        return replace(
            wandering,
            middle_px=(start_px[0] - along_px_s * enters_s, start_px[1] - down_px_s * enters_s),
            sway_px=0.25 * wandering.sway_px,
            drift_px_s=(along_px_s, down_px_s),
        )

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Insect:
        """Let an insect wander about; dark by day, lit by the lamp of the camera at night."""
        width, height = setting.camera.width_px, setting.camera.height_px
        enters_s = float(rng.uniform(0.0, 0.6)) * setting.duration_s
        return cls(
            middle_px=(float(rng.uniform(0.1, 0.9)) * width, float(rng.uniform(0.1, 0.9)) * height),
            sway_px=rng.uniform(0.04, 0.35, size=(2, 3)) * height / np.array([1.0, 2.0, 4.0]),
            sway_hz=rng.uniform(0.15, 0.5, size=(2, 3)) * np.array([1.0, 2.5, 6.0]),
            phase=rng.uniform(0.0, 2.0 * np.pi, size=(2, 3)),
            radius_px=float(rng.uniform(2.0, 14.0)) * height / 1080.0,
            opacity=float(rng.uniform(0.3, 0.8)),
            present_s=(enters_s, enters_s + float(rng.uniform(1.5, 5.0))),
            look=Look(225.0 if setting.is_night else 40.0, NO_COLOUR, NO_COLOUR),
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw a soft disc, smeared along its way."""
        if not self.present_s[0] <= time_s <= self.present_s[1]:
            return
        times = sub_times(time_s, self.shutter_s)
        turns = 2.0 * np.pi * self.sway_hz[None] * times[:, None, None] + self.phase[None]
        centres = np.asarray(self.middle_px) + times[:, None] * np.asarray(self.drift_px_s)
        centres = centres + (self.sway_px[None] * np.sin(turns)).sum(axis=2)
        side = 2.0 * self.radius_px
        sharp = sweep("ellipse", centres, (side, side), np.zeros(len(times)))
        margin = math.ceil(self.radius_px)
        soft = cv2.copyMakeBorder(sharp.coverage, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0.0)
        soft = cv2.GaussianBlur(soft, (0, 0), 0.45 * self.radius_px + 0.3)
        patch = Patch(sharp.left_px - margin, sharp.top_px - margin, np.asarray(soft * self.opacity, np.float32))
        canvas.blend(patch, self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """An insect hides nothing for long."""
        return False


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp behind a window that is turned on and off, and may flicker when it starts."""

    patch: Patch
    switches_s: tuple[float, ...]
    look: Look
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Lamp:
        """Choose a window and times."""
        corners_px = find_window(setting, rng, height_m=1.4)
        patch = polygon(corners_px)
        first_s = float(rng.uniform(0.1, 0.8)) * setting.duration_s
        gaps_s = rng.choice([0.08, 0.2, 0.6, 1.7], size=int(rng.integers(0, 5)))
        luma = float(rng.uniform(150.0, 225.0)) if setting.is_night else float(rng.uniform(95.0, 170.0))
        return cls(
            patch=Patch(patch.left_px, patch.top_px, patch.coverage * np.float32(0.9)),
            switches_s=tuple(first_s + np.concatenate([[0.0], np.cumsum(gaps_s)]).astype(float)),
            look=Look(luma, float(rng.uniform(112.0, 128.0)), float(rng.uniform(126.0, 138.0))),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the window while it is lit."""
        if self.is_lit(time_s):
            canvas.blend(self.patch, self.look)

    def is_lit(self, time_s: float) -> bool:
        """Tell whether it is on."""
        return sum(switch_s <= time_s for switch_s in self.switches_s) % 2 == 1

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """A window is behind what falls."""
        return False


@dataclass(frozen=True, slots=True)
class Washing:
    """A piece of washing that hangs from a line and swings."""

    corners_px: NDArray[np.float64]
    swing_px: float
    swing_hz: float
    gust_hz: float
    phase: float
    look: Look
    in_front: bool = False

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Washing:
        """Hang a piece at a window."""
        corners_px = find_window(setting, rng, height_m=float(rng.uniform(0.7, 1.5)))
        drop_px = float(np.linalg.norm(corners_px[3] - corners_px[0]))
        luma = float(rng.choice([40.0, 90.0, 205.0])) * (0.4 if setting.is_night else 1.0) + 14.0
        return cls(
            corners_px=corners_px,
            swing_px=float(rng.uniform(0.15, 0.6)) * drop_px,
            swing_hz=float(rng.uniform(0.4, 1.1)),
            gust_hz=float(rng.uniform(0.05, 0.2)),
            phase=float(rng.uniform(0.0, 6.28)),
            look=Look(luma, float(rng.uniform(105.0, 150.0)), float(rng.uniform(105.0, 150.0))),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Draw the cloth, its lower edge displaced."""
        gust = 0.5 + 0.5 * math.sin(2.0 * math.pi * self.gust_hz * time_s + self.phase)
        angle = 2.0 * math.pi * self.swing_hz * time_s + self.phase
        sway = self.swing_px * gust * math.sin(angle)
        lift = -0.3 * self.swing_px * gust * abs(math.sin(angle))
        moved = self.corners_px + np.array([[0.0, 0.0], [0.0, 0.0], [sway, lift], [sway * 0.8, lift]])
        canvas.blend(polygon(moved), self.look)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Washing is behind what falls."""
        return False


def find_window(setting: Setting, rng: np.random.Generator, height_m: float) -> NDArray[np.float64]:
    """Choose a window in view; return its corners from the upper left clockwise, (4, 2) pixels."""
    building, camera = setting.building, setting.camera
    corners_px = np.zeros((4, 2))
    for _ in range(40):
        unit = building.units[int(rng.integers(len(building.units)))]
        top_m = building.slab_m(int(rng.integers(2, building.floor_count + 1))) + 2.4
        middle_m = (unit.left_m + unit.right_m) / 2.0
        half_m = float(rng.uniform(0.4, 1.2))
        left, right, bottom_m = middle_m - half_m, middle_m + half_m, top_m - height_m
        corners_m = [[left, top_m, 0.0], [right, top_m, 0.0], [right, bottom_m, 0.0], [left, bottom_m, 0.0]]
        if camera.depth_m(np.array(corners_m)).min() > 1.0:
            corners_px = camera.project(np.array(corners_m))
            if np.all(camera.contains(corners_px)):
                return corners_px
    return corners_px

"""Rain, snow, passing clouds, and night as a camera sees it by infrared."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import NO_COLOUR, Canvas, to_light, to_luma
from samples.layer import Setting

_NEAREST_M, _FARTHEST_M = 1.2, 12.0
_SUB_PIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Precipitation:
    """Drops or flakes that fall in front of the camera, each again and again along its own line.

    Attributes:
        start_px: (n, 2) where each would be at time 0.
        velocity_px_s: (n, 2) mean velocity.
        wobble_px: (n,) sideways swing.
        wobble_hz: (n,) its frequency.
        width_px: (n,) thickness.
        strength: (n,) grey levels that each adds at least.
        size_px: Width and height of the picture.
        shutter_s: How long each is smeared.
    """

    start_px: NDArray[np.float64]
    velocity_px_s: NDArray[np.float64]
    wobble_px: NDArray[np.float64]
    wobble_hz: NDArray[np.float64]
    width_px: NDArray[np.float64]
    strength: NDArray[np.float64]
    size_px: tuple[int, int]
    shutter_s: float
    in_front: bool = True

    @classmethod
    def rain(cls, setting: Setting, rng: np.random.Generator) -> Precipitation:
        """Let it rain: thin streaks that are over in a frame or few."""
        depth_m = _depths(int(rng.integers(400, 1500)), rng)
        fall_m_s = rng.uniform(6.0, 9.0, size=len(depth_m))
        wind_m_s = float(rng.normal(0.0, 1.5))
        focal_px = setting.camera.focal_px
        light = 25.0 if setting.is_night else 45.0
        velocity = np.stack([np.full_like(depth_m, wind_m_s), fall_m_s], axis=1) * (focal_px / depth_m)[:, None]
        return cls(
            start_px=_places(setting, len(depth_m), rng),
            velocity_px_s=velocity,
            wobble_px=np.zeros_like(depth_m),
            wobble_hz=np.zeros_like(depth_m),
            width_px=np.clip(0.002 * focal_px / depth_m, 1.0, 4.0),
            strength=light * rng.uniform(0.4, 1.6, size=len(depth_m)) * np.clip(3.0 / depth_m, 0.3, 1.6),
            size_px=(setting.camera.width_px, setting.camera.height_px),
            shutter_s=setting.shutter_s,
        )

    @classmethod
    def snow(cls, setting: Setting, rng: np.random.Generator) -> Precipitation:
        """Let it snow: slow soft flakes that swing."""
        depth_m = _depths(int(rng.integers(250, 800)), rng)
        focal_px = setting.camera.focal_px
        fall_m_s = rng.uniform(0.8, 1.9, size=len(depth_m))
        drift_m_s = float(rng.normal(0.0, 0.6)) + rng.normal(0.0, 0.15, size=len(depth_m))
        return cls(
            start_px=_places(setting, len(depth_m), rng),
            velocity_px_s=np.stack([drift_m_s, fall_m_s], axis=1) * (focal_px / depth_m)[:, None],
            wobble_px=rng.uniform(0.01, 0.08, size=len(depth_m)) * focal_px / depth_m,
            wobble_hz=rng.uniform(0.3, 1.5, size=len(depth_m)),
            width_px=np.clip(0.014 * focal_px / depth_m, 1.0, 12.0),
            strength=rng.uniform(40.0, 110.0, size=len(depth_m)) * np.clip(6.0 / depth_m, 0.5, 1.0),
            size_px=(setting.camera.width_px, setting.camera.height_px),
            shutter_s=setting.shutter_s,
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Add the light of each drop or flake."""
        ends = [self._places(time_s + side * self.shutter_s / 2.0) for side in (-1.0, 1.0)]
        wrap = np.array([self.size_px[0] * 1.2, self.size_px[1] * 1.2])
        laps = np.floor(ends[0] / wrap) * wrap
        begin, finish = ends[0] - laps - 0.1 * wrap / 1.2, ends[1] - laps - 0.1 * wrap / 1.2
        added = np.zeros_like(canvas.luma)
        scale = 1 << _SUB_PIXEL_BITS
        for start, stop, width, light in zip(
            np.rint(begin * scale).astype(int).tolist(),
            np.rint(finish * scale).astype(int).tolist(),
            np.rint(self.width_px).astype(int).tolist(),
            self.strength.tolist(),
            strict=True,
        ):
            cv2.line(added, start, stop, (light,), width, cv2.LINE_AA, _SUB_PIXEL_BITS)
        canvas.luma[:] = np.minimum(cv2.add(canvas.luma, added), 236)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """One can see through rain and snow."""
        return False

    def _places(self, time_s: float) -> NDArray[np.float64]:
        places = self.start_px + self.velocity_px_s * time_s
        places[:, 0] += self.wobble_px * np.sin(2.0 * np.pi * self.wobble_hz * time_s + self.start_px[:, 1])
        # Each lap is begun at another place, or drops would fall along the same few lines for ever.
        laps = np.floor(places[:, 1] / (self.size_px[1] * 1.2))
        places[:, 0] += laps * 0.381966 * self.size_px[0]
        return places


@dataclass(frozen=True, slots=True)
class Cloud:
    """Light that comes and goes as clouds pass and the camera's gain follows.

    Attributes:
        depth: Largest change of light, as a share.
        period_s: How long it takes to come and go.
        phase: Where it begins, radians.
        step_s: When the camera's exposure jumps.
        step: By what share it jumps.
    """

    depth: float
    period_s: float
    phase: float
    step_s: float
    step: float
    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Cloud:
        """Let a cloud pass."""
        return cls(
            depth=float(rng.uniform(0.08, 0.35)),
            period_s=float(rng.uniform(2.0, 9.0)),
            phase=float(rng.uniform(0.0, 6.28)),
            step_s=float(rng.uniform(0.3, 0.8)) * setting.duration_s,
            step=float(rng.uniform(-0.12, 0.12)),
        )

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Change the light of the whole picture."""
        gain = 1.0 - self.depth * (0.5 + 0.5 * np.sin(2.0 * np.pi * time_s / self.period_s + self.phase))
        gain += self.step if time_s >= self.step_s else 0.0
        levels = to_luma(to_light(np.arange(256, dtype=np.float32)) * np.float32(gain))
        canvas.luma[:] = cv2.LUT(canvas.luma, np.clip(np.rint(levels), 0, 255).astype(np.uint8))

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Light hides nothing."""
        return False


@dataclass(frozen=True, slots=True)
class Infrared:
    """A camera that sees by its own infrared lamps, and so no colour."""

    in_front: bool = True

    @classmethod
    def make(cls, setting: Setting, rng: np.random.Generator) -> Infrared:
        """Switch the camera to infrared."""
        return cls()

    def draw(self, canvas: Canvas, time_s: float) -> None:
        """Take the colour away."""
        for plane in canvas.chroma:
            plane[:] = int(NO_COLOUR)

    def hides(self, x_px: float, y_px: float, time_s: float) -> bool:
        """Colour hides nothing."""
        return False


def _depths(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    # The volume in view up to a distance grows with its cube.
    return np.cbrt(rng.uniform(_NEAREST_M**3, _FARTHEST_M**3, size=count))


def _places(setting: Setting, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.uniform(0.0, 1.2, size=(count, 2)) * (setting.camera.width_px, setting.camera.height_px)

"""A scene: a tower, a camera, what is thrown and what else moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samples.backdrop import paint_backdrop, wanted_px_per_m
from samples.building import Building, make_building
from samples.camera import Camera, frame_facade
from samples.canvas import Canvas
from samples.facade_texture import draw_facade
from samples.falling import draw_throw
from samples.layer import Layer, Setting
from samples.layers import make_layer
from samples.noise import DAY_SENSOR, NIGHT_SENSOR, Sensor, SensorNoise
from samples.objects import Throw
from samples.photographs import lay_photograph
from samples.shake import Shake
from samples.spec import SceneSpec
from samples.throws import choose_throws

_BLANK_GREY = 52
_BUILDING, _CAMERA, _TEXTURE, _THROWS, _LAYERS, _RATE, _SHAKE = range(7)


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene in which nothing is left to chance any more.

    Attributes:
        spec: The order.
        building: The tower.
        camera: The camera at rest.
        backdrop: What stands still; not to be drawn on.
        throws: In order of release.
        layers: From far to near.
        shake: Where the picture moves.
        frame_times_s: (n,) presentation time of each frame.
        exposures_s: (n,) middle of the exposure that each frame shows: the presentation time, or earlier where a frame
            repeats the one before it.
    """

    spec: SceneSpec
    building: Building
    camera: Camera
    backdrop: Canvas
    throws: tuple[Throw, ...]
    layers: tuple[Layer, ...]
    shake: Shake
    frame_times_s: NDArray[np.float64]
    exposures_s: NDArray[np.float64]

    @classmethod
    def build(
        cls,
        spec: SceneSpec,
        photographs: Sequence[Path] = (),
        recorded: tuple[Canvas, NDArray[np.float64]] | None = None,
    ) -> Scene:
        """Settle everything that a spec leaves open, from its seed.

        Args:
            spec: The order.
            photographs: Pictures of facades, one of which is laid on the wall; none where it is drawn.
            recorded: What stands still, and when each frame is presented, where a recording tells both.

        Returns:
            The scene, ready to be rendered.

        Raises:
            SceneError: The spec asks for what cannot be seen.
            BackgroundError: The photographs cannot be used.
        """
        building = make_building(f"b{spec.seed % 20 + 1}", spec.floors, spec.lobby, _rng(spec, _BUILDING))
        camera = _place_camera(spec, building)
        backdrop, frame_times_s = recorded or (
            _make_backdrop(spec, building, camera, photographs),
            _frame_times(spec),
        )
        setting = Setting(camera, building, backdrop.luma, spec.duration_s, spec.shutter_s, spec.is_night)
        throws = choose_throws(spec, setting, _rng(spec, _THROWS))
        setting = replace(setting, throws=throws)
        layer_rng = _rng(spec, _LAYERS)
        return cls(
            spec=spec,
            building=building,
            camera=camera,
            backdrop=backdrop,
            throws=throws,
            layers=tuple(make_layer(name, setting, layer_rng) for name in spec.layers),
            shake=Shake.make(spec.shake_px, _rng(spec, _SHAKE)),
            frame_times_s=frame_times_s,
            exposures_s=_exposures(spec, frame_times_s),
        )

    def draw(self, index: int) -> Canvas:
        """Draw one frame without sensor noise."""
        time_s = float(self.exposures_s[index])
        canvas = self.backdrop.copy()
        for layer in self.layers:
            if not layer.in_front:
                layer.draw(canvas, time_s)
        for throw in self.throws_nearest_last(time_s):
            draw_throw(canvas, throw, self.camera, time_s, self.spec.shutter_s)
        for layer in self.layers:
            if layer.in_front:
                layer.draw(canvas, time_s)
        right_px, down_px = self.shake.offset_px(time_s)
        return canvas.shifted(right_px, down_px) if self.spec.shake_px > 0.0 else canvas

    def throws_nearest_last(self, time_s: float) -> list[Throw]:
        """Tell in which order to draw what falls: what is nearer to the wall is hidden by what is farther from it."""
        return sorted(self.throws, key=lambda each: float(each.position_m(np.array([time_s]))[0, 2]))

    @property
    def sensor(self) -> Sensor:
        """Tell what sensor the camera has: by night it needs much gain."""
        return NIGHT_SENSOR if self.spec.is_night else DAY_SENSOR

    def make_noise(self) -> SensorNoise:
        """Make the grain of this scene's sensor; `add` it to a drawn frame."""
        return SensorNoise(self.sensor, self.spec.size_px, self.spec.seed)

    def path(self, throw: Throw) -> NDArray[np.float64]:
        """Return where a thrown object is seen.

        Args:
            throw: One of this scene's.

        Returns:
            (n, 4): presentation time in seconds, x and y in pixels, size in pixels (root of the visible area), for each
            frame at the middle of whose exposure it is in the air, inside the frame and not hidden.
        """
        flying = throw.is_flying(self.exposures_s)
        flying[flying] = self.camera.depth_m(throw.position_m(self.exposures_s[flying])) > 1.0
        times_s = self.exposures_s[flying]
        points_m = throw.position_m(times_s)
        steady_px = self.camera.project(points_m)
        pixels = steady_px + np.array([self.shake.offset_px(float(time_s)) for time_s in times_s]).reshape(-1, 2)
        depth_m = self.camera.depth_m(points_m)
        size_px = np.sqrt(np.prod(throw.sides_m(times_s), axis=1)) * self.camera.focal_px / depth_m
        seen = self.camera.contains(pixels) & ~self._hidden(steady_px, times_s)
        return np.column_stack([self.frame_times_s[flying], pixels, size_px])[seen]

    def _hidden(self, pixels: NDArray[np.float64], times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        hidden = [
            any(layer.in_front and layer.hides(float(x), float(y), float(time_s)) for layer in self.layers)
            for (x, y), time_s in zip(pixels, times_s, strict=True)
        ]
        return np.array(hidden, dtype=bool)


def _rng(spec: SceneSpec, purpose: int) -> np.random.Generator:
    return np.random.default_rng([spec.seed, purpose])


def _place_camera(spec: SceneSpec, building: Building) -> Camera:
    rng = _rng(spec, _CAMERA)
    position_m = (
        building.width_m * float(rng.uniform(0.35, 0.65)),
        float(rng.uniform(1.6, 4.0)),
        spec.distance_m,
    )
    heights_m = (building.slab_m(spec.lowest_floor), building.height_m + 1.0)
    turn_deg = (float(rng.uniform(-6.0, 6.0)), float(rng.uniform(-1.5, 1.5)))
    return frame_facade(spec.size_px, position_m, heights_m, turn_deg)


def _make_backdrop(spec: SceneSpec, building: Building, camera: Camera, photographs: Sequence[Path]) -> Canvas:
    if spec.is_blank:
        return Canvas.of_bgr(np.full((camera.height_px, camera.width_px, 3), _BLANK_GREY, np.uint8))
    rng = _rng(spec, _TEXTURE)
    px_per_m = wanted_px_per_m(camera, building.height_m, building.width_m)
    if photographs:
        chosen = photographs[int(rng.integers(len(photographs)))]
        texture = lay_photograph(chosen, building, px_per_m, spec.is_night, rng)
    else:
        texture = draw_facade(building, px_per_m, spec.is_night, rng)
    return Canvas.of_bgr(paint_backdrop(camera, texture, spec.is_night, rng))


def _frame_times(spec: SceneSpec) -> NDArray[np.float64]:
    count = round(spec.duration_s * spec.fps)
    times_s = np.arange(count) / spec.fps
    if not spec.variable_rate:
        return times_s
    late = np.floor(np.maximum(_rng(spec, _RATE).normal(0.2, 0.6, size=count - 1), 0.0)) + 1.0
    varied = np.concatenate([[0.0], np.cumsum(late)]) / spec.fps
    return varied[varied < spec.duration_s]


def _exposures(spec: SceneSpec, frame_times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    if spec.exposures_fps is None:
        return frame_times_s
    # A hair is added, or a frame at the very time of an exposure would show the one before.
    shown: NDArray[np.float64] = np.floor(frame_times_s * spec.exposures_fps + 1e-6) / spec.exposures_fps
    return shown

"""Choosing throws that the camera can see."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.errors import SceneError
from samples.layer import Setting
from samples.objects import KINDS, Look, Throw, Tumble, find_kind
from samples.spec import SceneSpec
from samples.trajectory import fly

_ATTEMPTS = 250
_BORDER_PX = 6.0
_DARKEST, _BRIGHTEST = 20.0, 232.0
_FIRST_RELEASE_S = 1.0
_TAIL_S = 1.0


@dataclass(frozen=True, slots=True)
class _Sighting:
    """Where a throw is in the picture, at even times."""

    pixels: NDArray[np.float64]
    inside: NDArray[np.bool_]
    step_s: float

    @property
    def seen_s(self) -> float:
        return float(self.inside.sum()) * self.step_s


def choose_throws(spec: SceneSpec, setting: Setting, rng: np.random.Generator) -> tuple[Throw, ...]:
    """Choose window, object, velocity and look for each throw of a scene.

    Windows are in view, objects have the size and contrast asked for and stay in view as long as asked for.
    Velocities at release follow the prior of how people throw: along the wall 0 +- 1 m/s, upward 0.3 +- 0.6, outward
    1.4 +- 1 and 0.2 at least.

    Args:
        spec: What is asked for.
        setting: Camera, tower and backdrop.
        rng: Source of chance.

    Returns:
        Throws in order of release.

    Raises:
        SceneError: Nothing of the kind asked for can be seen from such a floor.
    """
    throws = []
    for index, floor in enumerate(spec.throw_floors):
        release_s = _choose_release(spec, index, rng)
        throws.append(_choose_throw(spec, setting, floor, release_s, rng))
    return tuple(throws)


def _choose_release(spec: SceneSpec, index: int, rng: np.random.Generator) -> float:
    count = len(spec.throw_floors)
    if spec.volley_s is not None:
        return _FIRST_RELEASE_S + spec.volley_s * (index - 1 if index % 3 == 1 else index) / count
    slot_s = (spec.duration_s - _TAIL_S - _FIRST_RELEASE_S) / count
    return _FIRST_RELEASE_S + slot_s * (index + float(rng.uniform(0.0, 0.3)))


def _choose_throw(spec: SceneSpec, setting: Setting, floor: int, release_s: float, rng: np.random.Generator) -> Throw:
    for _ in range(_ATTEMPTS):
        throw = _draw_lots(spec, setting, floor, release_s, rng)
        if throw is None:
            continue
        sighting = _sight(throw, setting)
        if not sighting.inside[0] or sighting.seen_s < spec.least_view_s:
            continue
        chosen = _choose_look(spec, setting, sighting, rng)
        if chosen is not None:
            look, contrast = chosen
            return replace(throw, look=look, contrast=contrast)
    raise SceneError(
        f"scene {spec.name}: nothing of {spec.size_px_range[0]} to {spec.size_px_range[1]} px thrown from floor "
        f"{floor} stays in view for {spec.least_view_s} s with the contrast asked for: choose another floor, distance, "
        "size or contrast"
    )


def _draw_lots(
    spec: SceneSpec, setting: Setting, floor: int, release_s: float, rng: np.random.Generator
) -> Throw | None:
    building = setting.building
    names = spec.kinds or tuple(KINDS)
    kind = find_kind(names[int(rng.integers(len(names)))])
    unit = building.units[int(rng.integers(len(building.units)))]
    middle_m, half_m = (unit.left_m + unit.right_m) / 2.0, (unit.right_m - unit.left_m) / 2.0
    position_m = (
        middle_m + float(rng.uniform(-0.55, 0.55)) * half_m,
        building.slab_m(floor) + float(rng.uniform(0.9, 1.9)),
        float(rng.uniform(0.05, 0.3)),
    )
    velocity_m_s = (float(rng.normal(0.0, 1.0)), float(rng.normal(0.3, 0.6)), max(float(rng.normal(1.4, 1.0)), 0.2))
    scale = float(rng.uniform(0.9, 1.15))
    length_m, width_m = kind.length_m * scale, kind.width_m * scale
    phases = rng.uniform(0.0, 2.0 * np.pi, size=2)
    tumble = Tumble(float(rng.uniform(*kind.spin_hz)), float(phases[0]), float(phases[1]))
    terminal_m_s = kind.terminal_m_s * float(rng.uniform(0.9, 1.1))
    px_per_m = setting.camera.focal_px / float(setting.camera.depth_m(np.array([position_m]))[0])
    size_px = float(np.sqrt(tumble.visible_sides_m(length_m, width_m, np.zeros(1)).prod())) * px_per_m
    if not spec.size_px_range[0] <= size_px <= spec.size_px_range[1]:
        return None
    flight = fly(position_m, velocity_m_s, terminal_m_s)
    unseen = Look(0.0, 0.0, 0.0)
    return Throw(kind, length_m, width_m, tumble, release_s, floor, unit.name, flight, unseen, 0.0)


def _sight(throw: Throw, setting: Setting) -> _Sighting:
    step_s = 0.02
    times_s = np.arange(throw.release_s, min(throw.end_s, setting.duration_s), step_s)
    points_m = throw.position_m(times_s)
    camera = setting.camera
    depth_m = camera.depth_m(points_m)
    ahead = depth_m > 1.0
    pixels = np.full((len(points_m), 2), -1.0)
    pixels[ahead] = camera.project(points_m[ahead])
    border = (
        (pixels.min(axis=1) > _BORDER_PX)
        & (pixels[:, 0] < camera.width_px - _BORDER_PX)
        & (pixels[:, 1] < camera.height_px - _BORDER_PX)
    )
    return _Sighting(pixels, ahead & border, step_s)


def _choose_look(
    spec: SceneSpec, setting: Setting, sighting: _Sighting, rng: np.random.Generator
) -> tuple[Look, float] | None:
    """Choose a look and tell its median contrast to the wall behind the path, grey levels."""
    least, largest = spec.contrast_range
    around = cv2.blur(setting.backdrop_luma, (5, 5))
    seen = np.rint(sighting.pixels[sighting.inside]).astype(int)
    wall = around[seen[:, 1], seen[:, 0]].astype(np.float64)
    typical, wanted = float(np.median(wall)), float(rng.uniform(least, largest))
    lumas = [float(np.clip(typical + sign * wanted, _DARKEST, _BRIGHTEST)) for sign in (-1.0, 1.0)]
    rng.shuffle(lumas)
    for luma in lumas:
        contrast = np.abs(luma - wall)
        # Also the first tenths of a second, which give the floor away, and most of the way have to show it.
        if min(float(np.median(contrast[:10])), float(np.percentile(contrast, 30))) >= least:
            chroma = rng.normal(0.0, 6.0 if spec.is_night else 14.0, size=2)
            if float(np.median(contrast)) <= largest + least:
                return Look(luma, 128.0 + float(chroma[0]), 128.0 + float(chroma[1])), float(np.median(contrast))
    return None

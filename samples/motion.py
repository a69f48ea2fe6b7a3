"""Scenes for a network to learn from: short, crowded, each at another tower in another light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from samples.objects import KINDS, LIGHT_KINDS
from samples.spec import SceneSpec

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")

_FIRST_SEED = {"train": 50_000, "val": 60_000, "test": 70_000}
_SIZES = (((1280, 720), 2_500_000), ((1920, 1080), 4_000_000))
_DURATION_S = 6.0
_CROWD: tuple[tuple[str, int], ...] = (
    ("gondola", 1),
    ("person", 4),
    ("washing", 3),
    ("curtain", 3),
    ("drips", 2),
    ("lamp", 5),
    ("leaves", 2),
    ("tree", 1),
    ("dive", 3),
    ("bird", 5),
    ("insect", 4),
    ("moth", 3),
)
"""What may be in a scene, from far to near, and how often at most."""


def motion_scenes(split: Split, count: int) -> Iterator[SceneSpec]:
    """Yield the first so many scenes of a split; no scene is in two of them.

    Args:
        split: Which.
        count: How many.
    """
    for number in range(count):
        seed = _FIRST_SEED[split] + number
        yield _scene(f"{split}_{number:04d}", seed, np.random.default_rng([seed, 9]))


def _scene(name: str, seed: int, rng: np.random.Generator) -> SceneSpec:
    floors = int(rng.integers(10, 34))
    is_night = bool(rng.random() < 0.3)
    size_px, bitrate_bps = _SIZES[int(rng.random() < 0.4)]
    lowest_floor = max(floors // 3, 2)
    is_wet = bool(rng.random() < 0.3)
    return SceneSpec(
        name=name,
        seed=seed,
        size_px=size_px,
        fps=float(rng.choice([15.0, 25.0, 25.0, 25.0, 30.0])),
        duration_s=_DURATION_S,
        floors=floors,
        lobby=bool(rng.random() < 0.3),
        distance_m=1.1 * floors + float(rng.uniform(2.0, 10.0)),
        lowest_floor=lowest_floor,
        throw_floors=tuple(int(floor) for floor in rng.integers(lowest_floor + 3, floors, size=6)),
        kinds=(*KINDS, *LIGHT_KINDS) if rng.random() < 0.3 else (),
        size_px_range=(1.5, 40.0),
        contrast_range=(18.0, 170.0),
        is_night=is_night,
        shake_px=float(rng.uniform(0.4, 1.5)) if rng.random() < 0.2 else 0.0,
        layers=_layers(rng, is_wet=is_wet, is_night=is_night),
        bitrate_bps=int(bitrate_bps * rng.uniform(0.5, 1.5)),
        shutter_s=float(rng.uniform(0.01, 0.03)) if is_night or is_wet else float(rng.uniform(0.002, 0.01)),
        volley_s=4.0,
        least_view_s=0.5,
    )


def _layers(rng: np.random.Generator, *, is_wet: bool, is_night: bool) -> tuple[str, ...]:
    """Choose half of what there is, so that no scene has everything."""
    crowd = [(name,) * int(rng.integers(1, most + 1)) for name, most in _CROWD if rng.random() < 0.5]
    weather = (str(rng.choice(["rain", "snow"])),) if is_wet else ()
    light = ("cloud",) if rng.random() < 0.3 else ()
    mirror = ("mirror",) if rng.random() < 0.15 else ()
    infrared = ("infrared",) if is_night and rng.random() < 0.5 else ()
    return (*mirror, *(name for names in crowd for name in names), *weather, *light, *infrared)

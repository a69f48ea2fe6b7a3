"""Suites of one trouble each: what deceives, what hides, and how cameras spoil the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from samples.objects import LIGHT_KINDS
from samples.spec import SceneSpec
from samples.suite import Suite, on_towers

_CLIPS = 6
_DAY = SceneSpec("", 0)
_NIGHT = replace(_DAY, is_night=True, shutter_s=0.02, contrast_range=(35.0, 110.0))

# Floors, distance to the wall in metres, floors that something is thrown from.
_LOW_TOWERS: tuple[tuple[int, float, tuple[int, ...]], ...] = (
    (8, 16.0, (1, 5)),
    (10, 18.0, (2, 6)),
    (12, 20.0, (3,)),
    (9, 15.0, (4, 2)),
    (11, 20.0, (5,)),
    (12, 22.0, (6, 3)),
)


def trouble_suites() -> Iterator[Suite]:
    """Yield the suites, each of six clips with one or two throws, `volley` with ten."""
    yield from _deceivers()
    yield from _throws()
    yield from _recordings()


def _deceivers() -> Iterator[Suite]:
    covers = ("foliage", "board", "alike")
    yield _with_layers("hidden", "The first 0.5 to 1.6 s of each fall hidden or without contrast", 1300, covers * 2)
    error = replace(_DAY, site_error_px=4.0)
    yield Suite("offset", "Points of the site file up to 4 px off", on_towers("offset", 1400, [error] * _CLIPS))
    yield _with_layers("mirror", "Glass that mirrors what falls", 1500, ["mirror"] * _CLIPS)
    yield _with_layers(
        "dives", "Birds that dive and pull out, others level", 1600, [("dive", "dive", "dive", "bird", "bird")] * _CLIPS
    )
    swarm = replace(_NIGHT, layers=("insect",) * 6 + ("moth",) * 4 + ("infrared",))
    yield Suite(
        "insects", "Infrared, bright insects near the lens at night", on_towers("insects", 1700, [swarm] * _CLIPS)
    )
    yield _with_layers("leaves", "Leaves and scraps of paper that flutter down", 1800, ["leaves"] * _CLIPS)
    yield _with_layers(
        "laundry", "Washing that swings, curtains that billow", 1900, [("washing",) * 4 + ("curtain",) * 3] * _CLIPS
    )
    yield _with_layers(
        "gondola", "A cleaners' gondola, people at windows", 2000, [("gondola", "person", "person")] * _CLIPS
    )
    yield _with_layers("drips", "Air conditioners that drip", 2100, [("drips",) * 4] * _CLIPS)
    yield _with_layers("clouds", "Light that comes and goes", 2200, ["cloud", ("cloud", "cloud")] * (_CLIPS // 2))


def _throws() -> Iterator[Suite]:
    many = replace(_DAY, volley_s=3.5)
    volley = on_towers("volley", 2300, [many] * _CLIPS)
    yield Suite("volley", "Ten throws in 3.5 s, some together", tuple(_multiply(scene, 10) for scene in volley))
    light = replace(_DAY, kinds=tuple(LIGHT_KINDS), duration_s=14.0)
    yield Suite("light", "Cloth and paper, which sink at 1.5 to 4 m/s", on_towers("light", 2400, [light] * _CLIPS))
    low = on_towers("low", 2500, [replace(_DAY, least_view_s=0.35, min_floor=1)] * _CLIPS)
    scenes = tuple(
        replace(scene, floors=floors, distance_m=distance_m, lowest_floor=1, throw_floors=throw_floors)
        for scene, (floors, distance_m, throw_floors) in zip(low, _LOW_TOWERS, strict=True)
    )
    yield Suite("low", "Throws from floors 1 to 6", scenes)


def _recordings() -> Iterator[Suite]:
    for name, purpose, seed, spec in (
        ("fps15", "15 frames a second", 2600, replace(_DAY, fps=15.0)),
        ("fps30", "30 frames a second", 2700, replace(_DAY, fps=30.0)),
        ("lowrate", "Full HD at 1.5 Mbit/s", 2800, replace(_DAY, bitrate_bps=1_500_000)),
        ("repeats", "20 frames a second shown as 30 by repeating", 2900, replace(_DAY, fps=30.0, exposures_fps=20.0)),
        ("fourk", "3840 x 2160", 3000, replace(_DAY, size_px=(3840, 2160), bitrate_bps=12_000_000)),
    ):
        yield Suite(name, purpose, on_towers(name, seed, [spec] * _CLIPS))


def _with_layers(name: str, purpose: str, seed: int, layers: Iterable[str | Sequence[str]]) -> Suite:
    conditions = [replace(_DAY, layers=(each,) if isinstance(each, str) else tuple(each)) for each in layers]
    return Suite(name, purpose, on_towers(name, seed, conditions))


def _multiply(scene: SceneSpec, count: int) -> SceneSpec:
    """Let the throws of a scene be so many, from its floors and those about them."""
    highest = max(scene.throw_floors)
    floors = tuple(max(highest - index % 3, scene.lowest_floor + 3) for index in range(count))
    return replace(scene, throw_floors=floors)

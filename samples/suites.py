"""The suites of scenes, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from samples.errors import UnknownSuiteError
from samples.spec import SceneSpec


@dataclass(frozen=True, slots=True)
class Suite:
    """Scenes that ask one question of a detector.

    Attributes:
        name: As the command line takes it.
        purpose: One line for people.
        scenes: What is in it.
    """

    name: str
    purpose: str
    scenes: tuple[SceneSpec, ...]


_UHD = (3840, 2160)
_UHD_BITRATE = 12_000_000

# Floors, distance to the wall in metres, lowest floor in view, floors that something is thrown from.
_TOWERS: tuple[tuple[int, float, int, tuple[int, ...]], ...] = (
    (18, 24.0, 5, (14,)),
    (12, 20.0, 3, (9, 6)),
    (24, 30.0, 8, (19, 14)),
    (33, 36.0, 14, (28,)),
    (15, 22.0, 4, (12, 8)),
    (18, 28.0, 5, (17, 10)),
    (27, 34.0, 10, (22, 16)),
    (12, 18.0, 3, (11,)),
    (30, 38.0, 12, (26, 18)),
    (21, 26.0, 6, (16, 11)),
    (16, 25.0, 4, (13, 7)),
    (33, 40.0, 12, (31, 20)),
)


def _towers(name: str, seed: int, conditions: Iterable[SceneSpec]) -> tuple[SceneSpec, ...]:
    scenes = []
    for index, condition in enumerate(conditions):
        floors, distance_m, lowest_floor, throw_floors = _TOWERS[index]
        scenes.append(
            replace(
                condition,
                name=f"{name}_{index + 1:02d}",
                seed=seed + index,
                floors=floors,
                lobby=index % 3 == 2,
                distance_m=distance_m,
                lowest_floor=lowest_floor,
                throw_floors=throw_floors,
            )
        )
    return tuple(scenes)


def _clear() -> Suite:
    scenes = _towers("clear", 100, [SceneSpec("", 0)] * 12)
    sharp = replace(scenes[-1], size_px=_UHD, bitrate_bps=_UHD_BITRATE)
    return Suite("clear", "By day, nothing else moves, objects of 3 px and more", (*scenes[:-1], sharp))


def _demo() -> Suite:
    scene = SceneSpec(
        name="demo",
        seed=7,
        size_px=(1280, 720),
        duration_s=7.0,
        floors=18,
        distance_m=24.0,
        lowest_floor=5,
        throw_floors=(14,),
        kinds=("full_bottle",),
        size_px_range=(3.0, 12.0),
        contrast_range=(70.0, 170.0),
        bitrate_bps=1_200_000,
    )
    return Suite("demo", "The clip that the project ships: one bottle from floor 14 of 18", (scene,))


def _hard() -> Iterable[Suite]:
    day = SceneSpec("", 0)
    dark = replace(day, is_night=True, shutter_s=0.02, contrast_range=(35.0, 110.0))
    wet = replace(day, shutter_s=0.012, layers=("rain",))
    yield Suite("night", "Lit windows, dark wall, much gain", _towers("night", 200, [dark] * 6))
    yield Suite("rain", "Streaks of rain", _towers("rain", 300, [wet] * 6))
    yield Suite("snow", "Flakes of snow", _towers("snow", 400, [replace(day, layers=("snow",))] * 6))
    yield Suite(
        "birds", "Birds and insects", _towers("birds", 500, [replace(day, layers=("bird",) * 3 + ("insect",) * 2)] * 6)
    )
    yield Suite("shake", "A pole that sways", _towers("shake", 600, [replace(day, shake_px=1.5)] * 6))
    lit = replace(dark, layers=("lamp",) * 12)
    yield Suite("lamps", "Windows that are lit and go dark", _towers("lamps", 700, [lit] * 6))
    yield Suite(
        "trees", "A tree in the wind before a lower corner", _towers("trees", 800, [replace(day, layers=("tree",))] * 6)
    )
    yield Suite("small", "Objects of 1.5 to 3 px", _towers("small", 900, [replace(day, size_px_range=(1.5, 3.0))] * 6))
    faint = replace(day, contrast_range=(12.0, 30.0))
    yield Suite("faint", "Objects of 12 to 30 grey levels of contrast", _towers("faint", 1000, [faint] * 6))
    yield Suite("mixed", "Everything at once, at other frame rates too", _mixed(day))
    yield Suite("quiet", "Nothing is thrown, everything else moves", _quiet(day))


def _mixed(day: SceneSpec) -> tuple[SceneSpec, ...]:
    changes = (
        replace(day, layers=("washing", "washing", "bird", "insect", "tree")),
        replace(day, layers=("cloud", "bird", "bird", "washing"), fps=15.0),
        replace(day, layers=("rain", "tree", "cloud"), shake_px=0.6, shutter_s=0.012),
        replace(
            day, is_night=True, shutter_s=0.02, contrast_range=(35.0, 110.0), layers=("lamp",) * 6 + ("insect",) * 2
        ),
        replace(day, layers=("bird", "insect", "washing"), fps=30.0, variable_rate=True),
        replace(day, layers=("snow", "washing", "lamp"), fps=30.0),
    )
    return _towers("mixed", 1100, changes)


def _quiet(day: SceneSpec) -> tuple[SceneSpec, ...]:
    layers = (
        (),
        ("bird",) * 4,
        ("rain", "tree"),
        ("washing",) * 4 + ("insect",) * 3,
        ("snow", "cloud"),
        ("lamp",) * 8 + ("cloud", "tree", "bird", "insect"),
    )
    scenes = _towers("quiet", 1200, [day] * len(layers))
    return tuple(replace(scene, throw_floors=(), layers=names) for scene, names in zip(scenes, layers, strict=True))


SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (_demo(), _clear(), *_hard())})


def find_suite(name: str) -> Suite:
    """Find a suite by its name.

    Raises:
        UnknownSuiteError: There is none.
    """
    if name not in SUITES:
        raise UnknownSuiteError(f"no suite is called {name!r}: choose from {', '.join(SUITES)}")
    return SUITES[name]

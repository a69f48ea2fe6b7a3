"""The suites of scenes, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from samples.crowd import crowded_suites
from samples.errors import UnknownSuiteError
from samples.sensitivity import sensitivity_suite
from samples.spec import SceneSpec
from samples.suite import Suite, on_towers
from samples.troubles import trouble_suites

_UHD = (3840, 2160)
_UHD_BITRATE = 12_000_000


def _clear() -> Suite:
    scenes = on_towers("clear", 100, [SceneSpec("", 0)] * 12)
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
    yield Suite("night", "Lit windows, dark wall, much gain", on_towers("night", 200, [dark] * 6))
    yield Suite("rain", "Streaks of rain", on_towers("rain", 300, [wet] * 6))
    yield Suite("snow", "Flakes of snow", on_towers("snow", 400, [replace(day, layers=("snow",))] * 6))
    yield Suite(
        "birds",
        "Birds and insects",
        on_towers("birds", 500, [replace(day, layers=("bird",) * 3 + ("insect",) * 2)] * 6),
    )
    yield Suite("shake", "A pole that sways", on_towers("shake", 600, [replace(day, shake_px=1.5)] * 6))
    lit = replace(dark, layers=("lamp",) * 12)
    yield Suite("lamps", "Windows that are lit and go dark", on_towers("lamps", 700, [lit] * 6))
    yield Suite(
        "trees",
        "A tree in the wind before a lower corner",
        on_towers("trees", 800, [replace(day, layers=("tree",))] * 6),
    )
    yield Suite(
        "small", "Objects of 1.5 to 3 px", on_towers("small", 900, [replace(day, size_px_range=(1.5, 3.0))] * 6)
    )
    faint = replace(day, contrast_range=(12.0, 30.0))
    yield Suite("faint", "Objects of 12 to 30 grey levels of contrast", on_towers("faint", 1000, [faint] * 6))
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
    return on_towers("mixed", 1100, changes)


def _quiet(day: SceneSpec) -> tuple[SceneSpec, ...]:
    layers = (
        (),
        ("bird",) * 4,
        ("rain", "tree"),
        ("washing",) * 4 + ("insect",) * 3,
        ("snow", "cloud"),
        ("lamp",) * 8 + ("cloud", "tree", "bird", "insect"),
    )
    scenes = on_towers("quiet", 1200, [day] * len(layers))
    return tuple(replace(scene, throw_floors=(), layers=names) for scene, names in zip(scenes, layers, strict=True))


def _speed() -> Iterable[SceneSpec]:
    """Set scenes of 20 s, so that the first second, in which the background is learnt, counts for little."""
    day = SceneSpec("", 0, duration_s=20.0)
    wet = replace(day, layers=("rain",), shutter_s=0.012)
    scenes = {
        "quiet": day,
        "trees": replace(day, layers=("tree", "tree")),
        "rain": wet,
        "4k_quiet": replace(day, size_px=_UHD, bitrate_bps=_UHD_BITRATE),
        "4k_clutter": replace(wet, layers=("rain", "tree"), size_px=_UHD, bitrate_bps=_UHD_BITRATE),
        "throw": day,
    }
    for name, scene in zip(scenes, on_towers("speed", 5000, scenes.values()), strict=True):
        yield replace(scene, name=f"speed_{name}", throw_floors=scene.throw_floors[:1] if name == "throw" else ())


SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            *(_demo(), _clear(), *_hard(), *trouble_suites(), sensitivity_suite(), *crowded_suites()),
            Suite("speed", "What speed is measured on: quiet and cluttered, full HD and 4K", tuple(_speed())),
        )
    }
)


def find_suite(name: str) -> Suite:
    """Find a suite by its name.

    Raises:
        UnknownSuiteError: There is none.
    """
    if name not in SUITES:
        raise UnknownSuiteError(f"no suite is called {name!r}: choose from {', '.join(SUITES)}")
    return SUITES[name]

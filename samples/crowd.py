"""Minutes in which nothing is thrown and everything else moves, more than in life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samples.spec import SceneSpec
from samples.suite import Suite, on_towers

_CLIP_S = 60.0
_ALWAYS = ("gondola", *("person",) * 3, *("washing",) * 4, *("curtain",) * 3, *("drips",) * 3, *("lamp",) * 6)
_FLYING = (*("dive",) * 8, *("bird",) * 16, *("insect",) * 14, *("moth",) * 6)
_WEATHER = (
    ("leaves", "tree", "cloud"),
    ("rain", "tree", "cloud"),
    ("leaves", "cloud"),
    ("snow", "tree", "cloud"),
    ("leaves", "tree"),
)
_NIGHT_EVERY = 4


def crowded_suites() -> Iterator[Suite]:
    """Yield the suite of an hour, and one of ten minutes for those who cannot wait."""
    purpose = "Nothing is thrown, all distractors together, denser than life"
    yield Suite("crowded", f"{purpose}: an hour", crowd("crowded", 3200, minutes=60))
    yield Suite("crowded_short", f"{purpose}: ten minutes", crowd("crowded_short", 3100, minutes=10))


def crowd(name: str, seed: int, minutes: int) -> tuple[SceneSpec, ...]:
    """Order scenes of a minute each, every fourth of them at night by infrared.

    Args:
        name: Of the suite.
        seed: Of the first scene.
        minutes: How many.

    Returns:
        The scenes, in which nothing is thrown.
    """
    conditions = []
    for index in range(minutes):
        is_night = index % _NIGHT_EVERY == _NIGHT_EVERY - 1
        layers = (*_ALWAYS, *_FLYING, *_WEATHER[index % len(_WEATHER)], *(("infrared",) if is_night else ()))
        spec = SceneSpec("", 0, duration_s=_CLIP_S, layers=layers, is_night=is_night)
        conditions.append(replace(spec, shutter_s=0.02 if is_night else 0.005))
    return tuple(replace(scene, throw_floors=()) for scene in on_towers(name, seed, conditions))

"""The layers that a scene can ask for, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from samples.cover import Boards, grow_foliage
from samples.distractors import Bird, Insect, Lamp, Washing
from samples.dive import Dive
from samples.errors import UnknownSuiteError
from samples.flutter import Leaves
from samples.household import Curtain, Drips, Gondola, Person
from samples.layer import Layer, Setting
from samples.mirror import Mirror
from samples.tree import Tree
from samples.weather import Cloud, Infrared, Precipitation

LAYERS: Mapping[str, Callable[[Setting, np.random.Generator], Layer]] = MappingProxyType(
    {
        "alike": Boards.make_alike,
        "bird": Bird.make,
        "board": Boards.make,
        "cloud": Cloud.make,
        "curtain": Curtain.make,
        "dive": Dive.make,
        "drips": Drips.make,
        "foliage": grow_foliage,
        "gondola": Gondola.make,
        "infrared": Infrared.make,
        "insect": Insect.make,
        "lamp": Lamp.make,
        "leaves": Leaves.make,
        "mirror": Mirror.make,
        "moth": Insect.make_sinking,
        "person": Person.make,
        "rain": Precipitation.rain,
        "snow": Precipitation.snow,
        "tree": Tree.make,
        "washing": Washing.make,
    }
)


def make_layer(name: str, setting: Setting, rng: np.random.Generator) -> Layer:
    """Make a layer.

    Raises:
        UnknownSuiteError: No layer has that name.
    """
    if name not in LAYERS:
        raise UnknownSuiteError(f"no layer is called {name!r}: choose from {', '.join(LAYERS)}")
    return LAYERS[name](setting, rng)

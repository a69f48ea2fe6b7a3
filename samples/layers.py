"""The layers that a scene can ask for, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from samples.distractors import Bird, Insect, Lamp, Washing
from samples.errors import UnknownSuiteError
from samples.layer import Layer, Setting
from samples.tree import Tree
from samples.weather import Cloud, Precipitation

LAYERS: Mapping[str, Callable[[Setting, np.random.Generator], Layer]] = MappingProxyType(
    {
        "bird": Bird.make,
        "cloud": Cloud.make,
        "insect": Insect.make,
        "lamp": Lamp.make,
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

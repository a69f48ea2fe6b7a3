"""Small scenes that render in a moment."""

from dataclasses import replace

import pytest

from samples.scene import Scene
from samples.spec import SceneSpec

SMALL = SceneSpec(
    name="small",
    seed=3,
    size_px=(640, 360),
    duration_s=3.6,
    floors=10,
    distance_m=16.0,
    lowest_floor=3,
    throw_floors=(8,),
    kinds=("flowerpot",),
    bitrate_bps=1_500_000,
)


@pytest.fixture(scope="session")
def spec() -> SceneSpec:
    """Describe a tower of ten floors with one throw."""
    return SMALL


@pytest.fixture(scope="session")
def scene() -> Scene:
    """Build it."""
    return Scene.build(SMALL)


@pytest.fixture(scope="session")
def busy_scene() -> Scene:
    """Build one in which everything moves, at a variable frame rate."""
    layers = ("lamp", "washing", "bird", "insect", "rain", "snow", "cloud", "tree")
    return Scene.build(replace(SMALL, layers=layers, shake_px=1.0, variable_rate=True))

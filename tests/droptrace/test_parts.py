"""Parts that a benchmark switches off."""

from dataclasses import replace
from pathlib import Path

import pytest

from droptrace.errors import ConfigError
from droptrace.parts import Parts
from droptrace.pipeline import Pipeline
from floors.projection import make_facade
from floors.site import load_site
from tracking.fall import Fall
from vision.clock import SystemClock
from vision.opening import open_source

SAMPLES = Path(__file__).parents[2] / "samples"
ALL = Parts()


def falls(parts: Parts) -> list[Fall]:
    source = open_source(SAMPLES / "demo.mp4", clock=SystemClock())
    site = load_site(SAMPLES / "demo.site.toml").scaled_to(source.info.width, source.info.height)
    pipeline = Pipeline(source.info, site, make_facade(site), parts=parts)
    found = [fall for frame in source.frames() for fall in pipeline.step(frame)]
    found += pipeline.finish()
    source.close()
    return [fall for fall in found if fall.verdict == "confirmed"]


def test_parts_are_switched_off_by_name() -> None:
    assert Parts.without() == ALL
    assert Parts.without("trace-back", "clutter") == replace(ALL, trace_back=False, clutter=False)
    assert Parts.without("trace-back").label == "without trace-back"
    assert ALL.label == ""


def test_unknown_part_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no part is called 'gravity': choose from seeing, clutter, physics"):
        Parts.without("gravity")


@pytest.mark.parametrize("name", ["seeing", "clutter", "trace-back"])
def test_demo_needs_none_of_the_parts_that_are_for_harder_scenes(name: str) -> None:
    (fall,) = falls(Parts.without(name))
    assert fall.origin is not None
    assert fall.origin.floor == 14


def test_without_physics_no_test_in_space_is_made_and_the_first_sight_names_the_floor() -> None:
    (fall,) = falls(Parts.without("physics"))
    assert not any("of gravity" in reason for reason in fall.reasons)
    assert fall.origin is not None


def test_without_origin_the_first_sight_names_the_floor() -> None:
    (whole,), (without,) = falls(ALL), falls(Parts.without("origin"))
    assert whole.origin is not None
    assert without.origin is not None
    assert without.origin.probability < whole.origin.probability
    assert any("of gravity" in reason for reason in without.reasons)

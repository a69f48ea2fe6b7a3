"""Throws on recorded clips, from the file to the verdict."""

import json
from pathlib import Path

import pytest

from benchmarks.matching import agree
from droptrace.pipeline import Pipeline
from floors.projection import make_facade
from floors.site import load_site
from tracking.fall import Fall, PathPoint
from vision.clock import SystemClock
from vision.opening import open_source

CLIPS = Path(__file__).parents[3] / "shared" / "clips"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="the recorded clips are not beside the checkout"),
]


def confirmed_in(clip: Path) -> tuple[list[Fall], int]:
    """Run the pipeline over a clip; return what it confirmed and the height of the frame."""
    source = open_source(clip, clock=SystemClock())
    height_px = source.info.height
    site_file = clip.with_name(f"{clip.stem}.site.toml")
    site = load_site(site_file).scaled_to(source.info.width, height_px) if site_file.exists() else None
    pipeline = Pipeline(source.info, site, make_facade(site) if site else None, source=source)
    found = [fall for frame in source.frames() for fall in pipeline.step(frame)]
    found += pipeline.finish()
    source.close()
    return [fall for fall in found if fall.verdict == "confirmed"], height_px


def true_paths(clip: Path) -> list[list[PathPoint]]:
    truth = json.loads(clip.with_name(f"{clip.stem}.truth.json").read_text(encoding="utf-8"))
    return [[PathPoint(*point) for point in fall["path"]] for fall in truth["falls"]]


@pytest.mark.parametrize("name", ["tower.mp4", "roof_box.mp4"])
def test_recorded_throw_is_confirmed_once_along_its_true_path(name: str) -> None:
    found, height_px = confirmed_in(CLIPS / name)
    (truth,) = true_paths(CLIPS / name)
    assert len(found) == 1
    path = [(point.time_s, point.x_px, point.y_px) for point in found[0].path]
    agreement = agree(path, truth, height_px)
    assert agreement is not None
    assert agreement.hits >= 0.4 * len(truth)


def test_recorded_throw_is_traced_to_its_floor() -> None:
    (fall,), _ = confirmed_in(CLIPS / "tower.mp4")
    assert fall.origin is not None
    assert fall.origin.floor == 16
    assert not fall.below_min_floor

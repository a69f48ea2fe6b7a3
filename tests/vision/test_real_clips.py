"""Golden facts of the recorded clips that lie beside the checkout on some machines."""

from itertools import pairwise
from pathlib import Path

import pytest

from vision.source_file import FileSource

CLIPS = Path(__file__).parents[3] / "shared" / "clips"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="the recorded clips are not beside the checkout"),
]


def test_every_third_frame_of_the_tower_repeats_and_no_other() -> None:
    source = FileSource(CLIPS / "tower.mp4")
    frames = list(source.frames())
    assert len(frames) == 74
    assert [frame.index for frame in frames if frame.is_repeat] == list(range(3, 74, 3))


@pytest.mark.parametrize(("name", "count"), [("roof_box.mp4", 332), ("rain_yard.mp4", 376)])
def test_ordinary_frames_are_no_repeats(name: str, count: int) -> None:
    source = FileSource(CLIPS / name)
    assert sum(1 for _ in source.frames()) == count
    assert source.counts.repeats == 0


def test_variable_frame_rate_keeps_its_times() -> None:
    source = FileSource(CLIPS / "traffic_vfr.mp4")
    times_s = [frame.time_s for frame in source.frames()]
    assert len(times_s) == 576
    assert len({round(b - a, 3) for a, b in pairwise(times_s)}) > 1
    assert times_s[-1] == pytest.approx(34.48)
    assert source.counts.repeats == 0


def test_damaged_tree_gives_the_frames_that_decode() -> None:
    assert len(list(FileSource(CLIPS / "tree.avi").frames())) == 68


def test_rain_was_filmed_upright() -> None:
    source = FileSource(CLIPS / "rain_yard.mp4")
    assert (source.info.width, source.info.height, source.info.rotation_deg) == (368, 640, 90)
    first = next(source.frames())
    assert first.luma.shape == (640, 368)
    assert first.utc is not None
    assert first.utc.isoformat() == "2016-07-21T06:49:09+00:00"


def test_hostile_file_is_read_without_harm() -> None:
    assert len([frame.to_bgr() for frame in FileSource(CLIPS / "hostile.avi").frames()]) == 51

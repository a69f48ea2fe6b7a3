"""Real recordings: nothing is wrong with the cameras that took them, unless something is done to their pictures."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.health_scenes import Picture, Watched, defocused, hand, noisy
from vision.source_file import FileSource

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
NAMES = ("tower.mp4", "roof_box.mp4", "rain_yard.mp4", "traffic.mp4", "traffic_vfr.mp4", "tree.avi")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="the recorded clips are not beside the checkout"),
]


def looks(path: Path, count: int) -> Iterator[Picture]:
    """Give every tenth picture of a clip, again from its start where it is too short."""
    pictures = [frame.luma.copy() for frame in islice(FileSource(path).frames(), 0, 10 * count, 10)]
    return islice(cycle(pictures), count)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_clips_are_well(name: str) -> None:
    camera = Watched()
    for luma in looks(CLIPS / name, 20):
        camera.see(luma)
    assert (camera.told, camera.health.light) == ([], "day")


@pytest.mark.parametrize("name", NAMES)
def test_recorded_clips_in_the_dark_are_not_covered(name: str) -> None:
    camera, rng = Watched(), np.random.default_rng(1)
    for luma in looks(CLIPS / name, 20):
        camera.see(noisy(luma * 0.2 + 10.0, rng, 3.0))
    assert (camera.told, camera.health.light) == ([], "night")


@pytest.mark.parametrize("name", NAMES)
def test_a_hand_before_a_recorded_clip_is_told(name: str) -> None:
    camera, rng = Watched(), np.random.default_rng(1)
    for luma in looks(CLIPS / name, 10):
        camera.see(luma)
    cover = np.asarray(cv2.resize(hand(), luma.shape[::-1]))
    for _ in range(6):
        camera.see(noisy(cover, rng))
    assert [ailments for _, ailments in camera.told] == [("covered",)]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_clip_out_of_focus_is_told(name: str) -> None:
    camera, rng = Watched(), np.random.default_rng(1)
    for luma in looks(CLIPS / name, 16):
        camera.see(luma if camera.now_s < 16 else noisy(defocused(luma, 5.0), rng, 1.5))
    assert [ailments for _, ailments in camera.told] == [("blurred",)]

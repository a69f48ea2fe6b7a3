import pytest

from samples.errors import UnknownSuiteError
from samples.layers import LAYERS
from samples.objects import KINDS
from samples.suites import SUITES, Suite, find_suite


def test_clear_suite_is_twelve_days_without_distractors() -> None:
    scenes = find_suite("clear").scenes
    assert len(scenes) == 12
    assert sum(scene.size_px == (3840, 2160) for scene in scenes) == 1
    assert {scene.size_px for scene in scenes} == {(1920, 1080), (3840, 2160)}
    assert all(scene.size_px_range[0] >= 3.0 and scene.contrast_range[0] >= 35.0 for scene in scenes)
    assert all(not scene.layers and not scene.is_night and 12 <= scene.floors <= 33 for scene in scenes)
    assert all(max(scene.throw_floors) >= 7 and min(scene.throw_floors) >= 3 for scene in scenes)


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_suite_asks_for_what_exists(suite: Suite) -> None:
    names = [scene.name for scene in suite.scenes]
    assert len(set(names)) == len(names)
    for scene in suite.scenes:
        assert set(scene.layers) <= set(LAYERS)
        assert set(scene.kinds) <= set(KINDS)
        assert all(scene.lowest_floor + 2 < floor <= scene.floors for floor in scene.throw_floors)
        assert scene.size_px[0] % 2 == 0
        assert scene.size_px[1] % 2 == 0


def test_no_two_scenes_share_a_seed() -> None:
    seeds = [scene.seed for suite in SUITES.values() for scene in suite.scenes]
    assert len(set(seeds)) == len(seeds)


def test_unknown_suite_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownSuiteError, match="'fog'.*clear"):
        find_suite("fog")

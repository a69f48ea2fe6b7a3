import tomllib
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from samples.clip import frames
from samples.errors import UnknownSuiteError
from samples.layers import LAYERS
from samples.objects import KINDS, LIGHT_KINDS
from samples.scene import Scene
from samples.spec import SceneSpec
from samples.suite import Suite
from samples.suites import SUITES, find_suite
from samples.troubles import trouble_suites
from samples.truth import site_text


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
        assert set(scene.kinds) <= {*KINDS, *LIGHT_KINDS}
        assert all(scene.lowest_floor <= floor <= scene.floors for floor in scene.throw_floors)
        assert scene.size_px[0] % 2 == 0
        assert scene.size_px[1] % 2 == 0


def test_no_two_scenes_share_a_seed() -> None:
    seeds = [scene.seed for suite in SUITES.values() for scene in suite.scenes]
    assert len(set(seeds)) == len(seeds)


def test_unknown_suite_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownSuiteError, match="'fog'.*clear"):
        find_suite("fog")


TROUBLES = [suite for suite in trouble_suites() if suite.name != "volley"]


@pytest.mark.parametrize("suite", TROUBLES, ids=lambda suite: suite.name)
def test_suite_of_one_trouble_has_six_clips_of_one_or_two_throws(suite: Suite) -> None:
    assert len(suite.scenes) >= 6
    assert all(1 <= len(scene.throw_floors) <= 2 for scene in suite.scenes)


def test_volley_is_ten_throws_within_seconds_some_together() -> None:
    scene = Scene.build(replace(find_suite("volley").scenes[1], size_px=(960, 540), size_px_range=(1.5, 40.0)))
    releases_s = [throw.release_s for throw in scene.throws]
    assert len(releases_s) == 10
    assert releases_s == sorted(releases_s)
    assert releases_s[-1] - releases_s[0] <= 3.5
    assert len(set(releases_s)) == 7
    assert all(len(scene.path(throw)) > 10 for throw in scene.throws)


def test_light_things_sink_at_their_terminal_velocity() -> None:
    scene = Scene.build(replace(find_suite("light").scenes[1], size_px=(960, 540), size_px_range=(1.5, 40.0)))
    for throw in scene.throws:
        assert throw.kind.name in LIGHT_KINDS
        before, after = throw.position_m(throw.release_s + np.array([3.0, 3.2]))
        assert 1.5 <= (before[1] - after[1]) / 0.2 <= 4.0


def test_low_throws_are_in_view_from_the_first_floor() -> None:
    for spec in find_suite("low").scenes[:2]:
        scene = Scene.build(spec)
        assert [throw.floor for throw in scene.throws] == list(spec.throw_floors)
        assert all(len(scene.path(throw)) * 0.04 >= 0.3 for throw in scene.throws)


def test_crowd_is_as_long_as_asked_for_and_nothing_is_thrown() -> None:
    for name, minutes in (("crowded", 60), ("crowded_short", 10)):
        scenes = find_suite(name).scenes
        assert sum(scene.duration_s for scene in scenes) == minutes * 60.0
        assert not any(scene.throw_floors for scene in scenes)
    assert {"bird", "dive", "insect", "moth", "leaves", "drips", "gondola", "person", "curtain"} <= set(
        scenes[0].layers
    )


def test_points_of_the_site_file_are_off_by_at_most_what_is_asked_for(spec: SceneSpec, scene: Scene) -> None:
    exact = _points(scene)
    moved = _points(Scene.build(replace(spec, site_error_px=4.0)))
    away_px = np.linalg.norm(moved - exact, axis=1)
    assert 1.0 < away_px.max() <= 4.02
    assert np.ptp(moved - exact, axis=0).max() > 0.5


def _points(scene: Scene) -> np.ndarray:
    return np.array([point["px"] for point in tomllib.loads(site_text(scene))["facade"]["points"]])


def test_repeated_frames_are_the_same_picture_and_truth(spec: SceneSpec) -> None:
    scene = Scene.build(replace(spec, fps=30.0, exposures_fps=20.0, duration_s=2.4))
    pictures = [planes.copy() for planes in islice(frames(scene), 60)]
    alike = [np.array_equal(*pair) for pair in pairwise(pictures)]
    assert alike == [True, False, False] * 19 + [True, False]
    path = scene.path(scene.throws[0])
    assert np.all(np.isin(path[:, 0], scene.frame_times_s))
    assert np.count_nonzero(np.all(np.diff(path[:, 1:3], axis=0) == 0.0, axis=1)) == pytest.approx(len(path) / 3, abs=1)

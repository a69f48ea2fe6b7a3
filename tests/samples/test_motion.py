"""Scenes to learn from."""

from samples.labelled import CLASS_OF_LAYER
from samples.layers import LAYERS
from samples.motion import SPLITS, motion_scenes


def test_no_scene_is_in_two_splits() -> None:
    seeds = [{scene.seed for scene in motion_scenes(split, 1000)} for split in SPLITS]
    assert sum(map(len, seeds)) == len(set.union(*seeds)) == 3000


def test_more_scenes_keep_the_first_ones() -> None:
    assert list(motion_scenes("train", 20))[:5] == list(motion_scenes("train", 5))


def test_every_class_is_in_some_scene_and_no_scene_has_everything() -> None:
    scenes = list(motion_scenes("train", 60))
    asked = {name for scene in scenes for name in scene.layers}
    assert {CLASS_OF_LAYER.get(name) for name in asked} >= set(CLASS_OF_LAYER.values())
    assert asked <= set(LAYERS)
    assert all(set(scene.layers) < asked for scene in scenes)
    assert {scene.fps for scene in scenes} == {15.0, 25.0, 30.0}
    assert 0.1 < sum(scene.is_night for scene in scenes) / len(scenes) < 0.5

from dataclasses import replace

import cv2
import numpy as np
import pytest

from samples.errors import UnknownSuiteError
from samples.layer import Setting
from samples.layers import LAYERS, make_layer
from samples.scene import Scene
from samples.spec import SceneSpec
from samples.tree import Branch, Tree


@pytest.fixture(scope="module")
def setting(scene: Scene) -> Setting:
    return Setting(scene.camera, scene.building, scene.backdrop.luma, 8.0, 0.01, is_night=False)


@pytest.mark.parametrize("name", LAYERS)
def test_layer_moves_and_is_the_same_at_the_same_time(name: str, setting: Setting, scene: Scene) -> None:
    layer = make_layer(name, setting, np.random.default_rng(6))
    pictures = []
    for time_s in (*np.arange(0.0, 8.0, 0.5), 0.0):
        canvas = scene.backdrop.copy()
        layer.draw(canvas, float(time_s))
        pictures.append(canvas.luma.tobytes())
    assert len(set(pictures)) > 1
    assert pictures[0] == pictures[-1]


def test_unknown_layer_is_named_with_the_known_ones(setting: Setting) -> None:
    with pytest.raises(UnknownSuiteError, match="'fog'.*rain"):
        make_layer("fog", setting, np.random.default_rng(0))


def test_bird_flies_nearly_level(setting: Setting, scene: Scene) -> None:
    layer = make_layer("bird", replace(setting, duration_s=0.1), np.random.default_rng(1))
    places = []
    for time_s in np.arange(0.2, 6.0, 0.04):
        canvas = scene.backdrop.copy()
        layer.draw(canvas, float(time_s))
        change = cv2.absdiff(canvas.luma, scene.backdrop.luma)
        if change.any():
            rows, columns = np.nonzero(change)
            places.append((columns.mean(), rows.mean()))
    track = np.array(places)
    assert abs(track[-1, 0] - track[0, 0]) > 2.0 * abs(track[-1, 1] - track[0, 1])


def test_rain_falls_fast_and_never_covers_the_picture(setting: Setting, scene: Scene) -> None:
    canvas = scene.backdrop.copy()
    make_layer("rain", setting, np.random.default_rng(2)).draw(canvas, 1.0)
    changed = np.count_nonzero(canvas.luma != scene.backdrop.luma) / canvas.luma.size
    assert 0.0005 < changed < 0.3


def leaf(alpha: int) -> Tree:
    cover = np.full((20, 20), alpha, np.uint8)
    still = Branch(np.zeros_like(cover), cover, (100, 200), (10.0, 22.0), 0.0, (1.0, 1.0), (0.0, 0.0))
    return Tree((still,))


def test_tree_hides_what_is_behind_its_leaves_only() -> None:
    assert leaf(255).hides(110.0, 210.0, 0.3)
    assert not leaf(255).hides(140.0, 210.0, 0.3)
    assert not leaf(60).hides(110.0, 210.0, 0.3)


def test_hidden_part_is_missing_from_the_truth(spec: SceneSpec, scene: Scene) -> None:
    cover = np.full((60, 640), 255, np.uint8)
    hedge = Tree((Branch(np.zeros_like(cover), cover, (0, 200), (320.0, 70.0), 0.0, (1.0, 1.0), (0.0, 0.0)),))
    y_px = replace(scene, layers=(hedge,)).path(scene.throws[0])[:, 2]
    open_y_px = scene.path(scene.throws[0])[:, 2]
    assert np.any((open_y_px > 205) & (open_y_px < 255))
    assert not np.any((y_px > 205) & (y_px < 255))

from dataclasses import replace

import cv2
import numpy as np
import pytest

from samples.dive import Dive
from samples.errors import UnknownSuiteError
from samples.flutter import Leaves
from samples.household import Drips, Gondola
from samples.layer import Setting
from samples.layers import LAYERS, make_layer
from samples.mirror import Mirror
from samples.scene import Scene
from samples.spec import SceneSpec
from samples.tree import Branch, Tree


@pytest.fixture(scope="module")
def setting(scene: Scene) -> Setting:
    return Setting(scene.camera, scene.building, scene.backdrop.luma, 8.0, 0.01, is_night=False, throws=scene.throws)


STILL = {"alike", "board", "infrared"}


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in STILL])
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


def leaf(alpha: int, corner_px: tuple[int, int] = (100, 200)) -> Tree:
    cover = np.full((20, 20), alpha, np.uint8)
    still = Branch(np.zeros_like(cover), cover, corner_px, (10.0, 22.0), 0.0, (1.0, 1.0), (0.0, 0.0))
    return Tree((still,))


def test_tree_hides_what_is_behind_its_leaves_only() -> None:
    assert leaf(255).hides(110.0, 210.0, 0.3)
    assert not leaf(255).hides(140.0, 210.0, 0.3)
    assert not leaf(60).hides(110.0, 210.0, 0.3)


@pytest.mark.parametrize("shown_px", [0, 1, 2, 3])
def test_tree_may_be_in_view_by_a_column_of_pixels(scene: Scene, shown_px: int) -> None:
    canvas = scene.backdrop.copy()
    leaf(255, (canvas.luma.shape[1] - shown_px, 200)).draw(canvas, 0.3)
    changed = canvas.luma != scene.backdrop.luma
    assert changed[200:220].any(axis=0).sum() == shown_px


def test_hidden_part_is_missing_from_the_truth(spec: SceneSpec, scene: Scene) -> None:
    cover = np.full((60, 640), 255, np.uint8)
    hedge = Tree((Branch(np.zeros_like(cover), cover, (0, 200), (320.0, 70.0), 0.0, (1.0, 1.0), (0.0, 0.0)),))
    y_px = replace(scene, layers=(hedge,)).path(scene.throws[0])[:, 2]
    open_y_px = scene.path(scene.throws[0])[:, 2]
    assert np.any((open_y_px > 205) & (open_y_px < 255))
    assert not np.any((y_px > 205) & (y_px < 255))


@pytest.mark.parametrize("name", ["board", "foliage"])
def test_cover_hides_the_beginning_of_a_fall_and_leaves_the_rest(name: str, setting: Setting, scene: Scene) -> None:
    covered = replace(scene, layers=(make_layer(name, setting, np.random.default_rng(4)),))
    throw = scene.throws[0]
    path, open_path = covered.path(throw), scene.path(throw)
    hidden = ~np.isin(open_path[:, 0], path[:, 0])
    assert np.mean(hidden[open_path[:, 0] < throw.release_s + 0.4]) > 0.7
    assert np.count_nonzero(~hidden[open_path[:, 0] > throw.release_s + 0.5]) * 0.04 > 0.4


def test_wall_alike_takes_the_contrast_of_the_beginning_away(setting: Setting, scene: Scene) -> None:
    covered = replace(scene, layers=(make_layer("alike", setting, np.random.default_rng(4)),))
    throw = scene.throws[0]
    still = covered.draw(0).luma.astype(int)
    index = int(np.searchsorted(scene.frame_times_s, throw.release_s + 0.3))
    faint = np.abs(covered.draw(index).luma - still).max()
    plain = np.abs(scene.draw(index).luma.astype(int) - scene.backdrop.luma).max()
    assert faint < 0.25 * plain
    assert len(covered.path(throw)) == len(scene.path(throw))


def test_mirror_image_is_where_the_same_object_behind_the_wall_would_be(setting: Setting, scene: Scene) -> None:
    mirror = make_layer("mirror", setting, np.random.default_rng(4))
    throw = scene.throws[0]
    canvas, still = scene.backdrop.copy(), scene.backdrop.copy()
    time_s = throw.release_s + 0.7
    mirror.draw(canvas, time_s)
    mirror.draw(still, 0.0)
    change = cv2.absdiff(canvas.luma, still.luma)
    rows, columns = np.nonzero(change > 4)
    expected = scene.camera.project(throw.position_m(np.array([time_s])) * [1.0, 1.0, -1.0])[0]
    assert (columns.mean(), rows.mean()) == pytest.approx(expected, abs=2.0)


def test_mirror_has_about_half_of_the_contrast_and_only_within_glass(setting: Setting, scene: Scene) -> None:
    mirror = make_layer("mirror", setting, np.random.default_rng(4))
    assert isinstance(mirror, Mirror)
    assert 0.4 <= mirror.reflectance <= 0.6
    bare = replace(mirror, masks=tuple(np.zeros_like(mask) for mask in mirror.masks))
    canvas, still = scene.backdrop.copy(), scene.backdrop.copy()
    bare.draw(canvas, scene.throws[0].release_s + 0.7)
    bare.draw(still, 0.0)
    assert np.array_equal(canvas.planes, still.planes)


def test_bird_dives_at_constant_speed_and_pulls_out_level(setting: Setting) -> None:
    dive = make_layer("dive", setting, np.random.default_rng(5))
    assert isinstance(dive, Dive)
    steps_px = np.linalg.norm(np.diff(dive.place_px, axis=0), axis=1)
    assert steps_px == pytest.approx(np.full(len(steps_px), steps_px[0]))
    assert abs(np.sin(dive.heading)).max() > 0.85
    assert np.sin(dive.heading[[0, -1]]) == pytest.approx([0.0, 0.0], abs=1e-9)


def test_leaves_sink_at_one_to_two_and_a_half_metres_a_second(setting: Setting) -> None:
    layer = make_layer("leaves", setting, np.random.default_rng(5))
    assert isinstance(layer, Leaves)
    times_s = np.array([0.0, 60.0])
    for leaf in layer.leaves:
        heights_m = leaf.place_m(times_s)[:, 1]
        assert 0.99 <= (heights_m[0] - heights_m[1]) / 60.0 <= 2.51


def test_drops_fall_again_and_again_from_one_place(setting: Setting) -> None:
    layer = make_layer("drips", setting, np.random.default_rng(5))
    assert isinstance(layer, Drips)
    assert len(layer.falls_at_s) >= 5
    assert all(0.3 < gap_s < 2.0 for gap_s in np.diff(layer.falls_at_s))


def test_gondola_moves_evenly_and_slowly(setting: Setting) -> None:
    layer = make_layer("gondola", setting, np.random.default_rng(5))
    assert isinstance(layer, Gondola)
    assert 0.15 <= abs(layer.speed_m_s) <= 0.45


def test_infrared_has_no_colour(setting: Setting, scene: Scene) -> None:
    canvas = scene.backdrop.copy()
    make_layer("infrared", setting, np.random.default_rng(5)).draw(canvas, 0.0)
    assert all(np.all(plane == 128) for plane in canvas.chroma)
    assert np.array_equal(canvas.luma, scene.backdrop.luma)

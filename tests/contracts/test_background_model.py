"""What every background model keeps to, whatever it learns."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.background import BackgroundModel, RunningBackground
from vision.comparison import KnnBackground, Mog2Background

Picture = NDArray[np.uint8]
MakeModel = Callable[[Picture], BackgroundModel]

WIDTH_PX, HEIGHT_PX = 96, 64
WALL, NOISE = 110.0, 2.0
WARM_UP = 40
EVERYWHERE = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)


@pytest.fixture(params=[RunningBackground, Mog2Background, KnnBackground])
def make_model(request: pytest.FixtureRequest) -> MakeModel:
    make: MakeModel = request.param
    return make


def wall(rng: np.random.Generator) -> Picture:
    return np.rint(WALL + NOISE * rng.standard_normal((HEIGHT_PX, WIDTH_PX))).astype(np.uint8)


def warmed_up(model: BackgroundModel, rng: np.random.Generator) -> BackgroundModel:
    for _ in range(WARM_UP):
        model.apply(wall(rng))
    return model


@pytest.mark.parametrize("step", [60, -60])
def test_dot_is_found_at_its_place_with_its_sign(make_model: MakeModel, step: int) -> None:
    rng = np.random.default_rng(3)
    model = warmed_up(make_model(EVERYWHERE), rng)
    picture = wall(rng)
    picture[20:24, 50:53] = WALL + step
    seen = model.apply(picture)
    dot = {(x, y) for x in range(50, 53) for y in range(20, 24)}
    found = {(int(x), int(y)) for x, y in seen.points_px}
    assert dot <= found
    assert len(found - dot) <= 2
    on_dot = [tuple(p) in dot for p in seen.points_px.tolist()]
    assert np.allclose(seen.difference[on_dot], step, atol=8)


def test_points_differences_and_excesses_go_together(make_model: MakeModel) -> None:
    rng = np.random.default_rng(4)
    model = warmed_up(make_model(EVERYWHERE), rng)
    picture = wall(rng)
    picture[40, 70] = 250
    seen = model.apply(picture)
    assert seen.points_px.dtype == np.int32
    assert seen.difference.dtype == np.int16
    assert seen.excess.dtype == np.float32
    assert len(seen.points_px) == len(seen.difference) == len(seen.excess) > 0
    assert (seen.excess >= 1).all()
    assert seen.points_px[np.argmax(seen.excess)].tolist() == [70, 40]


def test_masked_pixels_are_never_reported(make_model: MakeModel) -> None:
    rng = np.random.default_rng(5)
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    mask[10:50, 21:80] = 255
    mask[20:30, 40:50] = 0
    model = warmed_up(make_model(mask), rng)
    for x_px in range(0, WIDTH_PX - 4, 4):
        picture = wall(rng)
        picture[::6, x_px : x_px + 3] = 230
        seen = model.apply(picture)
        assert mask[seen.points_px[:, 1], seen.points_px[:, 0]].all()


def test_points_of_a_zone_are_in_pixels_of_the_full_frame(make_model: MakeModel) -> None:
    rng = np.random.default_rng(6)
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    mask[17:60, 33:90] = 255
    model = warmed_up(make_model(mask), rng)
    picture = wall(rng)
    picture[25, 61] = 250
    seen = model.apply(picture)
    assert [61, 25] in seen.points_px.tolist()


def test_still_scene_gives_almost_nothing_after_warm_up(make_model: MakeModel) -> None:
    rng = np.random.default_rng(7)
    model = warmed_up(make_model(EVERYWHERE), rng)
    counts = [len(model.apply(wall(rng)).points_px) for _ in range(20)]
    assert sum(counts) <= 1e-4 * 20 * EVERYWHERE.size


def test_what_changed_for_good_is_absorbed(make_model: MakeModel) -> None:
    rng = np.random.default_rng(8)
    model = warmed_up(make_model(EVERYWHERE), rng)
    counts = []
    for _ in range(200):
        picture = wall(rng)
        picture[30:36, 30:36] = np.clip(picture[30:36, 30:36].astype(int) + 50, 0, 255)
        counts.append(len(model.apply(picture).points_px))
    assert counts[0] >= 36
    assert sum(counts[-10:]) <= 10


def test_first_frame_says_nothing(make_model: MakeModel) -> None:
    seen = make_model(EVERYWHERE).apply(wall(np.random.default_rng(9)))
    assert not len(seen.points_px)
    assert not seen.overloaded


def test_mask_with_nothing_in_it_never_reports(make_model: MakeModel) -> None:
    rng = np.random.default_rng(10)
    model = make_model(np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8))
    for _ in range(4):
        seen = model.apply(wall(rng))
        assert not len(seen.points_px)
        assert not seen.overloaded


def test_frame_in_which_everything_changes_is_overloaded_and_empty(make_model: MakeModel) -> None:
    rng = np.random.default_rng(11)
    model = warmed_up(make_model(EVERYWHERE), rng)
    seen = model.apply(wall(rng) + np.uint8(70))
    assert seen.overloaded
    assert not len(seen.points_px)


def test_given_frame_is_left_as_it_was(make_model: MakeModel) -> None:
    rng = np.random.default_rng(12)
    model = make_model(EVERYWHERE)
    for _ in range(6):
        picture = wall(rng)
        before = picture.copy()
        picture.flags.writeable = False
        model.apply(picture)
        assert np.array_equal(picture, before)

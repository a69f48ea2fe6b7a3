"""The running background: what it learns, pixel by pixel, and where uint8 ends."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.background import BackgroundSettings, RunningBackground, find_points

Picture = NDArray[np.uint8]


def everywhere(width: int = 64, height: int = 48) -> Picture:
    return np.full((height, width), 255, np.uint8)


def flat(level: int, width: int = 64, height: int = 48) -> Picture:
    return np.full((height, width), level, np.uint8)


def with_pixel(level: int, x_px: int, y_px: int, value: int) -> Picture:
    picture = flat(level)
    picture[y_px, x_px] = value
    return picture


def fed(background: RunningBackground, picture: Picture, count: int) -> RunningBackground:
    for _ in range(count):
        background.apply(picture)
    return background


def test_threshold_of_a_silent_wall_is_the_floor() -> None:
    background = fed(RunningBackground(everywhere(), BackgroundSettings(floor_levels=9)), flat(100), 6)
    assert not len(background.apply(with_pixel(100, 10, 10, 109)).points_px)
    seen = background.apply(with_pixel(100, 10, 10, 110))
    assert seen.points_px.tolist() == [[10, 10]]
    assert seen.difference.tolist() == [10]
    assert seen.excess == pytest.approx([10 / 9])


def test_median_moves_one_level_every_nth_frame() -> None:
    # Settings that let no threshold grow, so that the way of the median alone can be followed: 20 levels, 40 frames.
    settings = BackgroundSettings(hit_raise=0, update_every=2)
    background = fed(RunningBackground(everywhere(), settings), flat(100), 4)
    changed = with_pixel(100, 5, 7, 120)
    differences = [background.apply(changed).difference.tolist() for _ in range(10)]
    assert differences == [[20], [20], [19], [19], [18], [18], [17], [17], [16], [16]]


def test_settled_scene_in_which_nothing_stirs_learns_every_eighth_frame() -> None:
    settings = BackgroundSettings(hit_raise=0, settling_frames=10, stirring_fraction=0.01)
    background = fed(RunningBackground(everywhere(), settings), flat(100), 10)
    changed = with_pixel(100, 5, 7, 120)
    differences = [int(background.apply(changed).difference[0]) for _ in range(32)]
    assert differences[0] - differences[-1] in (3, 4)


def test_scene_that_stirs_learns_every_second_frame_again() -> None:
    settings = BackgroundSettings(hit_raise=0, settling_frames=10, stirring_fraction=1e-3)
    background = fed(RunningBackground(everywhere(), settings), flat(100), 10)
    stirring = flat(100)
    stirring[:2, :8] = 140  # 16 pixels, where three stir
    fed(background, stirring, 5)
    differences = [int(background.apply(stirring).difference[0]) for _ in range(9)]
    assert differences[0] - differences[-1] == 4


def test_single_frame_that_is_full_of_changes_does_not_stir_the_scene() -> None:
    settings = BackgroundSettings(hit_raise=0, settling_frames=10, stirring_fraction=1e-3)
    background = fed(RunningBackground(everywhere(), settings), flat(100), 10)
    redrawn = flat(100)
    redrawn[:8, :8] = 140
    background.apply(redrawn)
    changed = with_pixel(100, 5, 20, 120)
    differences = [int(background.apply(changed).difference[-1]) for _ in range(17)]
    assert differences[0] - differences[-1] == 2


def test_pixel_that_flickers_raises_its_own_threshold_and_no_other() -> None:
    background = fed(RunningBackground(everywhere()), flat(100), 4)
    seen = []
    for i in range(120):
        seen.append(len(background.apply(with_pixel(100, 20, 20, 100 + 40 * (i % 3 == 0))).points_px))
    assert sum(seen[:12]) >= 3
    assert sum(seen[-60:]) <= 3  # of 20 flickers
    # Its neighbour is as keen as ever.
    assert background.apply(with_pixel(100, 21, 20, 110)).points_px.tolist() == [[21, 20]]


def test_threshold_sinks_again_when_the_flicker_ends() -> None:
    background = fed(RunningBackground(everywhere()), flat(100), 4)
    for i in range(120):
        background.apply(with_pixel(100, 20, 20, 100 + 40 * (i % 3 == 0)))
    assert not len(background.apply(with_pixel(100, 20, 20, 115)).points_px)
    fed(background, flat(100), 300)
    assert background.apply(with_pixel(100, 20, 20, 115)).points_px.tolist() == [[20, 20]]


def test_threshold_settles_at_more_than_five_deviations_of_the_noise() -> None:
    # Eight medians of |x| for x ~ N(0, 4) are 8 * 0.6745 * 4 = 21.6; a step of 16 hides in it, one of 40 does not.
    rng = np.random.default_rng(2)
    background = RunningBackground(everywhere())
    for _ in range(300):
        background.apply(np.rint(128 + 4 * rng.standard_normal((48, 64))).astype(np.uint8))
    probe = flat(128)
    probe[10:14, 10:50] += 16
    probe[30:34, 10:50] += 40
    rows = background.apply(probe).points_px[:, 1]
    assert np.mean((rows >= 10) & (rows < 14)) < 0.1
    assert ((rows >= 30) & (rows < 34)).sum() > 150


def test_noise_is_guessed_from_the_first_two_frames() -> None:
    rng = np.random.default_rng(3)
    background = RunningBackground(everywhere(320, 240))
    counts = []
    for _ in range(12):
        noisy = np.rint(128 + 5 * rng.standard_normal((240, 320))).astype(np.uint8)
        counts.append(len(background.apply(noisy).points_px))
    assert max(counts) < 0.01 * 320 * 240


@pytest.mark.parametrize(
    ("level", "value", "difference"), [(0, 60, 60), (255, 195, -60), (0, 255, 255), (255, 0, -255)]
)
def test_walls_at_the_ends_of_the_scale_do_not_wrap(level: int, value: int, difference: int) -> None:
    background = fed(RunningBackground(everywhere()), flat(level), 20)
    assert not len(background.apply(flat(level)).points_px)
    seen = background.apply(with_pixel(level, 3, 4, value))
    assert seen.points_px.tolist() == [[3, 4]]
    assert seen.difference.tolist() == [difference]


def test_pixel_that_jumps_over_the_whole_scale_does_not_overflow_its_threshold() -> None:
    background = fed(RunningBackground(everywhere()), flat(0), 4)
    seen = [len(background.apply(with_pixel(0, 8, 8, 255 * (i % 2))).points_px) for i in range(400)]
    assert sum(seen[-100:]) == 0


@pytest.mark.parametrize("width", [61, 64, 7])
def test_frames_of_any_width_are_read_alike(width: int) -> None:
    background = fed(RunningBackground(everywhere(width, 33)), flat(90, width, 33), 4)
    picture = flat(90, width, 33)
    for x_px, y_px in ((0, 0), (width - 1, 0), (3, 17), (width - 1, 32)):
        picture[y_px, x_px] = 200
    found = {(int(x), int(y)) for x, y in background.apply(picture).points_px}
    assert found == {(0, 0), (width - 1, 0), (3, 17), (width - 1, 32)}


def test_zone_at_the_right_edge_stays_inside_the_frame() -> None:
    mask = np.zeros((33, 61), np.uint8)
    mask[5:20, 50:61] = 255
    background = fed(RunningBackground(mask), flat(90, 61, 33), 4)
    picture = flat(90, 61, 33)
    picture[10, 60] = picture[10, 49] = picture[25, 55] = 200
    assert background.apply(picture).points_px.tolist() == [[60, 10]]


def test_lamp_that_switches_on_overloads_one_frame_and_is_then_known() -> None:
    rng = np.random.default_rng(5)

    def scene(level: float) -> Picture:
        return np.rint(level + 2 * rng.standard_normal((48, 64))).astype(np.uint8)

    background = RunningBackground(everywhere())
    for _ in range(20):
        background.apply(scene(60))
    lit = background.apply(scene(140))
    assert lit.overloaded
    assert not len(lit.points_px)
    for _ in range(5):
        after = background.apply(scene(140))
        assert not after.overloaded
        assert len(after.points_px) < 5
    dot = scene(140)
    dot[20:23, 30:33] = 240
    assert len(background.apply(dot).points_px) >= 9


def test_lamp_that_lights_less_than_the_overload_is_reported() -> None:
    background = fed(RunningBackground(everywhere(), BackgroundSettings(overload_fraction=0.3)), flat(60), 4)
    picture = flat(60)
    picture[:12] = 140
    seen = background.apply(picture)
    assert not seen.overloaded
    assert len(seen.points_px) == 12 * 64


def test_overload_counts_looked_at_pixels_only() -> None:
    mask = np.zeros((48, 64), np.uint8)
    mask[:, :8] = 255
    background = fed(RunningBackground(mask), flat(60), 4)
    picture = flat(60)
    picture[:, 4:8] = 140
    assert background.apply(picture).overloaded


def test_points_are_listed_row_by_row_for_whole_words_and_odd_widths() -> None:
    for width in (16, 13):
        mask = np.zeros((5, width), np.uint8)
        mask[1, 2] = mask[1, 11] = mask[4, 0] = 255
        assert find_points(mask).tolist() == [[2, 1], [11, 1], [0, 4]]


def test_empty_mask_lists_no_points() -> None:
    assert find_points(np.zeros((4, 16), np.uint8)).shape == (0, 2)


def speckled(rng: np.random.Generator, count: int, step: int) -> Picture:
    """Show a wall of 100 with `count` pixels that differ by 10 to `step` levels."""
    picture = flat(100, 320, 240)
    picture.reshape(-1)[rng.choice(picture.size, count, replace=False)] += rng.integers(10, step, count, dtype=np.uint8)
    return picture


def test_key_frame_that_redraws_the_wall_raises_the_threshold_for_itself_alone() -> None:
    rng = np.random.default_rng(6)
    background = fed(RunningBackground(everywhere(320, 240)), flat(100, 320, 240), 20)
    key_frame = speckled(rng, 2000, 17)
    key_frame[100:108, 100:108] = 160
    seen = background.apply(key_frame)
    on_dot = ((seen.points_px >= 100) & (seen.points_px < 108)).all(axis=1)
    assert on_dot.sum() == 64
    assert 200 - 64 <= (~on_dot).sum() < 700
    assert background.apply(speckled(rng, 150, 17)).points_px.shape[0] == 150


def test_large_faint_object_keeps_enough_of_its_points() -> None:
    background = fed(RunningBackground(everywhere(320, 240)), flat(100, 320, 240), 20)
    picture = flat(100, 320, 240)
    picture[50:80, 50:80] = 112
    seen = background.apply(picture)
    assert len(seen.points_px) == 900

"""A picture moved by a known amount is found to have moved by it, and is moved back."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vision.background import RunningBackground
from vision.patches import choose_patches
from vision.stabilise import Stabiliser, StabiliserSettings, move_back

Picture = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX = 640, 384
LARGE = 64


def facade(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a wall of blotches, larger than the picture by 64 px on each side."""
    shape = (HEIGHT_PX + 2 * LARGE, WIDTH_PX + 2 * LARGE)
    blotches = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), 4.0)
    return np.asarray(110 + 25 * blotches / blotches.std(), np.float64)


def seen(wall: NDArray[np.float64], right_px: float, down_px: float, rng: np.random.Generator) -> Picture:
    """Show a wall moved right and down, with noise of 2 levels; moved exactly, by a turn of phases."""
    spectrum = np.fft.rfft2(wall)
    turn_x = np.exp(-2j * np.pi * np.fft.rfftfreq(wall.shape[1]) * right_px)
    turn_y = np.exp(-2j * np.pi * np.fft.fftfreq(wall.shape[0]) * down_px)[:, None]
    moved = np.fft.irfft2(spectrum * turn_x * turn_y, wall.shape)[LARGE:-LARGE, LARGE:-LARGE]
    return np.clip(np.rint(moved + 2 * rng.standard_normal(moved.shape)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("moved_px", [(0.4, 0.0), (0.0, -0.5), (1.3, -0.8), (-3.5, 2.25)])
def test_sub_pixel_movement_is_measured_to_a_tenth_of_a_pixel(moved_px: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    stabiliser.steady(seen(wall, 0, 0, rng))
    stabiliser.steady(seen(wall, *moved_px, rng))
    assert stabiliser.is_shaking
    assert stabiliser.moved_px == pytest.approx(moved_px, abs=0.1)


def test_knock_of_many_pixels_is_found_by_searching() -> None:
    rng = np.random.default_rng(2)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    stabiliser.steady(seen(wall, 0, 0, rng))
    stabiliser.steady(seen(wall, 17.4, -21.7, rng))
    assert stabiliser.moved_px == pytest.approx((17.4, -21.7), abs=0.1)


def test_steady_frame_looks_like_the_first() -> None:
    rng = np.random.default_rng(3)
    wall = facade(rng)
    still = seen(wall, 0, 0, rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    stabiliser.steady(still)
    shaken = seen(wall, 2.6, -1.7, rng)
    inner = np.s_[8:-8, 8:-8]
    before = np.abs(shaken.astype(int) - still)[inner].mean()
    after = np.abs(stabiliser.steady(shaken).astype(int) - still)[inner].mean()
    assert before > 8
    # What is left is the noise of two pictures: 2 levels each, one of them smoothed.
    assert after < 2.4


def test_frames_of_a_still_camera_are_handed_on_as_they_are() -> None:
    rng = np.random.default_rng(4)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    for _ in range(5):
        picture = seen(wall, 0, 0, rng)
        assert stabiliser.steady(picture) is picture
    assert stabiliser.moved_px == pytest.approx((0, 0), abs=0.05)


def test_light_that_changes_by_a_third_is_no_movement() -> None:
    rng = np.random.default_rng(5)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    stabiliser.steady(seen(wall, 0, 0, rng))
    stabiliser.steady(seen(wall * 0.65 + 9, 0, 0, rng))
    assert not stabiliser.is_shaking
    assert stabiliser.moved_px == pytest.approx((0, 0), abs=0.1)


def test_tree_that_sways_in_a_third_of_the_picture_moves_nothing() -> None:
    rng = np.random.default_rng(6)
    wall, tree = facade(rng), facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    for right_px in (0.0, 1.0, 2.0, 1.0):
        picture = seen(wall, 0, 0, rng)
        picture[:, : WIDTH_PX // 3] = seen(tree, right_px, 0, rng)[:, : WIDTH_PX // 3]
        assert stabiliser.steady(picture) is picture


def test_wall_without_texture_is_left_alone() -> None:
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    rng = np.random.default_rng(7)
    for _ in range(3):
        picture = np.clip(90 + 2 * rng.standard_normal((HEIGHT_PX, WIDTH_PX)), 0, 255).astype(np.uint8)
        assert stabiliser.steady(picture) is picture


def test_camera_that_came_to_rest_is_no_longer_moved() -> None:
    rng = np.random.default_rng(8)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX, StabiliserSettings(calm_frames=5))
    stabiliser.steady(seen(wall, 0, 0, rng))
    stabiliser.steady(seen(wall, 1.5, 0, rng))
    assert stabiliser.is_shaking
    for _ in range(7):
        stabiliser.steady(seen(wall, 0, 0, rng))
    assert not stabiliser.is_shaking


def test_another_scene_is_taken_as_it_is_after_a_while() -> None:
    rng = np.random.default_rng(9)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX, StabiliserSettings(lost_frames=3))
    stabiliser.steady(seen(facade(rng), 0, 0, rng))
    other = facade(rng)
    for _ in range(5):
        stabiliser.steady(seen(other, 0, 0, rng))
    stabiliser.steady(seen(other, 1.2, 0.7, rng))
    assert stabiliser.moved_px == pytest.approx((1.2, 0.7), abs=0.1)


def test_whole_pixels_are_moved_exactly_and_the_border_is_left() -> None:
    rng = np.random.default_rng(10)
    first = rng.integers(0, 255, (40, 60), dtype=np.uint8)
    shaken = np.full_like(first, 7)
    shaken[:-3, 2:] = first[3:, :-2]  # two right, three up
    out = np.full_like(first, 99)
    move_back(shaken, np.array([2.0, -3.0]), out)
    assert np.array_equal(out[3:-1, : -2 - 1], first[3:-1, : -2 - 1])
    assert (out[:3] == 99).all()
    assert (out[:, -2:] == 99).all()


@pytest.mark.parametrize("size", [(16, 16), (100, 70), (640, 40)])
def test_pictures_too_small_for_a_patch_have_none(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(11)
    assert len(choose_patches(rng.integers(0, 255, size[::-1], dtype=np.uint8))) == 0


def test_dot_before_a_shaken_wall_is_found_where_a_still_camera_would_see_it() -> None:
    rng = np.random.default_rng(12)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX)
    background = RunningBackground(np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8))
    for i in range(40):
        sway_px = (2.5 * np.sin(i / 3), 1.5 * np.cos(i / 4) - 1.5)
        background.apply(stabiliser.steady(seen(wall, *sway_px, rng)))
    shaken = wall.copy()
    shaken[LARGE + 200 : LARGE + 206, LARGE + 300 : LARGE + 306] += 90
    picture = seen(shaken, 2.0, -3.0, rng)
    before = picture.copy()
    points = background.apply(stabiliser.steady(picture)).points_px
    on_dot = ((points >= (299, 199)) & (points <= (306, 206))).all(axis=1)
    assert on_dot.sum() >= 25
    assert (~on_dot).sum() < 20
    assert points[on_dot].mean(axis=0) == pytest.approx((302.5, 202.5), abs=0.3)
    assert np.array_equal(picture, before)


def test_settled_camera_is_looked_at_in_every_eighth_frame_and_at_once_after_a_surge() -> None:
    rng = np.random.default_rng(12)
    wall = facade(rng)
    stabiliser = Stabiliser(WIDTH_PX, HEIGHT_PX, StabiliserSettings(settled_frames=3))
    still, shaken = seen(wall, 0, 0, rng), seen(wall, 1.5, 0, rng)
    for _ in range(9):  # the first chooses the patches, the ninth is the eighth after it
        stabiliser.steady(still, surged=False)
    stabiliser.steady(shaken, surged=False)
    assert not stabiliser.is_shaking
    stabiliser.steady(shaken, surged=True)
    assert stabiliser.is_shaking

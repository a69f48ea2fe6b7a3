import numpy as np
import pytest
from numpy.typing import NDArray

from models.crop import CROP_PX, Window, cut, spread

HEIGHT_PX, WIDTH_PX = 480, 640


@pytest.fixture
def frames() -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX), np.uint8) for _ in range(3)]


def test_crop_shows_before_now_and_after_of_its_window(frames: list[NDArray[np.uint8]]) -> None:
    crop = cut(frames, [Window(100, 50, 1)] * 3)
    assert crop.shape == (CROP_PX, CROP_PX, 3)
    assert crop.dtype == np.uint8
    for channel, frame in enumerate(frames):
        assert np.array_equal(crop[:, :, channel], frame[50 : 50 + CROP_PX, 100 : 100 + CROP_PX])


def test_each_frame_is_cut_where_a_shaking_camera_shows_the_same(frames: list[NDArray[np.uint8]]) -> None:
    window = Window(100, 50, 1)
    crop = cut(frames, [window.moved(-3.4, 0.4), window, window.moved(2.6, 7.0)])
    assert np.array_equal(crop[:, :, 0], frames[0][50 : 50 + CROP_PX, 97 : 97 + CROP_PX])
    assert np.array_equal(crop[:, :, 1], frames[1][50 : 50 + CROP_PX, 100 : 100 + CROP_PX])
    assert np.array_equal(crop[:, :, 2], frames[2][57 : 57 + CROP_PX, 103 : 103 + CROP_PX])


@pytest.mark.parametrize(
    ("size_px", "reduction"), [(0.5, 1), (16.0, 1), (16.1, 2), (32.0, 2), (64.0, 4), (65.0, 8), (900.0, 8)]
)
def test_large_things_are_shown_smaller(size_px: float, reduction: int) -> None:
    window = Window.around(300.0, 200.0, size_px)
    assert window == Window(300 - 22 * reduction, 200 - 22 * reduction, reduction)
    assert window.side_px == CROP_PX * reduction


def test_thing_is_in_the_middle_of_the_crop(frames: list[NDArray[np.uint8]]) -> None:
    dark = [np.zeros_like(frame) for frame in frames]
    dark[1][200, 300] = 255
    crop = cut(dark, [Window.around(300.2, 199.9, 5.0)] * 3)
    assert np.argwhere(crop).tolist() == [[22, 22, 1]]


@pytest.mark.parametrize("reduction", [2, 4, 8])
def test_reduced_crop_is_the_mean_of_the_pixels(frames: list[NDArray[np.uint8]], reduction: int) -> None:
    crop = cut(frames, [Window(40, 30, reduction)] * 3)
    side_px = CROP_PX * reduction
    shown = frames[2][30 : 30 + side_px, 40 : 40 + side_px].astype(float)
    means = shown.reshape(CROP_PX, reduction, CROP_PX, reduction).mean(axis=(1, 3))
    assert np.abs(crop[:, :, 2] - means).max() <= 0.75


@pytest.mark.parametrize(("left", "top"), [(-20, 100), (WIDTH_PX - 30, 100), (100, -20), (100, HEIGHT_PX - 30)])
def test_border_goes_on_beyond_the_frame(frames: list[NDArray[np.uint8]], left: int, top: int) -> None:
    crop = cut(frames, [Window(left, top, 1)] * 3)
    wide = np.pad(frames[0], CROP_PX, mode="edge")
    assert np.array_equal(crop[:, :, 0], wide[top + CROP_PX : top + 2 * CROP_PX, left + CROP_PX : left + 2 * CROP_PX])


def test_window_that_just_fits_is_cut_as_it_is(frames: list[NDArray[np.uint8]]) -> None:
    crop = cut(frames, [Window(WIDTH_PX - CROP_PX, HEIGHT_PX - CROP_PX, 1)] * 3)
    assert np.array_equal(crop[:, :, 1], frames[1][-CROP_PX:, -CROP_PX:])


def test_window_far_outside_shows_the_nearest_corner(frames: list[NDArray[np.uint8]]) -> None:
    crop = cut(frames, [Window(5000, 5000, 2)] * 3)
    assert (crop == [int(frame[-1, -1]) for frame in frames]).all()


def test_dark_crop_is_spread_about_the_middle() -> None:
    dark = np.full((CROP_PX, CROP_PX, 3), 20, np.uint8)
    dark[:, ::2] = 28  # deviation 4, so the gain is 5 at most: 24 +- 4 becomes 128 +- 20
    assert sorted({int(level) for level in spread(dark).ravel()}) == [108, 148]


def test_crop_of_much_contrast_keeps_it() -> None:
    bright = np.full((CROP_PX, CROP_PX, 3), 60, np.uint8)
    bright[::2] = 180
    assert sorted({int(level) for level in spread(bright).ravel()}) == [68, 188]


def test_even_crop_is_grey() -> None:
    assert (spread(np.full((CROP_PX, CROP_PX, 3), 200, np.uint8)) == 128).all()

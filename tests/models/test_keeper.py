"""Crops of what is followed: of which frames, and how many."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from models.keeper import MOST_CROPS, CropKeeper
from vision.frame import Frame

FPS = 25.0


def frame(index: int) -> Frame:
    luma: NDArray[np.uint8] = np.full((240, 320), index % 256, np.uint8)
    return Frame(
        index, index, Fraction(1, 25), index / FPS, None, luma, is_repeat=False, to_bgr=lambda: luma[..., None]
    )


def show(keeper: CropKeeper, count: int, start: int = 0, moved_px: tuple[float, float] = (0.0, 0.0)) -> None:
    for index in range(start, start + count):
        keeper.show(frame(index), index / FPS, moved_px)


def test_nothing_can_be_cut_before_the_third_frame() -> None:
    keeper = CropKeeper()
    show(keeper, 2)
    assert keeper.now_s is None
    show(keeper, 1, start=2)
    assert keeper.now_s == 1 / FPS


def test_crop_shows_the_frame_before_the_last_between_its_neighbours() -> None:
    keeper = CropKeeper()
    show(keeper, 5)
    keeper.keep(7, 100.0, 100.0, 3.0)
    (crop,) = keeper.take(7)
    assert crop.time_s == 3 / FPS
    assert crop.pixels[0, 0].tolist() == [2, 3, 4]


def test_frames_are_let_go_of_while_nothing_lives() -> None:
    keeper = CropKeeper()
    show(keeper, 3)
    keeper.rest()
    assert keeper.now_s is None
    show(keeper, 2, start=3)
    assert keeper.now_s is None
    show(keeper, 1, start=5)
    assert keeper.now_s == 4 / FPS


def test_window_stands_still_while_the_camera_shakes() -> None:
    keeper = CropKeeper()
    lumas = np.zeros((3, 240, 320), np.uint8)
    for index, right_px in enumerate((0, 3, -2)):
        lumas[index, 100, 100 + right_px] = 255
        shaken = Frame(
            index, index, Fraction(1, 25), index / FPS, None, lumas[index], False, lambda: lumas[0][..., None]
        )
        keeper.show(shaken, index / FPS, (float(right_px), 0.0))
    crop = keeper.crop(100.0, 100.0, 3.0)
    assert np.argwhere(crop.pixels).tolist() == [[22, 22, 0], [22, 22, 1], [22, 22, 2]]


@pytest.mark.parametrize(("sights", "kept"), [(0, 0), (1, 1), (MOST_CROPS, MOST_CROPS), (100, 7), (400, 7)])
def test_long_track_keeps_few_crops_spread_over_its_life(sights: int, kept: int) -> None:
    keeper = CropKeeper()
    show(keeper, 2)
    for index in range(sights):
        show(keeper, 1, start=index + 2)
        keeper.keep(1, 100.0, 100.0, 3.0)
    crops = keeper.take(1)
    assert len(crops) == kept
    gaps_s = np.diff([crop.time_s for crop in crops])
    assert sights <= MOST_CROPS or np.ptp(gaps_s) < 1e-9
    assert not sights or crops[0].time_s == 1 / FPS


def test_crops_are_handed_out_once() -> None:
    keeper = CropKeeper()
    show(keeper, 3)
    keeper.keep(1, 100.0, 100.0, 3.0)
    assert len(keeper.take(1)) == 1
    assert keeper.take(1) == ()

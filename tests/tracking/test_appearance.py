"""What the first sights tell of size, brightness and shutter."""

import numpy as np
import pytest

from tests.tracking.scenes import dot
from tracking.appearance import Appearance, read_appearance

STEP_S = 0.04


def test_sign_is_told_where_brightness_leaves_no_doubt() -> None:
    # Behind it 100, itself 20 darker on the mean of its pixels: it is between 50 and 80.
    look = Appearance(diameter_px=4.0, contrast=-20.0, behind=100.0, shutter_s=0.0)
    assert look.sign(100.0) == -1
    assert look.sign(89.0) == -1
    assert look.sign(30.0) == 1
    assert look.sign(60.0) == 0
    assert look.sign(44.0) == 0


def test_first_sights_tell_size_and_contrast() -> None:
    background = np.full((100, 100), 90.0, np.float32)
    sights = [dot(t * STEP_S, 210.0, 320.0 + t, size_px=4.0, contrast=30.0) for t in range(8)]
    later = [dot(t * STEP_S, 210.0, 420.0 + t, size_px=12.0, contrast=-50.0) for t in range(8, 30)]
    look = read_appearance([*sights, *later], background, (200, 300), STEP_S)
    assert (look.diameter_px, look.contrast, look.behind) == (4.0, 30.0, 90.0)


def test_smear_of_what_falls_fast_tells_the_shutter() -> None:
    # 400 px a second for a hundredth of a second: 4 px longer than wide.
    sights = [dot(t * STEP_S, 10.0, 16.0 * t)._replace(height_px=9.0) for t in range(12)]
    look = read_appearance(sights, np.full((20, 20), 90.0, np.float32), (500, 500), STEP_S)
    assert look.shutter_s == pytest.approx(0.01)
    assert look.behind == 90.0


def test_what_is_slow_tells_nothing_of_the_shutter() -> None:
    sights = [dot(t * STEP_S, 10.0, 1.0 * t)._replace(height_px=9.0) for t in range(12)]
    assert read_appearance(sights, np.zeros((20, 20), np.float32), (0, 0), STEP_S).shutter_s == 0.0

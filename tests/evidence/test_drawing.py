import numpy as np
import pytest

from evidence.drawing import Pen


@pytest.mark.parametrize(("height", "text_px"), [(240, 13), (1080, 22), (2160, 44)])
def test_text_scales_with_the_picture_and_stays_legible(height: int, text_px: int) -> None:
    assert Pen(np.zeros((height, 100, 3), np.uint8)).text_px == text_px


def test_text_is_outlined_so_that_it_shows_on_white_and_on_black() -> None:
    for grey in (0, 255):
        picture = np.full((100, 200, 3), grey, np.uint8)
        Pen(picture).text("17", (20, 60), size_px=40)
        assert picture.min() < 40
        assert picture.max() > 230


def test_text_has_chinese_letters() -> None:
    pen = Pen(np.zeros((1080, 100, 3), np.uint8))

    assert pen.text_width("栋") > 1.4 * pen.text_width("?")


def test_shade_outside_the_picture_changes_nothing() -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    Pen(picture).shade([(100.0, 100.0), (120.0, 100.0), (120.0, 120.0)], (255, 255, 255), 0.5)

    assert not picture.any()


def test_shade_mixes_the_colour_in() -> None:
    picture = np.full((50, 50, 3), 100, np.uint8)
    Pen(picture).shade([(10.0, 10.0), (40.0, 10.0), (40.0, 40.0), (10.0, 40.0)], (200, 200, 200), 0.25)

    assert picture[25, 25].tolist() == [125, 125, 125]
    assert picture[5, 5].tolist() == [100, 100, 100]

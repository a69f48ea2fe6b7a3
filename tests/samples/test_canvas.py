import numpy as np
import pytest

from samples.canvas import Canvas, to_light, to_luma
from samples.coverage import Patch
from samples.objects import Look


def flat_canvas(luma: int, width: int = 16, height: int = 12) -> Canvas:
    canvas = Canvas(np.full((height * 3 // 2, width), 128, np.uint8))
    canvas.luma[:] = luma
    return canvas


def test_light_and_luma_are_inverse() -> None:
    luma = np.linspace(16.0, 235.0, 50, dtype=np.float32)
    assert to_luma(to_light(luma)) == pytest.approx(luma, abs=1e-3)


def test_half_covered_pixel_mixes_in_light_not_in_levels() -> None:
    canvas = flat_canvas(16)
    canvas.blend(Patch(4, 4, np.full((2, 2), 0.5, np.float32)), Look(235.0, 128.0, 128.0))
    # Half the light of white through a power of 1 / 2.2: 16 + 219 * 0.5 ** (1 / 2.2) = 175.8.
    assert canvas.luma[4, 4] == 176
    assert canvas.luma[3, 4] == 16


def test_patch_over_the_border_is_cut() -> None:
    canvas = flat_canvas(100)
    canvas.blend(Patch(-1, 10, np.ones((4, 3), np.float32)), Look(200.0, 90.0, 160.0))
    assert canvas.luma[10:, :2].tolist() == [[200, 200], [200, 200]]
    assert canvas.luma[9, 0] == 100
    assert canvas.chroma[0][5, 0] == 90
    assert canvas.chroma[1][5, 0] == 160


def test_patch_outside_changes_nothing() -> None:
    canvas = flat_canvas(100)
    canvas.blend(Patch(40, 40, np.ones((4, 3), np.float32)), Look(200.0, 90.0, 160.0))
    assert np.all(canvas.luma == 100)


def test_shift_moves_by_parts_of_a_pixel() -> None:
    canvas = flat_canvas(0)
    canvas.luma[6, 5] = 200
    moved = canvas.shifted(1.5, 0.0)
    assert moved.luma[6, 6:8].tolist() == [100, 100]
    assert canvas.luma[6, 5] == 200

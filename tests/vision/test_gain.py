"""A change of light everywhere is measured, and hides nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.background import RunningBackground
from vision.gain import measure_gain

Picture = NDArray[np.uint8]
EVERYWHERE = np.full((240, 320), 255, np.uint8)


def wall(rng: np.random.Generator, gain: float = 1.0) -> Picture:
    light = np.linspace(50, 170, 320)[None, :].repeat(240, axis=0)
    return np.rint(gain * light + 2 * rng.standard_normal(light.shape)).astype(np.uint8)


@pytest.mark.parametrize("gain", [0.8, 0.9, 0.97, 1.05, 1.2])
def test_gain_is_measured_to_a_hundredth(gain: float) -> None:
    rng = np.random.default_rng(1)
    assert measure_gain(wall(rng, gain), wall(rng)) == pytest.approx(gain, abs=0.01)


def test_noise_is_no_change_of_light() -> None:
    rng = np.random.default_rng(2)
    assert measure_gain(wall(rng), wall(rng)) == 1.0


def test_lamps_in_a_third_of_the_windows_are_no_change_of_light() -> None:
    rng = np.random.default_rng(3)
    lit = wall(rng)
    lit[:, :100] = 220
    assert measure_gain(lit, wall(rng)) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("level", [0, 5, 255])
def test_black_and_white_walls_have_a_gain(level: int) -> None:
    scene = np.full((240, 320), level, np.uint8)
    assert measure_gain(scene, scene) == 1.0
    assert measure_gain(np.full_like(scene, 40), scene) == 1.0


def test_step_of_the_exposure_is_no_foreground_and_what_falls_in_it_is() -> None:
    rng = np.random.default_rng(4)
    background = RunningBackground(EVERYWHERE)
    for _ in range(30):
        background.apply(wall(rng))
    step = wall(rng, 1.12)
    step[100:104, 150:154] -= 30
    seen = background.apply(step)
    on_dot = ((seen.points_px >= (150, 100)) & (seen.points_px < (154, 104))).all(axis=1)
    assert on_dot.sum() == 16
    assert (~on_dot).sum() < 20
    assert not seen.overloaded


def test_passing_cloud_raises_no_threshold() -> None:
    # A third of the light goes and comes back in two seconds; a dot of 14 levels is seen before and after.
    rng = np.random.default_rng(5)
    background = RunningBackground(EVERYWHERE)
    for i in range(75):
        background.apply(wall(rng, 1 - 0.15 * (1 - np.cos(2 * np.pi * i / 50))))
    dim = wall(rng, 0.7)
    dim[100:108, 60:68] += 22
    assert len(background.apply(dim).points_px) > 32

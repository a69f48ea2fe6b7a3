"""Repeated frames are told from ordinary ones."""

import time

import numpy as np
from numpy.typing import NDArray

from vision.repeats import RepeatRecogniser


def _noisy(count: int, *, sigma: float = 3.0) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(3)
    return [rng.normal(120, sigma, (270, 480)).astype(np.uint8) for _ in range(count)]


def _flags(pictures: list[NDArray[np.uint8]]) -> list[bool]:
    recogniser = RepeatRecogniser()
    return [recogniser.is_repeat(picture) for picture in pictures]


def test_every_third_picture_that_nearly_repeats_is_found_with_an_object_that_moves() -> None:
    rng = np.random.default_rng(4)
    shown: list[NDArray[np.uint8]] = []
    for i, picture in enumerate(_noisy(20)):
        picture[10 + 4 * i : 14 + 4 * i, 50:54] = 220
        shown.append(picture)
        if i % 2:
            # Encoded again: a pixel in a hundred is off by a few grey levels.
            residue = rng.integers(-2, 3, picture.shape) * (rng.random(picture.shape) < 0.01)
            shown.append((picture + residue).astype(np.uint8))
    # The first comes before there is anything usual to compare with.
    assert _flags(shown) == [i % 3 == 2 and i > 2 for i in range(30)]


def test_object_of_three_pixels_in_a_still_scene_without_noise_is_never_lost() -> None:
    shown = []
    for i in range(60):
        picture = np.full((270, 480), 120, np.uint8)
        picture[20 + 3 * i : 23 + 3 * i, 200:203] += 8
        shown.append(picture)
    assert not any(_flags(shown))


def test_object_that_appears_in_a_still_scene_is_not_a_repeat() -> None:
    still = np.full((270, 480), 120, np.uint8)
    appeared = still.copy()
    appeared[100:102, 100:102] += 6
    assert _flags([still] * 30 + [appeared])[-1] is False


def test_slight_change_everywhere_counts_by_its_worst_pixel() -> None:
    shown = _noisy(10)
    glint = shown[-1].copy()
    glint[7, 7] += 60  # in a row that the quick look does pass over
    assert _flags([*shown, glint])[-1] is False
    assert _flags([*shown, shown[-1].copy()])[-1] is True


def test_scene_that_stands_still_is_not_a_repeat_for_ever() -> None:
    flags = _flags([*_noisy(10), *[np.full((270, 480), 120, np.uint8)] * 20])
    assert sum(flags[11:]) == 4
    assert not any(flags[15:])


def test_quiet_after_shaking_is_not_taken_for_repeats() -> None:
    flags = _flags(_noisy(20, sigma=30) + _noisy(20, sigma=5))
    assert not any(flags)


def test_looking_at_a_1080p_frame_costs_little() -> None:
    rng = np.random.default_rng(5)
    shown = [rng.integers(0, 255, (1080, 1920), dtype=np.uint8) for _ in range(2)]
    recogniser = RepeatRecogniser()
    spent_s = []
    for i in range(40):
        started_s = time.perf_counter()
        recogniser.is_repeat(shown[i % 2])
        spent_s.append(time.perf_counter() - started_s)
    # 0.07 ms measured; the rest is for a busy machine.
    assert sorted(spent_s)[len(spent_s) // 2] < 0.003

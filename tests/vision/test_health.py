"""What is told of a camera's pictures, and what is not."""

import cv2
import numpy as np
import pytest

from tests.vision.health_scenes import Watched, defocused, fog, hand, night, noisy, tower, with_caption
from vision.health import Blindness, PictureHealth


def test_a_good_view_is_well_by_day_and_by_night() -> None:
    for view, light in ((tower(), "day"), (night(), "night")):
        camera = Watched()
        camera.show(view, 60)
        assert (camera.told, camera.health.light, camera.health.is_well) == ([], light, True)


def test_hand_on_the_lens_is_told_after_six_seconds_and_counts_from_the_first() -> None:
    camera = Watched()
    camera.show(tower(), 20)
    camera.show(hand(), 20)
    assert camera.told == [(26.0, ("covered",))]
    assert camera.health.blindness() == Blindness("covered", 20.0, 38.0)


def test_when_the_hand_is_gone_its_time_ends_with_the_first_good_picture() -> None:
    camera = Watched()
    camera.show(tower(), 20)
    camera.show(hand(), 20)
    camera.show(tower(), 2)
    assert camera.health.blindness() == Blindness("covered", 20.0, 40.0)
    camera.show(tower(), 6)
    assert camera.health.blindness() is None
    assert camera.told[-1] == (44.0, ())


def test_hand_that_is_waved_past_is_not_told() -> None:
    camera = Watched()
    for _ in range(5):
        camera.show(tower(), 8)
        camera.show(hand(), 4)
    assert camera.told == []


def test_what_the_camera_writes_over_its_picture_hides_no_cover() -> None:
    camera = Watched()
    camera.show(tower(), 20)
    for second in range(10):
        camera.see(with_caption(noisy(hand(), np.random.default_rng(second)), f"2026-11-27 12:00:{second:02d}"))
    assert camera.told == [(26.0, ("covered",))]


def test_cover_over_most_of_the_view_is_told_by_day() -> None:
    camera = Watched()
    covered = tower().astype(float)
    covered[:, :1000] = 90
    camera.show(tower(), 20)
    camera.show(covered, 20)
    assert camera.told == [(26.0, ("covered",))]


def test_lights_that_go_out_are_no_cover() -> None:
    camera = Watched()
    camera.show(night(40), 60)
    camera.show(night(3), 60)
    assert camera.told == []


@pytest.mark.parametrize("windows", [1, 3, 10])
def test_dark_scene_with_few_lights_is_no_cover(windows: int) -> None:
    camera = Watched()
    camera.show(night(windows), 60, sigma=4.0)
    assert camera.told == []


def test_fog_in_which_something_is_seen_is_told_as_nothing() -> None:
    camera = Watched()
    for transmission in np.linspace(1.0, 0.12, 150):
        camera.show(fog(tower(), float(transmission)), 2)
    camera.show(fog(tower(), 0.12), 60)
    assert camera.told == []


def test_fog_in_which_nothing_is_seen_is_blur_and_no_cover() -> None:
    camera = Watched()
    for transmission in np.linspace(1.0, 0.0, 150):
        camera.show(fog(tower(), float(transmission)), 2)
    camera.show(fog(tower(), 0.0), 20)
    assert [ailments for _, ailments in camera.told] == [("blurred",)]


def test_dusk_is_followed_and_only_the_dark_is_told() -> None:
    camera = Watched()
    for light in np.linspace(1.0, 0.2, 150):
        camera.show(tower() * float(light), 2)
    assert (camera.told, camera.health.light) == ([], "night")
    camera.show(tower() * 0.04, 10)
    assert [ailments for _, ailments in camera.told] == [("dark",)]


@pytest.mark.parametrize("view", [tower(), night()], ids=["day", "night"])
def test_lens_out_of_focus_is_told_after_ten_seconds(view: np.ndarray) -> None:
    camera = Watched()
    camera.show(view, 20)
    camera.show(defocused(view, 5.0), 20)
    assert camera.told == [(30.0, ("blurred",))]
    assert camera.health.blindness() == Blindness("blurred", 20.0, 38.0)


@pytest.mark.parametrize("sigma_px", [0.7, 1.0, 1.5])
def test_lens_that_is_a_little_soft_is_not_told(sigma_px: float) -> None:
    camera = Watched()
    camera.show(defocused(tower(), sigma_px), 60)
    assert camera.told == []


def test_picture_that_stands_still_is_told_after_half_a_minute() -> None:
    camera = Watched()
    camera.show(tower(), 20)
    frozen = noisy(tower(), np.random.default_rng(9))
    for _ in range(20):
        camera.see(frozen)
    assert camera.told == [(50.0, ("frozen",))]
    assert camera.health.blindness() == Blindness("frozen", 20.0, 58.0)
    camera.show(tower(), 2)
    assert camera.told[-1] == (60.0, ())


def test_still_scene_with_the_least_noise_is_not_frozen() -> None:
    camera = Watched()
    camera.show(tower(), 120, sigma=0.3)
    assert camera.told == []


def test_clock_in_the_border_does_not_hide_a_frozen_picture() -> None:
    camera = Watched()
    frozen = noisy(tower(), np.random.default_rng(9))
    for second in range(20):
        camera.see(with_caption(frozen, f"12:00:{2 * second:02d}"))
    assert camera.told == [(30.0, ("frozen",))]


def test_black_picture_is_dark_and_not_frozen() -> None:
    camera = Watched()
    for _ in range(30):
        camera.see(np.full((720, 1280), 16, np.uint8))
    assert camera.told == [(6.0, ("dark",))]


def test_cover_is_remembered_over_a_restart() -> None:
    camera = Watched(PictureHealth(was_covered=True))
    camera.show(hand(), 20)
    assert camera.told == [(6.0, ("covered",))]


def test_pictures_between_two_looks_cost_nothing_and_change_nothing() -> None:
    camera = Watched()
    camera.show(tower(), 2)
    assert not camera.health.see(np.zeros((720, 1280), np.uint8), 1.9)
    assert camera.health.is_well


@pytest.mark.parametrize("size_px", [(96, 96), (368, 640), (3840, 2160)])
def test_any_size_is_looked_at(size_px: tuple[int, int]) -> None:
    camera = Watched()
    camera.show(np.asarray(cv2.resize(tower(), size_px, interpolation=cv2.INTER_AREA), np.uint8), 30)
    camera.show(np.full(size_px[::-1], 80.0), 10)
    assert [ailments for _, ailments in camera.told] == [("covered",)]

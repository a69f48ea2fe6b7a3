"""Looking along a track that was seen now and then only."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.tracking.pictures import DrawnPast
from tests.tracking.scenes import dot, frame_times, free_fall_px
from tracking.image_fall import ImageFall, fit_fall
from tracking.look_along import look_along
from tracking.past import Picture
from tracking.sighting import measured_sigma_px
from vision.detection import Detection

Array = NDArray[np.float64]
NOISE = 4.0
FAINT = 14.0
"""Of a Gaussian of 1.2 px: a signal to noise of 14 / 4 x sqrt(pi) x 1.2 = 7.4 for a filter that knows the wall."""


def fit(detections: list[Detection]) -> ImageFall:
    rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in detections])
    return fit_fall(rows[:, 0], rows[:, 1:3], measured_sigma_px(rows[:, 3], rows[:, 4]))


def sights(times_s: Array, noise_px: float = 0.8, size_px: float = 2.0) -> list[Detection]:
    """Specks on the object, a pixel off its middle."""
    rng = np.random.default_rng(5)
    places = free_fall_px(times_s) + rng.normal(0, noise_px, (len(times_s), 2))
    return [
        dot(float(t), float(x), float(y), size_px=size_px, contrast=FAINT)
        for t, (x, y) in zip(times_s, places, strict=True)
    ]


def truth_px(found: list[Detection]) -> Array:
    places = np.array([(d.x_px, d.y_px) for d in found])
    result: Array = np.hypot(*(places - free_fall_px(np.array([d.taken_s for d in found]))).T)
    return result


NOW_AND_THEN_S = frame_times(0.6, 1.8)[[0, 1, 6, 11, 12, 19, 23, 29]]


def test_what_is_there_is_found_in_all_pictures_between_and_beyond() -> None:
    found, frames = look_along(DrawnPast(free_fall_px, 0.0, FAINT, NOISE), sights(NOW_AND_THEN_S), fit)
    times_s = [d.taken_s for d in found]
    assert times_s == sorted(set(times_s))
    assert times_s[0] < 0.45
    assert times_s[-1] > 1.75
    assert frames == round((times_s[-1] - times_s[0]) / 0.04) + 1
    assert len(found) > 0.9 * frames
    assert float(np.median(truth_px(found))) < 0.5


def test_sights_are_moved_to_the_middle_of_the_object() -> None:
    seen = sights(NOW_AND_THEN_S, noise_px=1.5)
    found, _ = look_along(DrawnPast(free_fall_px, 0.0, 2 * FAINT, NOISE), seen, fit)
    again = [d for d in found if min(abs(NOW_AND_THEN_S - d.taken_s)) < 1e-6]
    assert len(again) == len(seen)
    assert truth_px(again).mean() < 0.4 * truth_px(seen).mean()


def test_line_that_chance_drew_through_specks_stays_as_it_is_or_falls_apart() -> None:
    found, frames = look_along(DrawnPast(free_fall_px, 99.0, 0.0, NOISE), sights(NOW_AND_THEN_S), fit)
    assert (len(found), frames) == (len(NOW_AND_THEN_S), 0)


def test_end_that_went_astray_is_cut_off_and_the_true_one_is_followed() -> None:
    times_s = frame_times(0.6, 1.8)
    true_s, astray_s = times_s[[0, 1, 3, 6, 8, 11, 12, 14]], times_s[[19, 23, 29]]
    aside_px = free_fall_px(astray_s) + np.array([[8.0, 0.0], [16.0, -8.0], [24.0, -20.0]])
    astray = [dot(float(t), *place, size_px=2.0) for t, place in zip(astray_s, aside_px.tolist(), strict=True)]
    found, _ = look_along(DrawnPast(free_fall_px, 0.0, 2 * FAINT, NOISE), [*sights(true_s), *astray], fit)
    assert not set(astray) & set(found)
    assert found[-1].taken_s > 1.5
    assert truth_px(found).max() < 3.0


def test_large_object_is_seen_to_be_larger_than_its_specks() -> None:
    past = DrawnPast(free_fall_px, 0.0, 2 * FAINT, NOISE, sigma_px=2.2)
    found, _ = look_along(past, sights(NOW_AND_THEN_S), fit)
    assert float(np.median([d.width_px for d in found])) > 3.0


class Forgotten:
    """A past whose pictures are not held any more."""

    def pictures(self, start_s: float, end_s: float) -> Iterator[Picture]:
        """Show nothing. See `Past`."""
        del start_s, end_s
        yield from ()


def test_without_pictures_the_sights_are_what_there_is() -> None:
    seen = sights(NOW_AND_THEN_S)
    assert look_along(Forgotten(), seen, fit) == (seen, 0)


def test_path_too_large_to_be_held_is_left_alone() -> None:
    past = DrawnPast(free_fall_px, 0.0, FAINT)
    wide = [dot(0.04 * i, 80.0 * i, 40.0 * i, size_px=2.0) for i in range(24)]
    assert look_along(past, wide, fit) == (wide, 0)
    assert past.asked == 0

"""Looking again for what was too faint to be seen before its first sight."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from floors.ballistics import BallisticFit, fit_fall
from floors.throw_prior import RELEASE
from tests.tracking.facades import facade
from tests.tracking.pictures import DrawnPast
from tests.tracking.scenes import dot, frame_times, free_fall_px
from tracking.look_again import look_again
from vision.detection import Detection

Array = NDArray[np.float64]
FIRST_S = 0.6
FAINT, CLEAR = 14.0, 30.0
NEVER_S = 99.0


def sights(first_s: float = FIRST_S, contrast: float = FAINT / 2) -> list[Detection]:
    """What was seen from `first_s` on, with errors of a quarter of a pixel."""
    rng = np.random.default_rng(7)
    times_s = frame_times(first_s, 2.0)
    places = free_fall_px(times_s) + rng.normal(0, 0.25, (len(times_s), 2))
    return [
        dot(float(t), float(x), float(y), size_px=4.0, contrast=contrast)
        for t, (x, y) in zip(times_s, places, strict=True)
    ]


def fit_of(seen: list[Detection]) -> BallisticFit:
    times_s = np.array([d.taken_s for d in seen])
    fit = fit_fall(times_s, np.array([(d.x_px, d.y_px) for d in seen]), 0.6, facade().camera)
    assert fit is not None
    return fit


def look(past: DrawnPast, first_s: float = FIRST_S, contrast: float = FAINT / 2) -> list[Detection]:
    seen = sights(first_s, contrast)
    return look_again(past, seen, fit_of(seen))


def misses_px(found: list[Detection]) -> Array:
    truth = free_fall_px(np.array([d.taken_s for d in found]))
    result: Array = np.hypot(*(np.array([(d.x_px, d.y_px) for d in found]) - truth).T)
    return result


def test_clear_blob_is_found_back_to_its_release_within_a_part_of_a_pixel() -> None:
    found = look(DrawnPast(free_fall_px, 0.0, CLEAR), contrast=CLEAR / 2)
    assert [round(d.taken_s, 2) for d in found] == frame_times(0.0, FIRST_S).round(2).tolist()
    assert float(np.median(misses_px(found))) < 0.3
    assert float(np.quantile(misses_px(found), 0.9)) < 0.5


def test_faint_blob_is_found_in_runs_of_pictures() -> None:
    """Of a signal to noise of 3 none is a find by itself among the places around it; several together are."""
    found = look(DrawnPast(free_fall_px, 0.0, 7.0), contrast=7.0)
    assert len(found) >= 4
    assert found[0].taken_s < 0.2
    assert float(np.median(misses_px(found))) < 1.0
    assert max(d.snr for d in found) < 1.1


@pytest.mark.parametrize("first_s", [0.24, 0.4, 0.6, 0.8, 1.0])
def test_in_pure_noise_nothing_is_found(first_s: float) -> None:
    assert look(DrawnPast(free_fall_px, NEVER_S, 0.0), first_s) == []


def test_what_came_into_view_half_way_is_found_back_to_there() -> None:
    found = look(DrawnPast(free_fall_px, 0.3, CLEAR), contrast=CLEAR / 2)
    assert found[0].taken_s == pytest.approx(0.32)


def test_blob_off_the_path_is_not_taken() -> None:
    beside = DrawnPast(lambda times_s: free_fall_px(times_s) + (18.0, 0.0), 0.0, CLEAR)
    assert look(beside, contrast=CLEAR / 2) == []


def test_blob_of_the_other_sign_is_not_taken() -> None:
    assert look(DrawnPast(free_fall_px, 0.0, -CLEAR), contrast=CLEAR) == []


def test_shaking_camera_is_made_up_for() -> None:
    found = look(DrawnPast(free_fall_px, 0.0, CLEAR, shake_px=3.0), contrast=CLEAR / 2)
    assert len(found) >= 12
    assert float(np.median(misses_px(found))) < 0.5
    assert float(misses_px(found).max()) < 1.25


def test_nothing_is_decoded_where_the_release_was_seen() -> None:
    past = DrawnPast(free_fall_px, 0.0, CLEAR)
    seen = sights()
    fit = fit_of(seen)
    released = fit.parameters.copy()
    released[RELEASE] = FIRST_S - 0.05
    assert look_again(past, seen, replace(fit, parameters=released)) == []
    assert past.asked == 0


def test_few_sights_or_no_pictures_find_nothing() -> None:
    seen = sights()
    assert look_again(DrawnPast(free_fall_px, 0.0, CLEAR), seen[:4], fit_of(seen)) == []
    # Three pictures a second: too few to tell what is usually there.
    assert look(DrawnPast(free_fall_px, 0.0, CLEAR, step_s=0.32)) == []

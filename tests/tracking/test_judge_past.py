"""What a judge makes of pictures that it may see again."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import facade
from tests.tracking.pictures import DrawnPast
from tests.tracking.scenes import HEIGHT_PX, frame_times, track_of
from tests.tracking.test_judge import throw_px
from tracking.fall import Fall
from tracking.judge import Judge, Methods
from tracking.past import Past
from tracking.track import Track

Array = NDArray[np.float64]
SEEN_S = frame_times(0.6, 1.9)
CONTRAST = 40.0


def judged(past: Past | None, methods: Methods | None = None) -> Fall:
    track = track_of(SEEN_S, throw_px(SEEN_S), noise_px=0.3, size_px=4.0)
    return Judge(HEIGHT_PX, facade(), methods=methods, past=past).judge(track)


def test_path_begins_where_the_object_was_too_faint_to_be_seen() -> None:
    late, whole = judged(None), judged(DrawnPast(throw_px, 0.0, CONTRAST))
    assert late.first_s == pytest.approx(0.6)
    assert whole.first_s == pytest.approx(0.0, abs=0.041)
    assert len(whole.path) >= len(late.path) + 13
    added = whole.path[: len(whole.path) - len(late.path)]
    truth = throw_px(np.array([point.time_s for point in added]))
    assert np.hypot(*(np.array([(point.x_px, point.y_px) for point in added]) - truth).T).max() < 1.0
    assert abs(whole.release_s) <= max(abs(late.release_s), 0.04)
    assert whole.origin is not None
    assert (whole.verdict, whole.origin.floor, whole.origin.unit) == ("confirmed", 14, "01")
    assert whole.reasons == late.reasons


def test_hand_that_holds_the_object_before_is_not_taken_for_its_fall() -> None:
    fall = judged(DrawnPast(lambda times_s: throw_px(np.maximum(times_s, 0.0)), -9.0, CONTRAST))
    assert fall.release_s == pytest.approx(0.0, abs=0.15)
    assert fall.origin is not None
    assert fall.origin.floor == 14


def test_fall_stays_as_it_is_where_nothing_is_found() -> None:
    past = DrawnPast(throw_px, 99.0, 0.0)
    assert judged(past) == judged(None)
    assert past.asked == 1


def now_and_then_s() -> Array:
    return SEEN_S[[0, 2, 3, 8, 9, 13, 17, 18, 25, 28]]


def now_and_then(seed: int = 1) -> Track:
    times_s = now_and_then_s()
    return track_of(times_s, throw_px(times_s), frames=29, noise_px=0.8, size_px=2.0, seed=seed)


def seen_now_and_then(past: Past | None) -> Fall:
    return Judge(HEIGHT_PX, facade(), past=past).judge(now_and_then())


def test_what_was_seen_now_and_then_is_confirmed_by_the_pictures_between() -> None:
    assert seen_now_and_then(None).verdict == "rejected"
    whole = seen_now_and_then(DrawnPast(throw_px, 0.0, CONTRAST / 2))
    assert whole.origin is not None
    assert (whole.verdict, whole.origin.floor, whole.origin.unit) == ("confirmed", 14, "01")
    assert len(whole.path) > 40


def test_specks_in_line_are_refused_by_the_pictures_between() -> None:
    past = DrawnPast(throw_px, 99.0, 0.0)
    assert seen_now_and_then(past).verdict == "rejected"
    assert past.asked == 1


def test_pictures_are_asked_for_a_few_times_a_minute_only() -> None:
    past = DrawnPast(throw_px, 99.0, 0.0)
    judge = Judge(HEIGHT_PX, facade(), past=past)
    for seed in range(12):
        judge.judge(now_and_then(seed))
    # A belief of one in twenty seconds, and two at once: 540 an hour.
    assert past.asked == 2


def test_many_falls_at_once_do_not_ask_for_pictures_without_end() -> None:
    past = DrawnPast(throw_px, 99.0, 0.0)
    judge = Judge(HEIGHT_PX, facade(), past=past)
    for seed in range(20):
        judge.judge(track_of(SEEN_S, throw_px(SEEN_S), noise_px=0.3, size_px=4.0, seed=seed))
    # A belief of one in twenty seconds, and eight at once: 1620 an hour.
    assert past.asked == 8


def test_without_trace_back_nothing_is_looked_at_again() -> None:
    past = DrawnPast(throw_px, 0.0, CONTRAST)
    assert judged(past, Methods(trace_back=False)).first_s == pytest.approx(0.6)
    assert past.asked == 0


def test_rejected_track_costs_nothing() -> None:
    past = DrawnPast(throw_px, 0.0, CONTRAST)
    times_s = frame_times(0.0, 3.4)
    # As if on a lift that starts: a fifth of gravity.
    lift = track_of(times_s, throw_px(times_s * np.sqrt(0.2)))
    assert Judge(HEIGHT_PX, facade(), past=past).judge(lift).verdict == "rejected"
    assert past.asked == 0

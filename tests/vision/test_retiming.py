"""Times of recordings that were re-timed by repeating frames."""

import numpy as np
import pytest

from vision.retiming import Retimer


def pulldown(count: int, true_fps: float, written_fps: float) -> list[tuple[float, bool, float]]:
    """Re-time a camera: (presentation time, whether it repeats, when it was taken), from 0 on.

    Each written frame shows the last picture taken; a picture is presented up to one frame late.
    """
    rows = []
    before = -1
    for i in range(count):
        picture = int(i / written_fps * true_fps + 1e-9)
        rows.append((i / written_fps, picture == before, picture / true_fps))
        before = picture
    return rows


def test_twenty_pictures_a_second_written_as_thirty_are_even_again() -> None:
    retimer = Retimer()
    distinct: list[float] = []
    for time_s, is_repeat, _ in pulldown(120, 20, 30):
        told_s = retimer.taken_s(time_s, is_repeat=is_repeat)
        if not is_repeat:
            distinct.append(told_s)
    assert len(distinct) == 80
    # Presented at steps of 33 and 67 ms; taken every 50 ms: on a grid again, all late by the same.
    late_s = np.array(distinct[10:]) - 0.05 * np.arange(10, 80)
    assert late_s == pytest.approx(np.median(late_s), abs=0.0025)
    assert abs(np.median(late_s)) < 1 / 60


def test_straightened_times_are_never_further_off_than_a_period() -> None:
    retimer = Retimer()
    for time_s, is_repeat, taken_s in pulldown(200, 12, 30):
        told_s = retimer.taken_s(time_s, is_repeat=is_repeat)
        if not is_repeat:
            assert abs(told_s - taken_s) <= 1 / 12


def test_error_is_a_tenth_of_the_cameras_period_where_all_frames_are_explained() -> None:
    retimer = Retimer()
    for time_s, is_repeat, _ in pulldown(90, 20, 30):
        retimer.taken_s(time_s, is_repeat=is_repeat)
    assert retimer.sigma_s == pytest.approx(0.1 * 0.05, rel=0.05)


def test_repeats_that_were_not_recognised_move_no_time() -> None:
    # Every fifth repeat is encoded badly and taken for a picture of its own: a line through pictures would bend.
    retimer, told, missed = Retimer(), [], 0
    for time_s, is_repeat, taken_s in pulldown(150, 20, 30):
        missed += is_repeat
        told.append((retimer.taken_s(time_s, is_repeat=is_repeat and missed % 5 != 0), taken_s))
    late_s = np.array([a - b for a, b in told[45:]])
    assert np.ptp(late_s) < 0.012
    assert retimer.sigma_s > 0.005


def test_without_repeats_the_presentation_time_is_the_truth() -> None:
    retimer = Retimer()
    times_s = [i / 25 for i in range(60)]
    assert [retimer.taken_s(t, is_repeat=False) for t in times_s] == times_s
    assert retimer.sigma_s == 0.0


def test_variable_frame_rate_without_repeats_is_left_alone() -> None:
    rng = np.random.default_rng(6)
    retimer = Retimer()
    times_s = np.cumsum(rng.uniform(0.01, 0.12, 60)).tolist()
    assert [retimer.taken_s(t, is_repeat=False) for t in times_s] == times_s
    assert retimer.sigma_s == 0.0


def test_single_repeat_does_not_make_a_recording_re_timed() -> None:
    retimer = Retimer()
    for i in range(40):
        told_s = retimer.taken_s(i / 25, is_repeat=i == 20)
        assert told_s == i / 25


def test_first_frames_are_told_as_presented() -> None:
    retimer = Retimer(least=12)
    told = [(retimer.taken_s(t, is_repeat=r), t) for t, r, _ in pulldown(11, 20, 30)]
    assert [a for a, _ in told] == [b for _, b in told]


def test_repeat_is_told_the_time_of_its_picture() -> None:
    retimer = Retimer(every=1000)
    before_s = 0.0
    for index, (time_s, is_repeat, _) in enumerate(pulldown(60, 20, 30)):
        told_s = retimer.taken_s(time_s, is_repeat=is_repeat)
        if is_repeat and index > 15:
            assert told_s == pytest.approx(before_s, abs=1e-9)
        before_s = told_s


def test_recording_that_is_no_longer_re_timed_gets_its_own_times_back() -> None:
    retimer = Retimer(window=30)
    last_s = 0.0
    for time_s, is_repeat, _ in pulldown(60, 20, 30):
        retimer.taken_s(time_s, is_repeat=is_repeat)
        last_s = time_s
    for i in range(1, 60):
        time_s = last_s + i / 25
        told_s = retimer.taken_s(time_s, is_repeat=False)
        if i > 30:
            assert told_s == time_s
            assert retimer.sigma_s == 0.0

"""Recall over signal to noise, and its bound."""

import math

import numpy as np
import pytest

from benchmarks.comparison import contender
from benchmarks.curves import sensitivity_plot
from benchmarks.found import parse_found
from benchmarks.gallery import misses
from benchmarks.scoring import score_clip
from benchmarks.sensitivity import (
    Trial,
    fit_sensitivity,
    half_text,
    ideal_recall,
    ideal_snr_50,
    measure_sensitivity,
    ratio_to_best,
)
from tests.benchmarks.made import HD, along, clip_truth, line, true_fall, true_path
from vision.clock import ManualClock


def trials(found_from: float, count: int = 20) -> list[Trial]:
    return [Trial(snr, 36, snr >= found_from) for snr in np.geomspace(0.5, 8.0, count).tolist()]


def test_ideal_detector_gains_with_the_root_of_the_frames() -> None:
    # One error in 450 000 questions: Q^-1(2.22e-6) = 4.59 standard deviations.
    assert ideal_snr_50(1) == pytest.approx(4.589, abs=0.001)
    assert ideal_snr_50(36) == pytest.approx(ideal_snr_50(1) / 6)
    assert ideal_recall(ideal_snr_50(36), 36) == pytest.approx(0.5)
    assert ideal_recall(ideal_snr_50(36) + 1 / 6, 36) == pytest.approx(0.8413, abs=1e-4)
    assert ideal_recall(0.0, 36) == pytest.approx(0.2 / 90_000)


def test_half_lies_between_the_missed_and_the_found_where_they_are_apart() -> None:
    fitted = fit_sensitivity(trials(2.0))
    missed = max(trial.snr for trial in fitted.trials if not trial.found)
    found = min(trial.snr for trial in fitted.trials if trial.found)
    assert fitted.snr_50 is not None
    assert missed < fitted.snr_50 < found
    assert fitted.low is not None
    assert fitted.high is not None
    assert fitted.low < missed
    assert fitted.high > found
    assert fitted.recall(0.5) == pytest.approx(0.0, abs=0.02)
    assert fitted.recall(8.0) == pytest.approx(1.0, abs=0.02)


def test_curve_that_trials_were_drawn_from_is_found_again() -> None:
    rng = np.random.default_rng(7)
    drawn = []
    for snr in np.geomspace(0.4, 10.0, 400).tolist():
        share = 1 / (1 + math.exp(-(math.log(snr) - math.log(2.5)) / 0.3))
        drawn.append(Trial(snr, 40, bool(rng.random() < share)))
    fitted = fit_sensitivity(drawn)
    assert fitted.snr_50 == pytest.approx(2.5, rel=0.08)
    assert fitted.width == pytest.approx(0.3, rel=0.25)


@pytest.mark.parametrize(("found_from", "words"), [(0.0, "finds all"), (9.0, "finds none")])
def test_who_finds_all_or_none_has_no_half(found_from: float, words: str) -> None:
    fitted = fit_sensitivity(trials(found_from))
    assert fitted.snr_50 is None
    assert fitted.recall(2.0) is None
    assert half_text(fitted) == words


def test_ratio_is_to_the_best_of_those_that_find_half() -> None:
    ours, other, none = fit_sensitivity(trials(1.0)), fit_sensitivity(trials(4.0)), fit_sensitivity(trials(9.0))
    ratio = ratio_to_best(ours, [none, other, None])
    assert ratio == pytest.approx((ours.snr_50 or 0.0) / (other.snr_50 or 1.0))
    assert ratio == pytest.approx(0.25, rel=0.1)
    assert ratio_to_best(ours, [none]) is None


def test_trials_are_the_true_falls_whose_truth_tells_their_signal() -> None:
    path = true_path(20)
    truth = clip_truth(true_fall(path, snr=3.0), true_fall(true_path(20, x_px=400.0)))
    measured = measure_sensitivity([score_clip(truth, [parse_found(line(along(path)))], HD)])
    assert measured is not None
    assert measured.trials == (Trial(3.0, 20, True),)
    assert measure_sensitivity([score_clip(clip_truth(true_fall(path)), [], HD)]) is None


def test_probe_stands_in_its_suite_and_counts_in_no_total() -> None:
    path = true_path(20)
    probe = score_clip(clip_truth(true_fall(path, snr=0.1), suite="sensitivity"), [], HD)
    plain = score_clip(clip_truth(true_fall(path)), [parse_found(line(along(path)))], HD)
    whole = contender("a", "b", [probe, plain])
    assert (whole.total.recall.total, whole.suites["sensitivity"].recall.total) == (1, 1)
    assert misses([probe, plain], ManualClock()).count == 0


def test_plot_draws_the_bound_a_curve_each_and_the_points_of_the_first() -> None:
    svg = sensitivity_plot({"a": fit_sensitivity(trials(1.0)), "b": fit_sensitivity(trials(9.0))})
    assert svg.count("<polyline") == 3
    assert svg.count("<circle") == 9

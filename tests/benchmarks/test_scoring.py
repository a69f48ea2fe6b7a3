"""What counts as right in one clip."""

from typing import Any

import pytest

from benchmarks.found import FoundFall, parse_found
from benchmarks.rates import wilson
from benchmarks.scoring import ClipScore, Missed, score_clip, score_failure
from benchmarks.summary import reliability, summarise
from tests.benchmarks.made import HD, along, clip_truth, line, origin, true_fall, true_path

PATH = true_path(20)
OTHER = true_path(20, x_px=400.0)


def found(*lines: dict[str, Any]) -> list[FoundFall]:
    return [parse_found(one) for one in lines]


def outcomes(score: ClipScore) -> list[str]:
    return [judged.outcome for judged in score.confirmed]


def test_confirmed_fall_on_the_truth_is_recall_and_precision() -> None:
    summary = summarise([score_clip(clip_truth(true_fall(PATH)), found(line(along(PATH))), HD)])
    assert (summary.recall.value, summary.precision.value, summary.false_alarms.count) == (1.0, 1.0, 0)


def test_second_fall_on_the_same_truth_is_a_duplicate_and_counts_as_false() -> None:
    better, worse = line(along(PATH), "a"), line(along(PATH, dx_px=5.0), "b")
    score = score_clip(clip_truth(true_fall(PATH)), found(worse, better), HD)
    summary = summarise([score])
    assert outcomes(score) == ["duplicate", "matched"]
    assert (summary.recall.value, summary.precision.value) == (1.0, 0.5)
    assert (summary.false_alarms.count, summary.duplicates) == (1, 1)


def test_fall_that_matches_nothing_is_false_and_no_duplicate() -> None:
    score = score_clip(clip_truth(true_fall(PATH)), found(line(along(OTHER))), HD)
    summary = summarise([score])
    assert outcomes(score) == ["false"]
    assert (summary.recall.value, summary.precision.value, summary.duplicates) == (0.0, 0.0, 0)


def test_false_alarms_are_counted_per_hour_of_video() -> None:
    quiet = score_clip(clip_truth(), [], HD)
    noisy = score_clip(clip_truth(), found(line(along(PATH))), HD)
    frequency = summarise([quiet, noisy]).false_alarms
    assert (frequency.hours, frequency.value) == pytest.approx((0.02, 50.0))


def test_suspected_fall_is_reported_beside_and_never_added_in() -> None:
    score = score_clip(clip_truth(true_fall(PATH)), found(line(along(PATH), verdict="suspected")), HD)
    summary = summarise([score])
    assert (summary.recall.value, summary.precision.value) == (0.0, None)
    assert (summary.suspected, summary.suspected_recall.value) == (1, 1.0)
    assert score.missed == (Missed(0, "suspected", ("it accelerates",)),)


def test_better_suspected_fall_does_not_take_the_truth_from_a_confirmed_one() -> None:
    lines = [line(along(PATH), "s", verdict="suspected"), line(along(PATH, dx_px=9.0), "c")]
    score = score_clip(clip_truth(true_fall(PATH)), found(*lines), HD)
    assert outcomes(score) == ["matched"]
    assert score.suspected[0].outcome == "duplicate"
    assert summarise([score]).suspected_recall.value == 0.0


def test_rejected_fall_explains_a_miss_and_counts_nowhere() -> None:
    score = score_clip(
        clip_truth(true_fall(PATH)), found(line(along(PATH), verdict="rejected", reasons=["moves evenly"])), HD
    )
    assert score.missed == (Missed(0, "rejected", ("moves evenly",)),)
    assert (score.confirmed, score.suspected) == ((), ())


def test_verdict_counts_although_the_fall_began_below_the_lowest_floor_sent_on() -> None:
    score = score_clip(clip_truth(true_fall(PATH)), found(line(along(PATH), below_min_floor=True)), HD)
    assert outcomes(score) == ["matched"]


def origins_of(*, true: dict[str, Any], named: dict[str, Any] | None, site: bool = True) -> ClipScore:
    truth = clip_truth(true_fall(PATH, **true), site=site)
    return score_clip(truth, found(line(along(PATH), origin=named)), HD)


def test_exact_floor_and_unit_are_right() -> None:
    summary = summarise([origins_of(true={"floor": 16, "unit": "03"}, named=origin(16, "03"))])
    assert (summary.floor_exact.value, summary.unit_exact.value, summary.interval.value) == (1.0, 1.0, 1.0)


def test_next_floor_is_within_one_but_not_exact() -> None:
    summary = summarise([origins_of(true={"floor": 16}, named=origin(17))])
    assert (summary.floor_exact.value, summary.floor_within_one.value, summary.interval.value) == (0.0, 1.0, 0.0)
    assert summary.floor_errors == {"+1": 1}


def test_interval_covers_the_true_floor_at_its_very_end() -> None:
    assert summarise([origins_of(true={"floor": 14}, named=origin(16, spread=2))]).interval.value == 1.0
    assert summarise([origins_of(true={"floor": 13}, named=origin(16, spread=2))]).interval.value == 0.0


def test_matched_fall_without_origin_counts_as_wrong() -> None:
    summary = summarise([origins_of(true={"floor": 16, "unit": "03"}, named=None)])
    assert (summary.floor_exact.total, summary.floor_exact.value) == (1, 0.0)
    assert (summary.unit_exact.value, summary.interval.value, summary.no_origin) == (0.0, 0.0, 1)


def test_floor_is_not_scored_where_the_truth_names_none() -> None:
    summary = summarise([origins_of(true={"floor": None, "unit": None}, named=origin(16))])
    assert (summary.floor_exact.total, summary.unit_exact.total, summary.interval.total) == (0, 0, 0)


def test_floor_is_not_scored_without_a_site() -> None:
    assert summarise([origins_of(true={"floor": 16}, named=None, site=False)]).floor_exact.total == 0


def test_missed_fall_is_not_in_the_share_of_right_floors() -> None:
    score = score_clip(clip_truth(true_fall(PATH, floor=16)), [], HD)
    assert summarise([score]).floor_exact.total == 0


def test_claim_without_true_unit_is_that_of_the_floor_over_all_its_units() -> None:
    named = origin(16, "03", 0.5)
    named["candidates"] = [
        {"floor": 16, "unit": "03", "probability": 0.5},
        {"floor": 16, "unit": "02", "probability": 0.25},
        {"floor": 15, "unit": "03", "probability": 0.25},
    ]
    score = origins_of(true={"floor": 16}, named=named)
    assert (score.origins[0].probability, score.origins[0].claim_right) == (0.75, True)


def test_reliability_puts_claims_in_tenths_with_one_in_the_last() -> None:
    bins = reliability([(0.05, False), (0.9, True), (0.95, False), (1.0, True)])
    assert (bins[0].count, bins[0].share_right) == (1, 0.0)
    assert bins[9].count == 3
    assert bins[9].share_right == pytest.approx(2 / 3)
    assert (bins[9].share_low, bins[9].share_high) == (wilson(2, 3).low, wilson(2, 3).high)
    assert bins[9].mean_probability == pytest.approx(0.95)
    assert bins[5].mean_probability is None


def test_suspected_matches_are_told_beside_the_confirmed_with_their_floors() -> None:
    truth = clip_truth(true_fall(PATH, floor=16), true_fall(OTHER, floor=9))
    lines = found(
        line(along(PATH), origin=origin(16)), line(along(OTHER), "i2", verdict="suspected", origin=origin(11))
    )
    summary = summarise([score_clip(truth, lines, HD)])
    assert (summary.recall.count, summary.told_recall.count, summary.told_recall.total) == (1, 2, 2)
    assert (summary.floor_within_one.total, summary.told_within_one.count, summary.told_within_one.total) == (1, 1, 2)


def test_failed_clip_misses_all_and_watches_no_time() -> None:
    summary = summarise([score_failure(clip_truth(true_fall(PATH), true_fall(OTHER)), "decoder died")])
    assert (summary.failed, summary.recall.count, summary.recall.total, summary.hours) == (1, 0, 2, 0.0)
    assert summary.fade.tro == 0.0


def test_recall_is_told_by_size_kind_and_floor() -> None:
    small = true_fall(true_path(20, size_px=2.0, x_px=400.0), kind="cup", floor=9)
    large = true_fall(true_path(20, size_px=12.0), kind="bag", floor=16)
    score = score_clip(clip_truth(small, large), found(line(along(PATH), origin=origin(16))), HD)
    summary = summarise([score])
    assert {row.group: row.recall.value for row in summary.by_size} == {"2-4 px": 0.0, "8-16 px": 1.0}
    assert {row.group: row.recall.value for row in summary.by_kind} == {"bag": 1.0, "cup": 0.0}
    assert [(row.floor, row.recall.value, row.exact.value) for row in summary.by_floor] == [
        (9, 0.0, None),
        (16, 1.0, 1.0),
    ]


def test_release_error_is_the_median_over_matched_falls() -> None:
    truth = clip_truth(true_fall(PATH, release_s=-0.2))
    summary = summarise([score_clip(truth, found(line(along(PATH), release_s=0.1)), HD)])
    assert summary.release_error_s == pytest.approx(0.3)

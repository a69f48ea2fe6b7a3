"""The contract's rule, case by case, worked by hand."""

import pytest

from benchmarks.matching import Agreement, agree, assign, hits_needed
from tests.benchmarks.made import along, true_path
from tracking.fall import PathPoint


@pytest.mark.parametrize(("times", "needed"), [(1, 5), (5, 5), (12, 5), (13, 6), (15, 6), (16, 7), (20, 8), (100, 40)])
def test_forty_percent_of_all_times_and_five_at_least_are_needed(times: int, needed: int) -> None:
    assert hits_needed(times) == needed


def test_path_on_the_truth_matches_at_every_time_with_no_distance() -> None:
    truth = true_path(20)
    assert agree(along(truth), truth, 720) == Agreement(hits=20, median_px=0.0)


def test_exactly_forty_percent_of_the_times_is_enough() -> None:
    truth = true_path(20)
    assert agree(along(truth[:8]), truth, 720) == Agreement(hits=8, median_px=0.0)


def test_one_time_less_than_forty_percent_is_not_enough() -> None:
    truth = true_path(20)
    assert agree(along(truth[:7]), truth, 720) is None


def test_five_times_of_a_short_truth_are_enough_and_four_are_not() -> None:
    truth = true_path(6)
    assert agree(along(truth[:5]), truth, 720) == Agreement(hits=5, median_px=0.0)
    assert agree(along(truth[:4]), truth, 720) is None


def test_truth_of_four_points_can_never_be_matched() -> None:
    truth = true_path(4)
    assert agree(along(truth), truth, 720) is None


@pytest.mark.parametrize(("height_px", "tolerance_px"), [(720, 15.0), (1080, 15.0), (1440, 20.0), (2160, 30.0)])
def test_tolerance_is_fifteen_pixels_up_to_1080_and_grows_with_the_frame_above(
    height_px: int, tolerance_px: float
) -> None:
    truth = true_path(10)
    assert agree(along(truth, dx_px=tolerance_px), truth, height_px) == Agreement(10, tolerance_px)
    assert agree(along(truth, dx_px=tolerance_px + 0.01), truth, height_px) is None


def test_size_of_a_large_object_is_its_tolerance() -> None:
    truth = true_path(10, size_px=40.0)
    assert agree(along(truth, dx_px=40.0), truth, 720) == Agreement(10, 40.0)
    assert agree(along(truth, dx_px=40.5), truth, 720) is None


def test_tolerance_follows_the_size_at_each_time() -> None:
    truth = [PathPoint(p.time_s, p.x_px, p.y_px, 40.0 if i < 6 else 4.0) for i, p in enumerate(true_path(10))]
    agreement = agree(along(truth, dx_px=30.0), truth, 720)
    assert agreement == Agreement(hits=6, median_px=30.0)


def test_median_beyond_the_tolerance_refuses_although_forty_percent_are_hit() -> None:
    truth = true_path(10)
    assert agree(along(truth[:5]) + along(truth[5:], dx_px=29.0), truth, 720) == Agreement(hits=5, median_px=14.5)
    assert agree(along(truth[:5]) + along(truth[5:], dx_px=31.0), truth, 720) is None


def test_times_outside_the_span_found_count_neither_as_hits_nor_in_the_median() -> None:
    truth = true_path(20)
    found = along(truth[5:15], dx_px=3.0)
    assert agree(found, truth, 720) == Agreement(hits=10, median_px=3.0)


def test_ends_of_the_span_are_inside() -> None:
    truth = true_path(12)
    first, last = truth[2], truth[6]
    found = [(first.time_s, first.x_px, first.y_px), (last.time_s, last.x_px, last.y_px)]
    assert agree(found, truth, 720) == Agreement(hits=5, median_px=0.0)


def test_path_is_interpolated_between_the_points_found() -> None:
    truth = true_path(11)
    found = [(0.0, 100.0, 50.0), (0.05, 100.0, 60.0), (1.0, 100.0, 250.0)]
    agreement = agree(found, truth, 720)
    assert agreement is not None
    assert agreement.hits == 11
    assert agreement.median_px == pytest.approx(0.0, abs=1e-9)


def test_descent_of_half_is_enough_and_less_is_not() -> None:
    truth = true_path(11, step_px=2.0)  # descends 20 px within the tolerance of 15 px

    def slower(share: float) -> list[tuple[float, float, float]]:
        return [(p.time_s, p.x_px, 50.0 + share * (p.y_px - 50.0)) for p in truth]

    assert agree(slower(0.5), truth, 720) is not None
    assert agree(slower(0.45), truth, 720) is None


def test_path_that_moves_up_does_not_match_a_truth_that_falls() -> None:
    truth = true_path(11, step_px=1.0)
    rising = [(p.time_s, p.x_px, 60.0 - (p.y_px - 50.0)) for p in truth]
    assert agree(rising, truth, 720) is None


def test_descent_is_compared_only_where_both_are() -> None:
    rise_and_fall = [
        PathPoint(i / 10, 100.0, y, 4.0) for i, y in enumerate([50, 50, 50, 50, 50, 50, 150, 250, 350, 450])
    ]
    assert agree(along(rise_and_fall[:6]), rise_and_fall, 720) == Agreement(hits=6, median_px=0.0)


def test_found_path_without_common_time_does_not_match() -> None:
    truth = true_path(10)
    later = [(t + 5.0, x, y) for t, x, y in along(truth)]
    assert agree(later, truth, 720) is None


def test_most_hits_are_assigned_first() -> None:
    agreements = {(0, 0): Agreement(10, 1.0), (1, 0): Agreement(12, 9.0), (0, 1): Agreement(6, 1.0)}
    assert assign(agreements) == {1: 0, 0: 1}


def test_smaller_median_wins_among_equal_hits() -> None:
    assert assign({(0, 0): Agreement(10, 2.0), (1, 0): Agreement(10, 1.0)}) == {1: 0}


def test_best_first_does_not_trade_the_best_pair_for_more_pairs() -> None:
    agreements = {(0, 0): Agreement(10, 1.0), (0, 1): Agreement(9, 1.0), (1, 0): Agreement(8, 1.0)}
    assert assign(agreements) == {0: 0}


def test_nothing_to_assign_gives_nothing() -> None:
    assert assign({}) == {}

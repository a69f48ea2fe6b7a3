"""Trackers, rules and filter of the peers against cases worked by hand."""

import numpy as np
import pytest

from benchmarks.peers.blob import Blob, Trail, blobs_of
from benchmarks.peers.downward import goes_down
from benchmarks.peers.kalman import Gaussian, LinearModel, predict, update
from benchmarks.peers.mog2_kalman import PositionTracker, falls_quadratically
from benchmarks.peers.pipeline import Tracker
from benchmarks.peers.sort import SortTracker, iou
from benchmarks.peers.three_frame import NearestTracker


def box(y_px: float, size_px: float = 10.0, x_px: float = 50.0) -> Blob:
    return Blob(x_px, y_px, size_px, size_px)


def track(tracker: Tracker, tops_px: list[float]) -> list[Trail]:
    """Track a box 10 px wide whose top is there, a picture each 0.04 s; NaN leaves the picture empty."""
    ended = []
    for n, top_px in enumerate(tops_px):
        ended += tracker.step(0.04 * n, [] if np.isnan(top_px) else [box(top_px)])
    return ended + tracker.finish()


def trail(tops_px: list[float], aside_px: float = 0.0) -> Trail:
    made = Trail()
    for n, top_px in enumerate(tops_px):
        made.add(0.04 * n, box(top_px, x_px=50.0 + aside_px * n))
    return made


def test_iou_of_boxes_half_over_each_other_is_a_third() -> None:
    first = np.array([[0.0, 0.0, 10.0, 10.0]])
    second = np.array([[0.0, 5.0, 10.0, 15.0], [0.0, 10.0, 10.0, 20.0], [0.0, 0.0, 10.0, 10.0]])
    assert iou(first, second)[0] == pytest.approx([1 / 3, 0.0, 1.0])


def test_sort_keeps_a_box_that_moves_less_than_its_size() -> None:
    (kept,) = track(SortTracker(), [3.0 * n for n in range(12)])
    assert len(kept.blobs) == 12


def test_sort_loses_a_box_that_moves_more_than_its_size_a_picture() -> None:
    assert track(SortTracker(), [12.0 * n for n in range(12)]) == []


def test_others_keep_a_box_that_moves_more_than_its_size_a_picture() -> None:
    for tracker in (NearestTracker(), PositionTracker()):
        (kept,) = track(tracker, [12.0 * n for n in range(12)])
        assert len(kept.blobs) == 12


def test_sort_lives_through_one_empty_picture_and_not_two() -> None:
    one_gap = [0.0, 1.0, 2.0, 3.0, np.nan, 5.0, 6.0, 7.0]
    two_gaps = [0.0, 1.0, 2.0, 3.0, np.nan, np.nan, 6.0, 7.0, 8.0]
    assert [len(one.blobs) for one in track(SortTracker(), one_gap)] == [7]
    assert [len(one.blobs) for one in track(SortTracker(), two_gaps)] == [4, 3]


def test_sort_tells_of_no_track_with_fewer_hits_than_asked() -> None:
    assert track(SortTracker(), [0.0, 1.0]) == []
    assert len(track(SortTracker(min_hits=2), [0.0, 1.0])) == 1


def test_nearest_neighbour_gives_each_blob_to_the_nearest_trail() -> None:
    tracker = NearestTracker()
    tracker.step(0.0, [box(0.0), box(40.0)])
    tracker.step(0.04, [box(45.0), box(8.0)])
    assert [[blob.top_px for blob in one.blobs] for one in tracker.finish()] == [[0.0, 8.0], [40.0, 45.0]]


def test_predicted_position_follows_what_outruns_the_reach() -> None:
    speeding = [0.5 * 6.0 * n * n for n in range(12)]
    (kept,) = track(PositionTracker(reach_px=40.0), speeding)
    assert speeding[-1] - speeding[-2] > 40.0
    assert len(kept.blobs) == 12


def test_filter_weighs_prediction_and_measurement_by_their_variances() -> None:
    still = LinearModel(np.eye(1), np.array([[1.0]]), np.eye(1), np.array([[4.0]]))
    moved = predict(Gaussian(np.array([10.0]), np.array([[3.0]])), still)
    assert (moved.mean[0], moved.covariance[0, 0]) == (10.0, 4.0)
    taken = update(moved, still, np.array([20.0]))
    assert (taken.mean[0], taken.covariance[0, 0]) == pytest.approx((15.0, 2.0))


def test_downward_rule_wants_points_drop_and_direction() -> None:
    assert goes_down(trail([10.0 * n for n in range(6)]), 480)
    assert not goes_down(trail([10.0 * n for n in range(4)]), 480)
    assert not goes_down(trail([5.0 * n for n in range(6)]), 480)
    assert not goes_down(trail([-10.0 * n for n in range(6)]), 480)
    assert not goes_down(trail([10.0 * n for n in range(6)], aside_px=6.0), 480)
    assert not goes_down(trail([0.0, 30.0, 20.0, 50.0, 40.0, 60.0]), 480)


def test_quadratic_fit_wants_acceleration_downward_and_small_residuals() -> None:
    assert falls_quadratically(trail([float(n * n) for n in range(12)]), 480)
    assert not falls_quadratically(trail([121.0 - (11 - n) ** 2 for n in range(12)]), 480)
    stairs = [float(n * n) + (24.0 if n % 4 == 3 else 0.0) for n in range(12)]
    assert goes_down(trail(stairs), 480)
    assert not falls_quadratically(trail(stairs), 480)


def test_blobs_leave_out_specks_and_changes_of_light() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[10:15, 20:24] = 255
    mask[50, 50] = 255
    assert blobs_of(mask) == [Blob(20.0, 10.0, 4.0, 5.0)]
    assert (blobs_of(mask)[0].x_px, blobs_of(mask)[0].y_px, blobs_of(mask)[0].size_px) == (21.5, 12.0, 5.0)
    mask[:, 30:] = 255
    assert blobs_of(mask) == [Blob(20.0, 10.0, 4.0, 5.0)]

"""Association by predicted position, and the best of all pairings."""

import itertools

import numpy as np
import pytest

from tracking.association import GATE, assign, gated_pairs, in_order, inside_spans, squared_mahalanobis


def test_distance_is_counted_in_deviations_of_each_axis() -> None:
    # 6 px across at a deviation of 2, 8 px down at one of 4: 9 + 4.
    spread = np.array([[[4.0, 0.0], [0.0, 16.0]]])
    distance, log_determinant = squared_mahalanobis(np.array([[10.0, 20.0]]), spread, np.array([[16.0, 28.0]]))
    assert distance.tolist() == [[13.0]]
    assert log_determinant == pytest.approx([np.log(64.0)])


def test_distance_minds_the_direction_of_the_spread() -> None:
    # Spread along the diagonal: as far along it is nearer than as far across it.
    spread = np.array([[[2.0, 1.5], [1.5, 2.0]]])
    distance, _ = squared_mahalanobis(np.zeros((1, 2)), spread, np.array([[2.0, 2.0], [2.0, -2.0]]))
    assert distance[0] == pytest.approx([8.0 / 3.5, 8.0 / 0.5])


def test_distances_agree_with_the_matrix_formula() -> None:
    rng = np.random.default_rng(4)
    root = rng.normal(size=(3, 2, 2))
    spread = root @ root.transpose(0, 2, 1) + np.eye(2)
    predicted, position = rng.normal(size=(3, 2)), rng.normal(size=(5, 2))
    distance, log_determinant = squared_mahalanobis(predicted, spread, position)
    for n, m in itertools.product(range(3), range(5)):
        step = position[m] - predicted[n]
        assert distance[n, m] == pytest.approx(step @ np.linalg.inv(spread[n]) @ step)
    assert log_determinant == pytest.approx(np.log(np.linalg.det(spread)))


def test_pairs_in_reach_are_those_within_the_gate() -> None:
    rng = np.random.default_rng(6)
    root = 3 * rng.normal(size=(40, 2, 2))
    spread = root @ root.transpose(0, 2, 1) + np.eye(2)
    predicted, position = rng.uniform(0, 60, size=(40, 2)), rng.uniform(0, 60, size=(70, 2))
    distance, log_determinant = squared_mahalanobis(predicted, spread, position)
    pairs = gated_pairs(predicted, spread, position)
    assert 100 < len(pairs.track) < 2000
    assert np.array_equal([pairs.track, pairs.detection], np.nonzero(distance <= GATE))
    assert pairs.distance == pytest.approx(distance[distance <= GATE])
    assert pairs.log_determinant == pytest.approx(log_determinant[pairs.track])


def test_pairs_of_tracks_out_of_reach_of_everything_are_none() -> None:
    pairs = gated_pairs(np.array([[0.0, 0.0]]), np.eye(2)[None], np.array([[100.0, 0.0], [0.0, 100.0]]))
    assert len(pairs.track) == len(pairs.detection) == len(pairs.distance) == 0


def test_spans_hold_what_lies_between_their_ends_and_at_them() -> None:
    values = np.array([5.0, 1.0, 3.0])
    spans, inside = inside_spans(values, np.array([1.0, 6.0, 2.5]), np.array([3.0, 9.0, 5.5]))
    assert list(zip(spans.tolist(), inside.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 2), (2, 0)]
    spans, inside = in_order(spans, inside, len(values))
    assert list(zip(spans.tolist(), inside.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 0), (2, 2)]


def test_empty_and_backward_spans_hold_nothing() -> None:
    spans, inside = inside_spans(np.array([1.0, 2.0]), np.array([1.2, 2.5]), np.array([1.4, 0.5]))
    assert len(spans) == len(inside) == 0
    spans, _ = inside_spans(np.empty(0), np.array([0.0]), np.array([9.0]))
    assert len(spans) == 0


def test_prediction_finds_what_no_box_overlaps() -> None:
    # 8 px boxes, 65 px a frame: what lies where the track was is nearer in pixels and far outside the gate.
    predicted, spread = np.array([[300.0, 465.0]]), np.eye(2)[None] * 9.0
    position = np.array([[301.0, 468.0], [300.0, 404.0]])
    distance, _ = squared_mahalanobis(predicted, spread, position)
    assert distance[0, 0] < GATE < distance[0, 1]
    gain = np.where(distance <= GATE, 10 - distance, -np.inf)
    assert assign(gain) == [(0, 0)]


def test_assignment_is_best_for_all_where_greedy_is_not() -> None:
    # Greedy takes 10 first and is left with 1: 11. The best is 9 + 8.
    assert sorted(assign(np.array([[10.0, 9.0], [8.0, 1.0]]))) == [(0, 1), (1, 0)]


def test_assignment_is_the_best_of_all_permutations() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        gain = rng.normal(size=(4, 5)) * 10
        best = max(sum(gain[i, c] for i, c in enumerate(p)) for p in itertools.permutations(range(5), 4))
        assert sum(gain[pair] for pair in assign(gain)) == pytest.approx(best)


def test_what_cannot_be_is_not_paired() -> None:
    never = -np.inf
    assert assign(np.array([[never, never], [3.0, never]])) == [(1, 0)]


def test_two_tracks_never_share_a_detection() -> None:
    assert assign(np.array([[5.0], [7.0]])) == [(1, 0)]


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3)])
def test_no_tracks_or_no_detections_make_no_pairs(shape: tuple[int, int]) -> None:
    assert assign(np.zeros(shape)) == []

"""Clutter densities worked by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tracking.clutter import ClutterMap, EvenClutter, ExtentShares, FadingCounts, Grid, SceneClutter
from tracking.extent import CLASSES

GRID = Grid(100, 60, 10)
# Two places of that grid as pixels, and their cells.
HERE_PX, THERE_PX = np.array([[15.0, 25.0]]), np.array([[85.0, 25.0]])
HERE, THERE = np.array([21]), np.array([28])
BOTH = np.array([21, 28])
NOWHERE = np.empty(0, np.int64)


def map_of_tens(**options: float) -> ClutterMap:
    return ClutterMap(GRID, memory_s=options.pop("memory_s", 1e9), **options)


def test_cells_are_numbered_row_by_row() -> None:
    assert GRID.size == 60
    assert GRID.cells(np.vstack([HERE_PX, THERE_PX])).tolist() == BOTH.tolist()


def test_positions_outside_the_frame_belong_to_its_border_cells() -> None:
    outside = np.array([[-3.0, -3.0], [-50.0, 0.0], [120.0, 75.0], [100.0, 60.0]])
    assert GRID.cells(outside).tolist() == [0, 0, 59, 59]


def test_frame_that_is_no_multiple_of_the_cell_has_a_last_cell() -> None:
    grid = Grid(101, 61, 10)
    assert grid.size == 77
    assert grid.cells(np.array([[95.0, 55.0], [100.5, 60.5]])).tolist() == [64, 76]


def test_counts_fade_by_time_however_long() -> None:
    counts, places = FadingCounts(3, memory_s=0.4), np.arange(3)
    counts.add(np.array([0, 0, 1]))
    counts.fade(0.4)
    counts.add(np.array([1]))
    assert counts.at(places) == pytest.approx([2 / math.e, 1 + 1 / math.e, 0])
    # An hour, in which the weight of one falls below what a number can hold, again and again.
    for _ in range(900):
        counts.fade(4.0)
    counts.add(np.array([2]))
    assert counts.at(places[:2]).tolist() == [0, 0]
    assert counts.at(places[2:]) == pytest.approx([1])
    counts.fade(1e9)
    assert counts.at(places).tolist() == [0, 0, 0]


def test_unknown_scene_is_held_to_make_the_prior_rate() -> None:
    clutter = map_of_tens(prior_rate=1e-4)
    assert clutter.density(BOTH) == pytest.approx([1e-4, 1e-4])


def test_density_is_detections_by_area_and_frames() -> None:
    clutter = map_of_tens(prior_rate=1e-4, prior_frames=5.0)
    for _ in range(15):
        clutter.add(np.array([21, 21]), 0.04)
    # (2 * 15 + 1e-4 * 100 * 5) / (15 + 5) frames / 100 square pixels; elsewhere the prior thins out.
    assert clutter.density(HERE) == pytest.approx([(30 + 0.05) / 20 / 100])
    assert clutter.density(THERE) == pytest.approx([0.05 / 20 / 100])


def test_frames_without_detections_count() -> None:
    clutter = map_of_tens(prior_rate=0.0, prior_frames=1.0)
    clutter.add(HERE, 0.04)
    for _ in range(8):
        clutter.add(NOWHERE, 0.04)
    assert clutter.density(HERE) == pytest.approx([1 / 10 / 100])


def test_old_frames_are_forgotten_by_time_not_by_count() -> None:
    clutter = map_of_tens(prior_rate=0.0, prior_frames=1.0, memory_s=2.0)
    clutter.add(HERE, 0.04)
    clutter.add(NOWHERE, 2.0)
    # After one memory the detection counts 1/e, and so does its frame.
    assert clutter.density(HERE) == pytest.approx([math.exp(-1) / (math.exp(-1) + 1 + 1) / 100])


def test_prior_rules_again_when_all_is_forgotten() -> None:
    clutter = map_of_tens(prior_rate=1e-4, prior_frames=5.0, memory_s=0.5)
    for _ in range(50):
        clutter.add(HERE, 0.04)
    busy = float(clutter.density(HERE)[0])
    clutter.add(NOWHERE, 60.0)
    assert busy > 50 * 1e-4
    assert clutter.density(HERE) == pytest.approx([1e-4 * 5 / 6])


def specks(count: int, extent: int = 0) -> NDArray[np.int64]:
    return np.full(count, extent, np.int64)


def test_shares_of_an_unknown_scene_are_even() -> None:
    shares = ExtentShares(GRID, memory_s=1e9)
    assert shares.share(BOTH, np.array([0, 5])) == pytest.approx([1 / CLASSES] * 2)


def test_shares_by_hand() -> None:
    shares = ExtentShares(GRID, memory_s=1e9)
    for _ in range(30):
        shares.add(np.array([21, 21, 28]), np.array([0, 0, 3]), 0.04)
    # Everywhere: 60 specks, 30 blobs and a belief of 20 spread over all extents; here: 60 specks and 20 of everywhere.
    specks_everywhere, blobs_everywhere = (60 + 20 / CLASSES) / 110, (30 + 20 / CLASSES) / 110
    assert shares.share(HERE, specks(1)) == pytest.approx([(60 + 20 * specks_everywhere) / 80])
    assert shares.share(HERE, specks(1, 3)) == pytest.approx([20 * blobs_everywhere / 80])
    assert shares.share(THERE, specks(1, 3)) == pytest.approx([(30 + 20 * blobs_everywhere) / 50])


def test_shares_of_a_place_add_up_to_one() -> None:
    shares = ExtentShares(GRID, memory_s=2.0)
    rng = np.random.default_rng(3)
    for _ in range(20):
        shares.add(rng.integers(0, GRID.size, 30), rng.integers(0, CLASSES, 30), 0.04)
    assert shares.share(np.repeat(HERE, CLASSES), np.arange(CLASSES)).sum() == pytest.approx(1)


def test_without_learning_all_extents_are_as_dense() -> None:
    even = EvenClutter()
    even.add(HERE_PX, specks(1), np.array([True]), 0.04)
    assert (
        even.density(HERE_PX, specks(1)).tolist() == even.density(THERE_PX, specks(1, 6)).tolist() == [1e-5 / CLASSES]
    )


def test_blob_among_specks_is_rare() -> None:
    scene = SceneClutter(640, 360)
    rng = np.random.default_rng(4)
    for _ in range(50):
        scene.add(rng.uniform(0, 360, (60, 2)), specks(60), np.ones(60, bool), 0.04)
    place = np.array([[200.0, 100.0]])
    speck, blob = scene.density(place, specks(1)), scene.density(place, specks(1, 3))
    assert blob[0] < 0.02 * speck[0]


def test_ghost_that_stands_in_one_place_raises_that_place_only() -> None:
    scene = SceneClutter(640, 360)
    ghost = np.array([[324.0, 204.0]])
    for _ in range(10):
        scene.add(ghost, specks(1), np.array([True]), 0.04)
    beside = ghost + np.array([[24.0, 0.0]])
    assert scene.density(ghost, specks(1))[0] > 10 * scene.density(beside, specks(1))[0]
    # Both lie in the same coarse cell; the fine one, 8 px wide, has seen one in nearly each of its frames.
    assert scene.density(ghost, specks(1))[0] == pytest.approx(1 / 64 / CLASSES, rel=0.3)


def test_ghost_that_is_gone_is_forgotten_within_two_seconds() -> None:
    scene = SceneClutter(640, 360)
    ghost = np.array([[324.0, 204.0]])
    for _ in range(25):
        scene.add(ghost, specks(1), np.array([True]), 0.04)
    before = scene.density(ghost, specks(1))[0]
    for _ in range(50):
        scene.add(np.empty((0, 2)), specks(0), np.empty(0, bool), 0.04)
    assert scene.density(ghost, specks(1))[0] < before / 20


def test_what_a_live_track_took_is_no_clutter_to_its_region() -> None:
    taken, restless = SceneClutter(640, 360), SceneClutter(640, 360)
    for step in range(20):
        place = np.array([[300.0, 10.0 * step]])
        taken.add(place, specks(1), np.array([False]), 0.04)
        restless.add(place, specks(1), np.array([True]), 0.04)
    beside = np.array([[270.0, 180.0]])
    assert taken.density(beside, specks(1))[0] < 0.01 * restless.density(beside, specks(1))[0]

"""Zones to look in and shields to leave out."""

import numpy as np

from vision.zones import look_mask

LEFT = [(0.0, 0.0), (9.0, 0.0), (9.0, 19.0), (0.0, 19.0)]
MIDDLE = [(5.0, 5.0), (14.0, 5.0), (14.0, 14.0), (5.0, 14.0)]


def test_without_zones_all_is_looked_at() -> None:
    mask = look_mask(30, 20)
    assert mask.shape == (20, 30)
    assert mask.dtype == np.uint8
    assert (mask == 255).all()


def test_only_the_insides_of_zones_are_looked_at() -> None:
    mask = look_mask(30, 20, zones=[LEFT])
    # The border belongs to the zone: columns 0 to 9.
    assert np.count_nonzero(mask) == 10 * 20
    assert mask[:, :10].all()


def test_zones_that_overlap_are_joined() -> None:
    mask = look_mask(30, 20, zones=[LEFT, MIDDLE])
    assert np.count_nonzero(mask) == 10 * 20 + 5 * 10


def test_shield_takes_out_of_a_zone_whatever_the_order() -> None:
    mask = look_mask(30, 20, zones=[LEFT], shields=[MIDDLE])
    assert np.count_nonzero(mask) == 10 * 20 - 5 * 10
    assert mask[10, 4] == 255
    assert mask[10, 5] == 0


def test_shield_alone_leaves_the_rest() -> None:
    assert np.count_nonzero(look_mask(30, 20, shields=[MIDDLE])) == 30 * 20 - 10 * 10


def test_polygon_may_reach_beyond_the_frame() -> None:
    beyond = [(-50.0, 10.0), (90.0, 10.0), (90.0, 70.0), (-50.0, 70.0)]
    mask = look_mask(30, 20, zones=[beyond])
    assert np.count_nonzero(mask) == 30 * 10
    assert not mask[:10].any()


def test_corners_are_rounded_to_the_nearest_pixel() -> None:
    mask = look_mask(30, 20, zones=[[(1.6, 0.0), (4.4, 0.0), (4.4, 3.0), (1.6, 3.0)]])
    assert np.flatnonzero(mask[0]).tolist() == [2, 3, 4]

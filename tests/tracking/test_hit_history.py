"""The places in which the last hits of tracks lie."""

import numpy as np

from tests.tracking.scenes import dot
from tracking.hit_history import NONE, HitHistory
from tracking.sighting import PixelSpace, Sightings, make_sightings


def seen(time_s: float, *down_px: float) -> Sightings:
    detections = [dot(time_s, 10.0, y_px) for y_px in down_px]
    return make_sightings(time_s, 0.0, detections, PixelSpace(), np.ones(len(detections)))


def at(*places: int) -> np.ndarray:
    return np.array(places, np.int64)


def test_newest_hit_comes_first_with_its_time_and_place() -> None:
    history = HitHistory(4)
    places = history.take(2)
    history.add(places, at(0, 1), 7, seen(0.2, 5.0, 6.0))
    history.add(places[1:], at(0), 8, seen(0.24, 9.0))
    assert history.hits(places)[:, :3].tolist() == [
        [[7, 0], [NONE, NONE], [NONE, NONE]],
        [[8, 0], [7, 1], [NONE, NONE]],
    ]
    assert history.trace(places)[1, :2].tolist() == [[0.24, 9.0], [0.2, 6.0]]


def test_oldest_hits_of_a_long_track_are_forgotten() -> None:
    history = HitHistory(1)
    place = history.take(1)
    for serial in range(HitHistory.KEEP + 3):
        history.add(place, at(0), serial, seen(0.04 * serial, 1.0))
    serials = history.hits(place)[0, :, 0].tolist()
    assert serials == list(range(HitHistory.KEEP + 2, 2, -1))


def test_place_that_was_given_back_is_empty_when_it_is_taken_again() -> None:
    history = HitHistory(2)
    first, second = history.take(1), history.take(1)
    history.add(first, at(0), 1, seen(0.0, 1.0))
    history.give_back(first)
    again = history.take(1)
    assert again.tolist() == first.tolist() != second.tolist()
    assert (history.hits(again) == NONE).all()
    assert (history.trace(again) == 0).all()

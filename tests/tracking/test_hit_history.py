"""The places in which the last hits of tracks lie."""

import numpy as np

from tests.tracking.scenes import GivenClutter, dot
from tracking.hit_history import NONE, HitHistory
from tracking.pairs import Earlier, Pairs, PairSettings, find_pairs
from tracking.sighting import PixelSpace, Sightings, make_sightings


def seen(time_s: float, *down_px: float) -> Sightings:
    detections = [dot(time_s, 10.0, y_px) for y_px in down_px]
    return make_sightings(time_s, 0.0, detections, PixelSpace(), GivenClutter(1.0))


def pairs(earlier: Sightings, serial: int, later: Sightings) -> Pairs:
    found = find_pairs([Earlier(earlier, serial)], later, PairSettings(1000.0))
    assert found is not None
    return found


def at(*places: int) -> np.ndarray:
    return np.array(places, np.int64)


def begin(history: HitHistory) -> np.ndarray:
    """Start a track in frames 5 and 6."""
    later = seen(0.04, 25.0)
    return history.start(pairs(seen(0.0, 5.0), 5, later), later, 6)


def test_newest_hit_comes_first_with_its_time_and_place() -> None:
    history, later = HitHistory(4), seen(0.2, 25.0, 35.0)
    places = history.start(pairs(seen(0.16, 5.0), 6, later), later, 7)
    history.add(places[1:], at(0), 8, seen(0.24, 99.0))
    assert history.hits(places)[:, :4].tolist() == [
        [[7, 0], [6, 0], [NONE, NONE], [NONE, NONE]],
        [[8, 0], [7, 1], [6, 0], [NONE, NONE]],
    ]
    assert history.trace(places)[1, :3].tolist() == [[0.24, 99.0], [0.2, 35.0], [0.16, 5.0]]


def test_oldest_hits_of_a_long_track_are_forgotten() -> None:
    history = HitHistory(1)
    place = begin(history)
    for serial in range(7, HitHistory.KEEP + 10):
        history.add(place, at(0), serial, seen(0.04 * serial, 1.0))
    serials = history.hits(place)[0, :, 0].tolist()
    assert serials == list(range(HitHistory.KEEP + 9, 9, -1))


def test_place_that_was_given_back_holds_no_old_hits_when_it_is_taken_again() -> None:
    history = HitHistory(2)
    first, second = begin(history), begin(history)
    history.add(first, at(0), 7, seen(0.08, 1.0))
    history.give_back(first)
    again = begin(history)
    assert again.tolist() == first.tolist() != second.tolist()
    assert history.hits(again).tolist() == history.hits(second).tolist()

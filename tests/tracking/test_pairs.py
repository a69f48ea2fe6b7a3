"""Pairs of detections over several frames at once."""

import numpy as np
import pytest

from tests.tracking.scenes import GivenClutter, clutter
from tracking.pairs import Earlier, Pairs, PairSettings, find_pairs
from tracking.sighting import PixelSpace, Sightings, make_sightings

SETTINGS = PairSettings(3000.0)


def crowd(rng: np.random.Generator, time_s: float, count: int) -> Sightings:
    detections = clutter(rng, time_s, count)
    return make_sightings(time_s, 0.0, detections, PixelSpace(), GivenClutter(rng.uniform(1e-6, 1e-4, count)))


def listed(pairs: Pairs | None) -> list[tuple[int, int, int]]:
    """List frame, earlier and later detection of each pair."""
    if pairs is None:
        return []
    return [*zip(pairs.first_serial.tolist(), pairs.first_index.tolist(), pairs.second_index.tolist(), strict=True)]


def by_hand(earlier: Earlier, later: Sightings) -> list[tuple[int, int, int]]:
    """Try every pair of detections of two frames, one after the other."""
    frame, found = earlier.sightings, []
    rare = [each.rarest(SETTINGS.max_rare if earlier.only_rare else len(each)).tolist() for each in (frame, later)]
    for i, j in ((i, j) for i in rare[0] for j in rare[1]):
        sideways, down = later.position[j] - frame.position[i]
        noise = 2 * np.sqrt(frame.variance[i] + later.variance[j])
        ratio = frame.area[i] / later.area[j]
        falls = noise < down <= SETTINGS.max_speed * (later.time_s - frame.time_s)
        alike = 1 / SETTINGS.max_area_ratio < ratio < SETTINGS.max_area_ratio
        is_same_sign = (frame.contrast[i] > 0) == (later.contrast[j] > 0)
        if falls and abs(sideways) < SETTINGS.sideways * down + noise and alike and is_same_sign:
            found.append((earlier.serial, i, j))
    return found


@pytest.mark.parametrize("count", [8, 90])
def test_pairs_of_all_frames_at_once_are_those_of_each_by_itself(count: int) -> None:
    rng = np.random.default_rng(count)
    frames = [crowd(rng, 0.04 * i, size) for i, size in enumerate((count, 0, 5, count + 20, count))]
    earlier = [
        Earlier(frames[3], 3),
        Earlier(frames[2], 2),
        Earlier(frames[1], 1),
        Earlier(frames[0], 0, only_rare=True),
    ]
    expected = [pair for each in earlier for pair in by_hand(each, frames[4])]
    pairs = find_pairs(earlier, frames[4], SETTINGS)
    assert pairs is not None
    assert listed(pairs) == expected
    assert {serial for serial, _, _ in expected} >= {0, 3}
    for row, (serial, i, j) in enumerate(expected):
        assert pairs.first[row].tolist() == frames[serial].table[i].tolist()
        assert pairs.second[row].tolist() == frames[4].table[j].tolist()
        assert pairs.first_s[row] == frames[serial].time_s


def test_of_each_frame_the_pairs_in_the_quietest_places_are_kept() -> None:
    rng = np.random.default_rng(5)
    few, many, later = crowd(rng, 0.0, 9), crowd(rng, 0.04, 150), crowd(rng, 0.08, 150)
    pairs = find_pairs([Earlier(many, 2), Earlier(few, 1)], later, PairSettings(3000.0, max_pairs=20))
    all_of_many, all_of_few = by_hand(Earlier(many, 2), later), by_hand(Earlier(few, 1), later)
    assert len(all_of_many) > 40
    assert 20 >= len(all_of_few) > 0
    density = [float(many.density[i] * later.density[j]) for _, i, j in all_of_many]
    quietest = [all_of_many[k] for k in np.argsort(density)[:20]]
    assert listed(pairs) == quietest + all_of_few


def test_frames_without_detections_or_at_the_same_time_have_no_pairs() -> None:
    rng = np.random.default_rng(6)
    later = crowd(rng, 0.04, 50)
    assert find_pairs([], later, SETTINGS) is None
    assert find_pairs([Earlier(crowd(rng, 0.0, 0), 1)], later, SETTINGS) is None
    assert find_pairs([Earlier(crowd(rng, 0.04, 50), 1)], later, SETTINGS) is None
    assert find_pairs([Earlier(crowd(rng, 0.0, 50), 1)], crowd(rng, 0.04, 0), SETTINGS) is None

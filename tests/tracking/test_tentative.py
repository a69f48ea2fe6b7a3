"""Tentative tracks: which pairs start one, which live on, which count."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import GivenClutter, clutter, dot
from tracking.motion import FreeAcceleration
from tracking.pairs import Earlier, PairSettings
from tracking.sighting import PixelSpace, Sightings, make_sightings
from tracking.tentative import Promoted, TentativeSettings, TentativeTracks
from vision.detection import Detection

Array = NDArray[np.float64]
STEP_S = 0.04
SETTINGS = TentativeSettings(PairSettings(3000.0))
START = (500.0, 100.0)


def seen(time_s: float, *detections: Detection, density: float = 1e-5) -> Sightings:
    return make_sightings(time_s, 0.0, detections, PixelSpace(), GivenClutter(density))


def fresh(settings: TentativeSettings = SETTINGS) -> TentativeTracks:
    return TentativeTracks(FreeAcceleration.for_height(1080), settings)


def started(later: Detection, settings: TentativeSettings = SETTINGS) -> int:
    tracks = fresh(settings)
    tracks.start([Earlier(seen(0.0, dot(0.0, *START)), 1)], seen(STEP_S, later), 2)
    return len(tracks)


def path_px(frame: int) -> tuple[float, float]:
    """An even acceleration of 500 px a second squared from 600 px a second: 24 px a frame and more."""
    t = frame * STEP_S
    return 500.0 + 20 * t, 100.0 + 600 * t + 250 * t**2


def follow(
    tracks: TentativeTracks,
    frames: int,
    also: Callable[[int], list[Detection]] = lambda _: [],
    skip: tuple[int, ...] = (),
    spans: tuple[int, ...] = (1,),
) -> list[Promoted]:
    """Feed frames of a falling dot, number 1 on, and return what was promoted."""
    promoted: list[Promoted] = []
    before = [seen(0.0)]
    for frame in range(1, frames + 1):
        time_s = frame * STEP_S
        here = [] if frame in skip else [dot(time_s, *path_px(frame))]
        now = seen(time_s, *here, *also(frame))
        tracks.step(STEP_S, now, frame)
        tracks.start([Earlier(before[-span], frame - span) for span in spans if span < frame], now, frame)
        promoted += tracks.promote()
        before.append(now)
    return promoted


def first_promoted(density: float) -> int:
    """Tell the frame in which a falling dot counts at last, among clutter of a density; 30 if in none."""
    tracks, before = fresh(), seen(0.0)
    for frame in range(1, 30):
        time_s = frame * STEP_S
        now = seen(time_s, dot(time_s, *path_px(frame)), density=density)
        tracks.step(STEP_S, now, frame)
        tracks.start([Earlier(before, frame - 1)], now, frame)
        if tracks.promote():
            return frame
        before = now
    return 30


def test_pair_that_could_be_one_falling_object_starts_a_track() -> None:
    assert started(dot(STEP_S, 505.0, 145.0)) == 1


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (dot(STEP_S, 500.0, 60.0), "it rises"),
        (dot(STEP_S, 500.0, 101.5), "a step within the noise is no motion"),
        (dot(STEP_S, 500.0, 100.0 + 3000 * STEP_S + 1), "it is faster than anything that falls"),
        (dot(STEP_S, 560.0, 140.0), "it goes sideways more than down"),
        (dot(STEP_S, 500.0, 140.0, size_px=14.0), "it is eight times as large"),
        (dot(STEP_S, 500.0, 140.0, contrast=-40.0), "it is dark where the other was bright"),
    ],
)
def test_pair_that_could_not_be_one_falling_object_starts_none(later: Detection, why: str) -> None:
    assert started(later) == 0, why


def test_frames_at_the_same_time_start_nothing() -> None:
    tracks = fresh()
    tracks.start([Earlier(seen(0.0, dot(0.0, *START)), 1)], seen(0.0, dot(0.0, 500.0, 140.0)), 2)
    assert len(tracks) == 0


def test_track_counts_after_enough_hits_and_tells_them_latest_first() -> None:
    (promoted,) = follow(fresh(), 5)
    assert promoted.hits == ((5, 0), (4, 0), (3, 0), (2, 0), (1, 0))
    assert promoted.score >= SETTINGS.confirm_score
    assert promoted.mean[[0, 2]] == pytest.approx(path_px(5), abs=1.0)
    assert promoted.mean[3] == pytest.approx(600 + 500 * 5 * STEP_S, rel=0.05)


def test_four_hits_are_not_enough_however_likely() -> None:
    assert follow(fresh(), 4) == []


def test_missed_frame_is_bridged() -> None:
    (promoted,) = follow(fresh(), 6, skip=(4,))
    assert [serial for serial, _ in promoted.hits] == [6, 5, 3, 2, 1]


def test_track_of_a_restless_place_needs_more_hits() -> None:
    assert first_promoted(density=1e-6) == 5
    assert 5 < first_promoted(density=1e-2) < 30


def test_track_that_sees_nothing_more_is_dropped() -> None:
    tracks = fresh(TentativeSettings(PairSettings(3000.0), drop_score=6.0))
    tracks.start([Earlier(seen(0.0, dot(0.0, *START)), 1)], seen(STEP_S, dot(STEP_S, 500.0, 140.0)), 2)
    # Three frames' belief in 0.6 and one hit more: 2.8 of 4, so the first miss costs log 4 / 1.2, the next log 5 / 2.2.
    costs = np.cumsum([-math.log((1.2 + miss) / (4 + miss)) for miss in range(40)])
    borne = int(np.searchsorted(costs, 6.0))
    assert borne == 14
    for miss in range(1, borne + 1):
        tracks.step(STEP_S, seen(0.04 + miss * STEP_S), 2 + miss)
        assert len(tracks) == 1
    tracks.step(STEP_S, seen(0.08 + borne * STEP_S), 3 + borne)
    assert len(tracks) == 0


def test_what_is_seen_now_and_then_counts_too() -> None:
    hidden = tuple(frame for frame in range(1, 40) if frame % 3)
    (promoted, *_) = follow(fresh(), 40, skip=hidden, spans=(1, 2, 3))
    assert all(serial % 3 == 0 for serial, _ in promoted.hits)


def test_pairs_over_many_frames_are_made_of_the_rarest_only() -> None:
    tracks = fresh(TentativeSettings(PairSettings(3000.0, max_rare=2)))
    crowd = [dot(0.0, 300.0 * i, 100.0, snr=1.0 + i) for i in range(6)]
    later = [dot(4 * STEP_S, 300.0 * i + 5, 250.0, snr=1.0 + i) for i in range(6)]
    tracks.start([Earlier(seen(0.0, *crowd), 1, only_rare=True)], seen(4 * STEP_S, *later), 5)
    assert len(tracks) == 2
    assert {int(row[0, 1]) for row in tracks.hits} == {4, 5}


def test_speck_does_not_go_on_as_a_large_blob_where_another_speck_is() -> None:
    tracks = fresh()
    first, second = dot(0.04, *path_px(1), size_px=1.0), dot(0.08, *path_px(2), size_px=1.0)
    tracks.start([Earlier(seen(0.04, first), 1)], seen(0.08, second), 2)
    x_px, y_px = path_px(3)
    tracks.step(STEP_S, seen(0.12, dot(0.12, x_px, y_px, size_px=9.0), dot(0.12, x_px + 1, y_px, size_px=1.0)), 3)
    assert tracks.hits[0, 0].tolist() == [3, 1]


def test_object_is_promoted_once_though_many_pairs_started_it() -> None:
    promoted = follow(fresh(), 8, also=lambda f: [dot(f * STEP_S, path_px(f)[0] + 3, path_px(f)[1] + 2)])
    shared = [set(one.hits) for one in promoted]
    assert 1 <= len(promoted) <= 2
    assert len(shared) == 1 or shared[0].isdisjoint(shared[1])


def test_number_of_tracks_is_bounded_and_the_likeliest_stay() -> None:
    rng = np.random.default_rng(8)
    settings = TentativeSettings(PairSettings(3000.0, max_pairs=30), max_tracks=40)
    tracks = fresh(settings)
    before = seen(0.0, *clutter(rng, 0.0, 200))
    for frame in range(1, 6):
        now = seen(frame * STEP_S, *clutter(rng, frame * STEP_S, 200))
        tracks.step(STEP_S, now, frame)
        tracks.start([Earlier(before, frame - 1)], now, frame)
        tracks.limit()
        assert len(tracks) <= 40
        before = now


def test_first_frames_without_detections_do_no_harm() -> None:
    tracks = fresh()
    tracks.step(STEP_S, seen(0.0), 1)
    tracks.start([Earlier(seen(0.0), 1)], seen(STEP_S), 2)
    assert tracks.promote() == []
    assert len(tracks) == 0


def even_px(frame: int) -> tuple[float, float]:
    """A flake: 600 px a second, evenly."""
    return 500.0, 100.0 + 600 * frame * STEP_S


@pytest.mark.parametrize(("place", "count"), [(path_px, 1), (even_px, 0)])
def test_in_a_crowd_only_what_gains_speed_is_promoted(place: Callable[[int], tuple[float, float]], count: int) -> None:
    tracks, before, promoted = fresh(), seen(0.0), []
    for frame in range(1, 21):
        now = seen(frame * STEP_S, dot(frame * STEP_S, *place(frame)))
        tracks.step(STEP_S, now, frame)
        if frame > 1:
            tracks.start([Earlier(before, frame - 1)], now, frame)
        promoted += tracks.promote(only_falling=True)
        before = now
    # What is promoted is followed elsewhere; here its later sights start it anew.
    assert (len(promoted) >= 1) == (count == 1)


def test_track_that_nothing_was_seen_of_for_long_is_dropped() -> None:
    # By its score it could wait for ever; twenty frames without it are 0.8 s, and one more is longer.
    tracks = fresh(TentativeSettings(PairSettings(3000.0), drop_score=math.inf, longest_unseen_s=0.81))
    tracks.start([Earlier(seen(0.0, dot(0.0, *START)), 1)], seen(STEP_S, dot(STEP_S, 500.0, 140.0)), 2)
    for miss in range(1, 21):
        tracks.step(STEP_S, seen(STEP_S + miss * STEP_S), 2 + miss)
        assert len(tracks) == 1
    tracks.step(STEP_S, seen(22 * STEP_S), 23)
    assert len(tracks) == 0


def test_sight_lets_a_track_wait_anew() -> None:
    tracks = fresh(TentativeSettings(PairSettings(3000.0), drop_score=math.inf, confirm_score=math.inf))
    follow(tracks, 40, skip=tuple(range(4, 20)))
    assert any(hits[0, 0] == 40 and hits[-1, 0] < 4 for hits in (each[each[:, 0] >= 0] for each in tracks.hits))

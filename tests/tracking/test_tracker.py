"""Falls in clutter, followed from detections alone."""

from collections.abc import Callable, Container, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import FPS, HEIGHT_PX, WIDTH_PX, clutter, dot, on_path
from tracking.judge import Judge
from tracking.setup import make_tracker
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]
Path = Callable[[Array], Array]
RELEASE_S = 1.2


def fall(x_px: float, across_px_s: float = 40.0, release_s: float = RELEASE_S) -> Path:
    """Fall from the top of the frame to its foot in 24 frames: 30 px a frame at first, 60 px in the end."""

    def path(times_s: Array) -> Array:
        tau = times_s - release_s
        down = np.where(tau < 0, -99.0, 20 + 750 * tau + 390 * tau**2)
        return np.column_stack([x_px + across_px_s * tau, down])

    return path


def in_view(path: Path, times_s: Array) -> int:
    y_px = path(times_s)[:, 1]
    return int(((y_px >= 0) & (y_px < HEIGHT_PX)).sum())


def watch(
    paths: Sequence[Path],
    rng: np.random.Generator,
    *,
    times_s: Array | None = None,
    points: int = 50,
    hidden: Container[int] = (),
) -> list[Track]:
    """Track dots on paths among clutter; a hidden frame shows clutter only."""
    tracker = make_tracker(WIDTH_PX, HEIGHT_PX, None)
    tracks: list[Track] = []
    for frame, time_s in enumerate(np.arange(60) / FPS if times_s is None else times_s):
        detections = clutter(rng, float(time_s), points)
        for path in paths:
            x_px, y_px = path(np.array([time_s]))[0] + rng.normal(0, 0.5, 2)
            if 0 <= y_px < HEIGHT_PX and frame not in hidden:
                detections.append(dot(float(time_s), float(x_px), float(y_px), size_px=6))
        tracks += tracker.step(float(time_s), detections)
    return tracks + tracker.finish()


def true_points(track: Track, path: Path) -> int:
    return sum(on_path(detection, path) for detection in track.detections)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dot_that_falls_far_between_frames_is_one_track_with_the_right_points(seed: int) -> None:
    path = fall(800.0)
    steps_px = np.diff(path(RELEASE_S + np.arange(24) / FPS)[:, 1])
    assert steps_px.min() > 30
    assert steps_px.max() > 58
    (track,) = watch([path], np.random.default_rng(seed))
    visible = in_view(path, np.arange(60) / FPS)
    assert true_points(track, path) >= 0.85 * visible
    assert true_points(track, path) == len(track.detections)


def test_track_tells_its_detections_in_order_of_time() -> None:
    (track,) = watch([fall(800.0)], np.random.default_rng(4))
    times_s = [d.taken_s for d in track.detections]
    assert times_s == sorted(set(times_s))
    assert track.frames == round((times_s[-1] - times_s[0]) * FPS) + 1


def test_two_falls_that_cross_stay_two() -> None:
    left, right = fall(700.0, 200.0), fall(900.0, -200.0)
    tracks = watch([left, right], np.random.default_rng(5))
    assert len(tracks) == 2
    owners = {max((left, right), key=lambda path: true_points(track, path)) for track in tracks}
    assert owners == {left, right}
    for track in tracks:
        best = max(true_points(track, path) for path in (left, right))
        assert best >= 0.85 * in_view(left, np.arange(60) / FPS)


def test_five_hidden_frames_are_bridged() -> None:
    path = fall(800.0)
    (track,) = watch([path], np.random.default_rng(6), hidden=range(40, 45))
    assert len(track.detections) == track.frames - 5
    assert true_points(track, path) == len(track.detections)
    assert track.detections[-1].y_px > 900


def test_nothing_is_confirmed_in_clutter_alone() -> None:
    tracks = watch([], np.random.default_rng(7), times_s=np.arange(300) / FPS)
    judge = Judge(HEIGHT_PX, None)
    assert len(tracks) <= 3
    assert [fall for fall in map(judge.judge, tracks) if fall.verdict != "rejected"] == []


def test_thing_that_stands_still_and_flickers_is_no_track() -> None:
    tracker = make_tracker(WIDTH_PX, HEIGHT_PX, None)
    rng = np.random.default_rng(8)
    tracks: list[Track] = []
    for frame in range(100):
        time_s = frame / FPS
        lamp = [dot(time_s, 400 + rng.normal(0, 0.5), 300 + rng.normal(0, 0.5))] if rng.random() < 0.7 else []
        tracks += tracker.step(time_s, lamp)
    assert tracks + tracker.finish() == []


def test_frames_without_detections_end_a_track() -> None:
    path = fall(800.0)
    tracker = make_tracker(WIDTH_PX, HEIGHT_PX, None)
    ended: list[tuple[float, Track]] = []
    for frame in range(100):
        time_s = frame / FPS
        y_px = float(path(np.array([time_s]))[0, 1])
        here = [dot(time_s, 800.0, y_px)] if 0 <= y_px < 700 else []
        ended += [(time_s, track) for track in tracker.step(time_s, here)]
    ((at_s, track),) = ended
    assert 0.3 < at_s - track.detections[-1].taken_s < 0.5
    assert tracker.finish() == []


def test_tracker_that_never_saw_anything_has_no_tracks() -> None:
    tracker = make_tracker(WIDTH_PX, HEIGHT_PX, None)
    nothing: list[Detection] = []
    assert [tracker.step(i / FPS, nothing) for i in range(50)] == [[]] * 50
    assert tracker.finish() == []


def test_fall_is_followed_over_frames_at_varying_times() -> None:
    rng = np.random.default_rng(9)
    times_s = np.cumsum(rng.uniform(0.015, 0.08, 55))
    path = fall(800.0)
    (track,) = watch([path], rng, times_s=times_s)
    assert true_points(track, path) >= 0.85 * in_view(path, times_s)
    assert true_points(track, path) == len(track.detections)


def test_fall_that_is_seen_again_and_again_has_numbers_of_its_own() -> None:
    paths = [fall(400.0), fall(1400.0, release_s=2.6)]
    tracks = watch(paths, np.random.default_rng(10), times_s=np.arange(100) / FPS)
    assert sorted(track.track_id for track in tracks) == [1, 2]
    first, second = sorted(tracks, key=lambda track: track.track_id)
    assert first.detections[-1].taken_s < second.detections[0].taken_s


def test_track_remembers_what_was_seen_before_it() -> None:
    (track,) = watch([fall(800.0)], np.random.default_rng(11))
    assert track.earlier
    times_s = [frame[0].taken_s for frame in track.earlier if frame]
    assert times_s == sorted(times_s)
    assert times_s[-1] < track.detections[0].taken_s


def test_same_detections_make_the_same_tracks() -> None:
    one, other = (watch([fall(800.0)], np.random.default_rng(12)) for _ in range(2))
    assert one == other


def test_thousand_detections_a_frame_hide_no_strong_fall_and_break_nothing() -> None:
    path = fall(800.0)
    tracks = watch([path], np.random.default_rng(13), points=1000)
    assert max(true_points(track, path) for track in tracks) >= 0.5 * in_view(path, np.arange(60) / FPS)

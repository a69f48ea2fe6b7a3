"""Following a fall back through what was seen before its track."""

import numpy as np
from numpy.typing import NDArray

from tests.tracking.scenes import HEIGHT_PX, clutter, dot, frame_times, free_fall_px
from tracking.image_fall import ImageFall, fit_fall
from tracking.trace_back import trace_back
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]
Frames = tuple[tuple[Detection, ...], ...]

TIMES_S = frame_times(0.0, 2.2)
HIDDEN = 12


def fit(detections: list[Detection]) -> ImageFall:
    times_s = np.array([d.taken_s for d in detections])
    points_px = np.array([(d.x_px, d.y_px) for d in detections])
    return fit_fall(times_s, points_px, np.ones(len(times_s)))


def on_fall(times_s: Array) -> list[Detection]:
    return [dot(float(t), float(x), float(y)) for t, (x, y) in zip(times_s, free_fall_px(times_s), strict=True)]


def traced(earlier: Frames) -> list[float]:
    """Trace the fall back from its thirteenth frame on; return the times of what was found before."""
    late = on_fall(TIMES_S[HIDDEN:])
    track = Track(1, tuple(late), len(late), 50.0, 0.0, earlier)
    found = trace_back(track, fit(late), fit, HEIGHT_PX)
    assert found[-len(late) :] == late
    return [detection.taken_s for detection in found[: -len(late)]]


def test_detections_on_the_path_are_found_back_to_the_release() -> None:
    rng = np.random.default_rng(1)
    earlier = tuple((*clutter(rng, d.taken_s, 30), d) for d in on_fall(TIMES_S[:HIDDEN]))
    assert traced(earlier) == TIMES_S[:HIDDEN].tolist()


def test_without_earlier_frames_the_track_is_all_there_is() -> None:
    assert traced(()) == []


def test_detections_beside_the_path_are_left_alone() -> None:
    beside = tuple((dot(d.taken_s, d.x_px + 40, d.y_px),) for d in on_fall(TIMES_S[:HIDDEN]))
    assert traced(beside) == []


def test_frames_that_missed_the_object_are_stepped_over() -> None:
    seen = on_fall(TIMES_S[:HIDDEN])
    empty = tuple(() if i in {8, 9} else (d,) for i, d in enumerate(seen))
    elsewhere = tuple((dot(d.taken_s, 50.0, 50.0),) if i in {8, 9} else (d,) for i, d in enumerate(seen))
    assert traced(empty) == traced(elsewhere) == np.delete(TIMES_S[:HIDDEN], [8, 9]).tolist()


def test_what_was_missed_for_longer_than_five_frames_is_not_looked_for() -> None:
    seen = on_fall(TIMES_S[:HIDDEN])
    earlier = tuple(() if 5 <= i < 11 else (d,) for i, d in enumerate(seen))
    assert traced(earlier) == [TIMES_S[11]]


def test_nothing_is_taken_from_before_the_release() -> None:
    still = [dot(t, *free_fall_px(np.zeros(1))[0].tolist()) for t in (-0.4, -0.36, -0.32)]
    earlier = tuple((d,) for d in (*still, *on_fall(TIMES_S[:HIDDEN])))
    assert traced(earlier) == TIMES_S[:HIDDEN].tolist()

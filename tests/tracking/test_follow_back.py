"""What was seen of an object before its track began."""

import numpy as np
from numpy.typing import NDArray

from tests.tracking.scenes import dot
from tracking.follow_back import follow_back
from vision.detection import Detection

Array = NDArray[np.float64]
STEP_S = 0.04
REACH_PX = 4.0


def thrown(frames: int, noise_px: float = 0.3, seed: int = 3) -> list[Detection]:
    """Rise 25 px in the first half second, then fall: a throw out of a window, seen from below."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(frames) * STEP_S
    x_px = 800.0 + 30.0 * times_s
    y_px = 150.0 - 100.0 * times_s + 100.0 * times_s**2 + 40.0 * times_s**3
    places = np.column_stack([x_px, y_px]) + rng.normal(0, noise_px, (frames, 2))
    return [dot(float(t), float(x), float(y)) for t, (x, y) in zip(times_s, places, strict=True)]


def frames_of(detections: list[Detection], strays: int = 0) -> list[tuple[Detection, ...]]:
    rng = np.random.default_rng(5)
    return [
        (one, *(dot(one.taken_s, float(x), float(y)) for x, y in rng.uniform(0, 1000, (strays, 2))))
        for one in detections
    ]


def test_throw_is_followed_over_its_top_to_the_hand() -> None:
    seen = thrown(40)
    assert list(follow_back(seen[22:], frames_of(seen[:22], strays=20), REACH_PX, degree=2, points=10)) == seen


def test_line_loses_what_turns() -> None:
    seen = thrown(40)
    found = follow_back(seen[22:], frames_of(seen[:22]), REACH_PX, degree=1, points=10)
    assert len(found) < len(seen)


def test_even_motion_is_followed_by_its_line() -> None:
    seen = [dot(t * STEP_S, 500.0, 100.0 + 3.0 * t) for t in range(30)]
    assert list(follow_back(seen[12:], frames_of(seen[:12]), REACH_PX, degree=1, points=8)) == seen


def test_some_frames_may_be_missed_but_not_many() -> None:
    seen = thrown(40)
    earlier = frames_of(seen[:22])
    earlier[15:18] = [(), (), ()]
    assert follow_back(seen[22:], earlier, REACH_PX, degree=2, points=10)[0] == seen[0]
    earlier[10:18] = [()] * 8
    assert follow_back(seen[22:], earlier, REACH_PX, degree=2, points=10)[0] == seen[18]


def test_nothing_is_added_before_it_was_there() -> None:
    seen = thrown(30)
    elsewhere = [(dot(-STEP_S * n, 300.0, 600.0),) for n in range(40, 0, -1)]
    assert list(follow_back(seen, elsewhere, REACH_PX, degree=2, points=10)) == seen


def test_frames_that_are_in_the_track_already_are_passed_over() -> None:
    seen = thrown(40)
    assert list(follow_back(seen[10:], frames_of(seen[:25]), REACH_PX, degree=2, points=10)) == seen

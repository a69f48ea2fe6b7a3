import numpy as np

from evidence.shots import Appearance, Window
from evidence.strobe import caption_lines, choose_points, paste, ring_px
from tests.evidence.scenes import make_incident
from tracking.fall import PathPoint


def test_points_are_far_enough_apart_and_never_more_than_sixteen() -> None:
    slow = tuple(PathPoint(n / 25, 100.0, 10.0 + n, 4.0) for n in range(1000))
    points = choose_points(make_incident(path=slow, release_px=(100.0, 10.0)).fall, 1080)
    gaps = [b.y_px - a.y_px for a, b in zip(points, points[1:], strict=False)]

    assert 10 <= len(points) <= 16
    assert min(gaps) > 2 * ring_px(slow[0], 1080)
    assert choose_points(make_incident(path=()).fall, 1080) == ()


def test_paste_takes_what_differs_and_leaves_the_rest() -> None:
    background = np.full((21, 21, 3), 100, np.uint8)
    seen = background.copy()
    seen[9:12, 9:12] = 220
    canvas = np.full((50, 50, 3), 90, np.uint8)

    paste(canvas, Appearance(PathPoint(0.0, 20.0, 25.0, 4.0), Window(15, 36, 10, 31), seen, background))

    assert canvas[25, 20].tolist() == [220, 220, 220]
    assert canvas[25, 28].tolist() == [90, 90, 90]
    assert (canvas[40:] == 90).all()


def test_paste_leaves_out_what_moves_elsewhere_in_the_window() -> None:
    background = np.full((41, 41, 3), 100, np.uint8)
    seen = background.copy()
    seen[0:4, 0:4] = 220
    canvas = np.full((41, 41, 3), 100, np.uint8)

    paste(canvas, Appearance(PathPoint(0.0, 20.0, 20.0, 4.0), Window(0, 41, 0, 41), seen, background))

    assert (canvas == 100).all()


def test_caption_tells_floor_interval_and_time() -> None:
    what, where = caption_lines(make_incident())

    assert what == ("CONFIRMED   falling object   score 0.97   floor 17, unit 06, 93% (90% interval: floors 16 to 17)")
    assert where.startswith("3栋   3-north   release 2026-11-23T03:04:05.678Z")

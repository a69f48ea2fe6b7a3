"""One throw is one fall, and two throws are two."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import FPS, HEIGHT_PX, WIDTH_PX
from tracking.fall import Fall, PathPoint, Verdict
from tracking.merge import WAIT_S, FallMerger

Array = NDArray[np.float64]


def fall_at(
    x_px: float,
    release_s: float = 1.0,
    *,
    size_px: float = 20.0,
    from_y_px: float = 100.0,
    lasts_s: float = 1.4,
    verdict: Verdict = "confirmed",
) -> Fall:
    times_s = release_s + np.arange(round(lasts_s * FPS)) / FPS
    path = tuple(
        PathPoint(float(t), x_px, from_y_px + 400 * float(t - release_s) ** 2, size_px) for t in times_s.tolist()
    )
    return Fall(
        verdict=verdict,
        label="falling_object",
        score=0.9,
        release_s=release_s,
        first_s=path[0].time_s,
        last_s=path[-1].time_s,
        release_px=(x_px, from_y_px),
        path=path,
        origin=None,
        reasons=("passed: it falls",),
        below_min_floor=False,
    )


def merged(*falls: Fall, height_px: int = HEIGHT_PX) -> list[Fall]:
    merger = FallMerger(height_px)
    for fall in falls:
        merger.add(fall)
    return merger.rest()


def xs(falls: list[Fall]) -> list[float]:
    return [fall.path[0].x_px for fall in falls]


@pytest.mark.parametrize("mirrored_first", [False, True])
def test_mirror_image_is_merged_into_the_larger(mirrored_first: bool) -> None:
    thing, mirrored = fall_at(700.0, size_px=24), fall_at(640.0, 1.05, size_px=16, from_y_px=110, lasts_s=1.2)
    (kept,) = merged(*((mirrored, thing) if mirrored_first else (thing, mirrored)))
    assert kept.path == thing.path
    assert "counted once" in kept.reasons[-1]
    assert kept.reasons[:-1] == thing.reasons


def test_three_images_of_one_throw_are_one_with_one_reason() -> None:
    (kept,) = merged(fall_at(700.0, size_px=24), fall_at(660.0, size_px=18), fall_at(735.0, size_px=16))
    assert xs([kept]) == [700.0]
    assert len([reason for reason in kept.reasons if "counted once" in reason]) == 1


def test_doubled_track_of_one_object_is_merged_whenever_it_began() -> None:
    whole = fall_at(700.0)
    tail = replace(whole, path=whole.path[15:], first_s=whole.path[15].time_s, release_s=whole.path[15].time_s)
    (kept,) = merged(tail, whole)
    assert kept.path == whole.path


def test_two_throws_a_second_apart_stay_two() -> None:
    assert len(merged(fall_at(700.0, 1.0), fall_at(700.0, 2.0))) == 2


def test_two_throws_side_by_side_half_a_second_apart_stay_two() -> None:
    assert len(merged(fall_at(700.0, 1.0), fall_at(740.0, 1.5))) == 2


def test_two_falls_a_third_of_the_frame_apart_at_once_stay_two() -> None:
    assert len(merged(fall_at(400.0), fall_at(400.0 + WIDTH_PX / 3))) == 2


def test_two_falls_from_different_floors_at_once_stay_two() -> None:
    assert len(merged(fall_at(700.0), fall_at(720.0, from_y_px=400.0))) == 2


def test_confirmed_one_is_kept_though_the_suspected_is_larger() -> None:
    (kept,) = merged(fall_at(700.0, size_px=30, verdict="suspected"), fall_at(660.0, size_px=10))
    assert kept.verdict == "confirmed"


def test_rejected_one_neither_takes_in_nor_is_taken_in() -> None:
    falls = merged(fall_at(700.0), fall_at(690.0, verdict="rejected"))
    assert sorted(fall.verdict for fall in falls) == ["confirmed", "rejected"]
    assert all("counted once" not in reason for fall in falls for reason in fall.reasons)


def test_reach_grows_with_the_frame() -> None:
    pair = fall_at(700.0), fall_at(830.0)
    assert len(merged(*pair, height_px=1080)) == 2
    assert len(merged(*pair, height_px=2160)) == 1


def test_falls_come_out_in_order_of_release() -> None:
    assert xs(merged(fall_at(1500.0, 3.0), fall_at(200.0, 1.0), fall_at(900.0, 2.0))) == [200.0, 900.0, 1500.0]


def test_fall_is_held_until_its_mirror_image_must_have_ended() -> None:
    merger = FallMerger(HEIGHT_PX)
    fall = fall_at(700.0)
    merger.add(fall)
    while_it_fell = [fall.last_s - 0.2]
    assert merger.ripe(fall.last_s + WAIT_S - 0.01, while_it_fell) == []
    assert merger.ripe(fall.last_s + WAIT_S, while_it_fell) == [fall]
    assert merger.ripe(fall.last_s + 10, while_it_fell) == []
    assert merger.rest() == []


def test_fall_waits_for_no_track_that_began_after_it() -> None:
    merger = FallMerger(HEIGHT_PX)
    fall = fall_at(700.0)
    merger.add(fall)
    assert merger.ripe(fall.last_s + 0.3, [fall.last_s + 0.1]) == [fall]


def test_late_mirror_image_goes_out_with_its_fall_not_alone() -> None:
    merger = FallMerger(HEIGHT_PX)
    thing, mirrored = fall_at(700.0, lasts_s=1.2, size_px=30), fall_at(660.0, lasts_s=1.5, size_px=8)
    merger.add(thing)
    merger.add(mirrored)
    out = merger.ripe(thing.last_s + WAIT_S)
    assert xs(out) == [700.0]
    assert merger.rest() == []


def test_fall_that_is_not_ripe_stays_behind() -> None:
    merger = FallMerger(HEIGHT_PX)
    early, late = fall_at(200.0, 1.0), fall_at(1500.0, 3.0)
    merger.add(late)
    merger.add(early)
    assert merger.ripe(early.last_s + WAIT_S) == [early]
    assert merger.rest() == [late]


def test_nothing_gives_nothing() -> None:
    assert FallMerger(HEIGHT_PX).ripe(5.0) == []
    assert merged() == []


def mirrored_at(fall: Fall, x_px: float) -> Fall:
    return replace(fall, mirrored=tuple(replace(point, x_px=x_px) for point in fall.path))


def test_image_far_aside_is_merged_where_geometry_puts_it_there() -> None:
    thing = mirrored_at(fall_at(900.0, size_px=24), 640.0)
    image = mirrored_at(fall_at(655.0, 1.04, size_px=16), 400.0)
    (kept,) = merged(image, thing)
    assert kept.path == thing.path


def test_two_throws_at_once_side_by_side_stay_two_where_geometry_puts_no_image_there() -> None:
    left = mirrored_at(fall_at(700.0), 730.0)
    right = mirrored_at(fall_at(640.0, 1.04), 610.0)
    assert len(merged(left, right)) == 2


def test_image_that_was_released_at_another_time_is_another_throw() -> None:
    thing = mirrored_at(fall_at(900.0, size_px=24), 640.0)
    other = mirrored_at(fall_at(640.0, 1.0 + 0.6, from_y_px=-100.0), 400.0)
    assert len(merged(thing, other)) == 2

"""What falls again and again along one path is water; what is thrown is not."""

from dataclasses import replace

import numpy as np
import pytest

from floors.impact import Impact
from tests.tracking.test_merge import fall_at
from tracking.fall import Fall
from tracking.recurrence import Recurrence

HEIGHT_PX = 1080
DROP_PX = 3.0


def drop(release_s: float, x_px: float = 500.0) -> Fall:
    return fall_at(x_px, release_s, size_px=DROP_PX)


def verdicts(*falls: Fall) -> list[str]:
    recurrence = Recurrence(HEIGHT_PX)
    told = [one for fall in falls for one in recurrence.add(fall)]
    return [fall.verdict for fall in told + recurrence.rest()]


def test_third_drop_shows_that_all_were_drops() -> None:
    assert verdicts(drop(1.0), drop(2.1), drop(3.3)) == ["rejected"] * 3


def test_two_alike_are_doubtful() -> None:
    assert verdicts(drop(1.0), drop(2.1)) == ["suspected"] * 2


@pytest.mark.parametrize(("points", "expected"), [(15, "rejected"), (14, "confirmed")])
def test_refused_drops_count_where_they_were_followed_for_long(points: int, expected: str) -> None:
    refused = [replace(drop(at_s), verdict="rejected") for at_s in (1.0, 2.1)]
    step = len(refused[0].path) / points
    seen = [replace(one, path=tuple(one.path[int(step * i)] for i in range(points))) for one in refused]
    assert verdicts(*seen, drop(3.3)) == ["rejected", "rejected", expected]


def test_second_track_of_the_same_thing_is_no_second_drop() -> None:
    whole = drop(1.0)
    twin = replace(whole, release_s=1.4, path=whole.path[len(whole.path) // 4 :], verdict="rejected")
    assert len(twin.path) >= 15
    assert verdicts(twin, twin, whole) == ["rejected", "rejected", "confirmed"]


def test_drop_that_hangs_for_a_moment_first_is_known_again() -> None:
    late = drop(3.3)
    hanging = replace(late, path=(replace(late.path[0], time_s=late.path[0].time_s - 0.3), *late.path[1:]))
    assert verdicts(drop(1.0), drop(2.1), hanging) == ["rejected"] * 3


def test_single_small_thing_is_told_once_the_wait_is_over() -> None:
    recurrence = Recurrence(HEIGHT_PX)
    fall = drop(1.0)
    assert recurrence.add(fall) == []
    assert recurrence.ripe(fall.last_s + 4.9) == []
    assert recurrence.ripe(fall.last_s + 5.1) == [fall]
    assert recurrence.rest() == []


def test_large_thing_is_told_at_once() -> None:
    fall = fall_at(500.0, size_px=30.0)
    assert Recurrence(HEIGHT_PX).add(fall) == [fall]


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.99, ["confirmed"] * 3), (0.9, ["rejected"] * 3)], ids=["sure", "doubtful"]
)
def test_what_is_surely_heavier_than_water_may_fall_again(probability: float, expected: list[str]) -> None:
    stone = Impact(3.0, 25.0, 0.7, 6.0, 0.3, 13.0, 0.1, 42.0, "heavy", probability)
    assert verdicts(*(replace(drop(at_s), impact=stone) for at_s in (1.0, 8.0, 15.0))) == expected


def test_heavy_thing_after_a_row_of_drops_is_another_drop() -> None:
    stone = replace(drop(9.0), impact=Impact(3.0, 25.0, 0.7, 6.0, 0.3, 13.0, 0.1, 42.0, "heavy", 0.99))
    drops = [drop(1.0 + 1.2 * index) for index in range(5)]
    assert verdicts(*drops[:4], stone)[0] == "confirmed"
    assert verdicts(*drops, stone)[0] == "rejected"


@pytest.mark.parametrize(("aside_px", "expected"), [(8.0, "rejected"), (14.0, "confirmed")])
def test_drops_lie_within_some_pixels_of_each_other(aside_px: float, expected: str) -> None:
    falls = [drop(1.0), drop(2.1, 500.0 + aside_px), drop(3.3, 500.0 - aside_px)]
    assert verdicts(*falls)[0] == expected


def test_throws_that_part_on_their_way_are_no_drops() -> None:
    def thrown(release_s: float, px_per_s: float) -> Fall:
        path = tuple(
            type(p)(p.time_s, 500.0 + px_per_s * (p.time_s - release_s), p.y_px, p.size_px)
            for p in drop(release_s).path
        )
        return Fall(**{name: getattr(drop(release_s), name) for name in Fall.__dataclass_fields__} | {"path": path})

    assert verdicts(thrown(1.0, 0.0), thrown(1.8, 40.0), thrown(2.6, -35.0)) == ["confirmed"] * 3


def test_slower_fall_along_the_same_way_is_another_thing() -> None:
    slow = drop(2.0)
    path = (replace(p, time_s=2.0 + 1.3 * (p.time_s - 2.0)) for p in slow.path)
    assert verdicts(drop(1.0), replace(slow, path=tuple(path))) == ["confirmed"] * 2


def test_drop_after_a_known_leak_is_refused_when_its_turn_comes() -> None:
    recurrence = Recurrence(HEIGHT_PX)
    for release_s in np.arange(1.0, 60.0, 10.0):
        recurrence.add(drop(float(release_s)))
        recurrence.ripe(float(release_s) + 9.0)
    assert recurrence.add(drop(61.0)) == []
    (told,) = recurrence.rest()
    assert told.verdict == "rejected"
    assert "along the same path" in told.reasons[-1]


def test_leak_is_forgotten_after_half_an_hour() -> None:
    recurrence = Recurrence(HEIGHT_PX)
    for release_s in (1.0, 5.0, 9.0):
        recurrence.add(drop(release_s))
    recurrence.ripe(3000.0)
    recurrence.add(drop(3001.0))
    assert [fall.verdict for fall in recurrence.rest()] == ["confirmed"]


def test_rejected_tracks_pass_at_once_whatever_they_resemble() -> None:
    recurrence = Recurrence(HEIGHT_PX)
    refused = replace(drop(1.0), verdict="rejected")
    assert recurrence.add(refused) == [refused]
    assert recurrence.rest() == []

from datetime import timedelta
from typing import Any

import pytest

from server.box import BlindDay, Box
from server.heartbeat import Heartbeat
from server.watch import BoxWatch, Grade, find_unwatched, watch
from tests.server.heartbeats import blind, camera, health, heartbeat
from tests.server.running import NOW


def judged(*boxes: dict[str, Any], age_s: float = 1.0, days: tuple[BlindDay, ...] = ()) -> tuple[BoxWatch, ...]:
    received_utc = NOW - timedelta(seconds=age_s)
    kept = [Box(Heartbeat.model_validate(one), received_utc, {"3-north": days}) for one in boxes]
    return watch(kept, NOW)


@pytest.mark.parametrize(
    ("told", "is_blind", "complaints"),
    [
        (camera(), False, ()),
        (camera(health=None), False, ()),
        (blind("3-north", "no_stream"), True, ("no_stream",)),
        (blind("3-north", "dark", ailments=["dark", "blurred"]), True, ("dark", "blurred")),
        (camera(health=health(ailments=["blurred"])), False, ("blurred",)),
        (camera(health=health(standing="moved")), False, ("moved",)),
        (camera(health=health(standing="unknown")), False, ()),
        (camera(health=health(fps_arrived=19.9)), False, ("few_frames",)),
        (camera(health=health(fps_arrived=20.0)), False, ()),
        (camera(health=health(fps_arrived=1.0, fps_declared=None)), False, ()),
        (camera(state="waiting"), True, ("waiting",)),
        (camera(state="starting", health=None), True, ("starting",)),
        (camera(state="ended"), False, ("ended",)),
    ],
)
def test_camera_is_judged(told: dict[str, Any], is_blind: bool, complaints: tuple[str, ...]) -> None:
    (one,) = judged(heartbeat(cameras=[told]))[0].cameras
    assert (one.is_blind, one.complaints) == (is_blind, complaints)


@pytest.mark.parametrize(
    ("box", "complaints"),
    [
        ({}, ()),
        ({"disk_left_days": 2.9}, ("disk_low",)),
        ({"disk_left_days": 3.0}, ()),
        ({"disk_left_days": None}, ()),
        ({"outbox_depth": 4, "outbox_oldest_s": 601.0}, ("orders_wait",)),
        ({"outbox_depth": 4, "outbox_oldest_s": 600.0}, ()),
        ({"clock_is_synchronised": False}, ("clock_not_set",)),
        ({"clock_is_synchronised": None}, ()),
    ],
)
def test_box_is_judged(box: dict[str, Any], complaints: tuple[str, ...]) -> None:
    assert judged(heartbeat(box=box))[0].complaints == complaints


@pytest.mark.parametrize(("ahead_s", "differs"), [(10, False), (11, True), (-10, False), (-11, True)])
def test_clock_of_the_box_is_compared_with_the_one_here(ahead_s: int, differs: bool) -> None:
    (one,) = judged(heartbeat(sent=NOW + timedelta(seconds=ahead_s)), age_s=0.0)
    assert one.clock_differs_s == ahead_s
    assert ("clock_differs" in one.complaints) == differs


def test_the_worst_comes_first() -> None:
    well, faulty = camera("a-well"), camera("b-faulty", health=health(standing="moved"))
    dark = blind("c-dark", "dark")
    told = [
        heartbeat("box-1"),
        heartbeat("box-2", cameras=[well, faulty, dark]),
        heartbeat("box-3", box={"disk_left_days": 1.0}),
        heartbeat("box-4", every_s=1),
        heartbeat("box-5", cameras=[well, dark]),
    ]
    boxes = judged(*told, age_s=5.0)
    assert [one.box.heartbeat.box_id for one in boxes] == ["box-4", "box-2", "box-5", "box-3", "box-1"]
    assert [one.grade for one in boxes] == [Grade.UNWATCHED] * 3 + [Grade.FAULTY, Grade.WELL]
    assert [one.beat.camera_id for one in boxes[1].cameras] == ["c-dark", "b-faulty", "a-well"]


def test_unwatched_names_silent_boxes_and_blind_cameras_of_the_others() -> None:
    dark = blind("c-dark", "dark")
    told = [heartbeat("box-1", cameras=[camera(), dark]), heartbeat("box-2", every_s=1, cameras=[dark])]
    found = find_unwatched(judged(*told, age_s=5.0))
    assert (found.boxes, found.cameras) == (("box-2",), ("c-dark",))


def test_blind_time_of_today_is_that_of_the_day_by_utc() -> None:
    yesterday, today = (BlindDay((NOW - timedelta(days=ago)).date(), {"dark": 5.0 + ago}) for ago in (1, 0))
    (one,) = judged(heartbeat(), days=(today, yesterday))[0].cameras
    assert one.blind_today == today
    (one,) = judged(heartbeat(), days=(yesterday,))[0].cameras
    assert one.blind_today is None

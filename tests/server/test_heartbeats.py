import base64
import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from server.box import BoxStore
from server.database import open_database
from server.heartbeat import Heartbeat
from server.schema import blind_days
from server.signature import sign
from tests.server.heartbeats import beat, blind, boxes, camera, health, heartbeat, post, send_beat
from tests.server.orders import order_headers
from tests.server.running import NOW, TOKEN, Centre, Host, settings_in
from tests.source_tree import ROOT

SECRET = b"a secret of the box and the centre"
MINUTE = timedelta(minutes=1)


def test_heartbeat_is_taken_and_told(either_centre: Centre) -> None:
    assert boxes(either_centre.client) == []
    answer = send_beat(either_centre.client)
    assert (answer.status_code, answer.content) == (204, b"")
    either_centre.clock.advance(timedelta(seconds=30))
    (box,) = boxes(either_centre.client)
    assert (box["box_id"], box["age_s"], box["silent"], box["complaints"]) == ("box-1", 30.0, False, [])
    assert box["box"] == heartbeat()["box"]
    (one,) = box["cameras"]
    assert (one["camera_id"], one["blind"], one["complaints"]) == ("3-north", False, [])
    assert one["health"]["fps_arrived"] == 24.9
    assert one["blind_days"] == [{"day": "2026-11-23", "total_s": 0.0, "seconds": {}}]


def test_later_heartbeat_takes_the_place_and_an_older_one_that_comes_late_does_not(either_centre: Centre) -> None:
    client, clock = either_centre.client, either_centre.clock
    send_beat(client, sent=NOW, box={"outbox_depth": 1})
    clock.advance(MINUTE)
    send_beat(client, sent=NOW + MINUTE, box={"outbox_depth": 2}, cameras=[blind("3-north", "dark", 40.0)])
    late = send_beat(client, sent=NOW + MINUTE / 2, box={"outbox_depth": 3}, cameras=[blind("3-north", "dark", 10.0)])
    assert late.status_code == 204
    (box,) = boxes(client)
    assert box["box"]["outbox_depth"] == 2
    assert box["cameras"][0]["blind_days"][0]["seconds"] == {"dark": 40.0}


def test_example_of_the_documentation_is_taken_in(centre: Centre) -> None:
    text = (ROOT / "docs" / "work-order-api.md").read_text(encoding="utf-8").partition("## 3. Heartbeats")[2]
    example = text[text.index('{"specversion"') :].partition("\n\n")[0]
    event = json.loads(example.replace("<box_id>", "box-1").replace("<sent_utc>", "2026-11-23T03:05:00Z"))
    assert post(centre.client, event).status_code == 204
    assert boxes(centre.client)[0]["cameras"][0]["blind_days"][0]["seconds"] == {"no_stream": 90.0}


def test_box_whose_clock_was_set_back_is_heard_again_but_the_same_heartbeat_does_not_wake_it(
    either_centre: Centre,
) -> None:
    client, clock = either_centre.client, either_centre.clock
    send_beat(client, sent=NOW + timedelta(days=400))
    clock.advance(timedelta(seconds=179))
    send_beat(client, sent=NOW)
    assert boxes(client)[0]["age_s"] == 179.0
    clock.advance(timedelta(seconds=1))
    send_beat(client, sent=NOW + timedelta(days=400))
    assert boxes(client)[0]["silent"] is True
    send_beat(client, sent=NOW + MINUTE)
    assert (boxes(client)[0]["age_s"], boxes(client)[0]["silent"]) == (0.0, False)


def test_box_is_silent_after_three_of_its_intervals_and_comes_back(either_centre: Centre) -> None:
    client, clock = either_centre.client, either_centre.clock
    send_beat(client, "quick", every_s=10)
    send_beat(client, "slow", every_s=60)
    clock.advance(timedelta(seconds=29.9))
    assert [box["silent"] for box in boxes(client)] == [False, False]
    clock.advance(timedelta(seconds=0.1))
    assert [(box["box_id"], box["silent"]) for box in boxes(client)] == [("quick", True), ("slow", False)]
    send_beat(client, "quick", sent=NOW + MINUTE, every_s=10)
    assert [box["silent"] for box in boxes(client)] == [False, False]


def test_two_boxes_with_cameras_of_one_name_are_kept_apart(either_centre: Centre) -> None:
    client = either_centre.client
    send_beat(client, "box-1", cameras=[blind("gate", "covered", 50.0)])
    send_beat(client, "box-2", cameras=[camera("gate")])
    told = {box["box_id"]: box["cameras"][0] for box in boxes(client)}
    assert (told["box-1"]["blind"], told["box-2"]["blind"]) == (True, False)
    assert told["box-1"]["blind_days"][0]["total_s"] == 50.0
    assert told["box-2"]["blind_days"][0]["total_s"] == 0.0


def test_two_cameras_of_one_name_do_not_make_a_box_silent(either_centre: Centre) -> None:
    told = [camera(), blind("3-north", "dark", 40.0), camera()]
    assert send_beat(either_centre.client, cameras=told).status_code == 204
    cameras = boxes(either_centre.client)[0]["cameras"]
    assert [one["blind"] for one in cameras] == [True, False, False]
    assert [one["blind_days"][0]["total_s"] for one in cameras] == [40.0] * 3


def test_blind_time_is_kept_by_day_for_a_week(either_centre: Centre) -> None:
    client, clock = either_centre.client, either_centre.clock
    for number in range(9):
        day = NOW + timedelta(days=number)
        told = health(day=day.date().isoformat(), blind_s={"dark": 100.0 + number, "no_stream": 1.0})
        assert send_beat(client, sent=day, cameras=[camera(health=told)]).status_code == 204
        clock.advance(timedelta(days=1))
    clock.advance(timedelta(days=-1))
    days = boxes(client)[0]["cameras"][0]["blind_days"]
    assert [day["day"] for day in days] == [
        f"2026-{date}" for date in ["12-01", "11-30", "11-29", "11-28", "11-27", "11-26", "11-25"]
    ]
    assert days[0] == {"day": "2026-12-01", "total_s": 109.0, "seconds": {"dark": 108.0, "no_stream": 1.0}}


def test_blind_time_of_more_than_400_days_ago_is_dropped(database: str, tmp_path: Path) -> None:
    engine = open_database(database or f"sqlite:///{tmp_path / 'a.sqlite3'}")
    store = BoxStore(engine)
    for days in (0, 1, 400):
        now = NOW + timedelta(days=days)
        told = camera(health=health(day=now.date().isoformat(), blind_s={"dark": 1.0}))
        assert store.take_in(Heartbeat.model_validate(heartbeat(sent=now, cameras=[told])), now)
    with engine.connect() as connection:
        kept = connection.execute(select(blind_days.c.day).order_by(blind_days.c.day)).scalars().all()
    engine.dispose()
    assert kept == [(NOW + timedelta(days=days)).date() for days in (1, 400)]


def test_camera_that_was_taken_out_of_the_file_is_gone(either_centre: Centre) -> None:
    send_beat(either_centre.client, cameras=[camera("a"), camera("b")])
    send_beat(either_centre.client, sent=NOW + MINUTE, cameras=[camera("b")])
    assert [one["camera_id"] for one in boxes(either_centre.client)[0]["cameras"]] == ["b"]


def test_forgotten_box_is_gone_until_it_is_heard_again(either_centre: Centre) -> None:
    client = either_centre.client
    send_beat(client, cameras=[blind("3-north", "dark", 40.0)])
    assert client.delete("/api/v1/boxes/box-1").status_code == 204
    assert client.delete("/api/v1/boxes/box-1").status_code == 404
    assert boxes(client) == []
    send_beat(client, sent=NOW + MINUTE, cameras=[camera(health=None)])
    assert boxes(client)[0]["cameras"][0]["blind_days"][0]["total_s"] == 40.0


def test_newer_box_with_keys_and_words_that_are_not_known_is_understood(either_centre: Centre) -> None:
    told = health(
        blind="fogged", blind_s={"fogged": 3.0}, ailments=["fogged", "tilted"], smell="bad", dropped={"new": 1}
    )
    sent = heartbeat(cameras=[camera(state="dreaming", colour="red", health=told)], mood={"x": [1, None]})
    sent["box"]["gpu_share"] = 0.5
    assert post(either_centre.client, beat(sent, traceparent="00-1")).status_code == 204
    (one,) = boxes(either_centre.client)[0]["cameras"]
    assert (one["blind"], one["complaints"]) == (True, ["fogged", "dreaming", "tilted"])


def test_the_first_heartbeats_of_a_box_from_many_connections_leave_the_newest(either_centre: Centre) -> None:
    answers: list[int] = []

    def send(number: int) -> None:
        sent = send_beat(either_centre.client, sent=NOW + timedelta(seconds=number), box={"outbox_depth": number})
        answers.append(sent.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [204] * 8
    assert boxes(either_centre.client)[0]["box"]["outbox_depth"] == 7


@pytest.mark.parametrize("missing", ["Idempotency-Key", "Content-Digest"])
def test_missing_header_is_named(centre: Centre, missing: str) -> None:
    body = json.dumps(beat(heartbeat())).encode()
    headers = order_headers(beat(heartbeat())["id"], body)
    del headers[missing]
    answer = centre.client.post("/api/v1/heartbeats", content=body, headers=headers)
    assert answer.status_code == 400
    assert missing in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Digest": order_headers("", b"another")["Content-Digest"]}, 422),
        ({"Idempotency-Key": "box-2@2026-11-23T03:05:00+00:00"}, 422),
    ],
)
def test_headers_that_do_not_belong_to_the_body_are_refused(
    centre: Centre, headers: dict[str, str], status: int
) -> None:
    assert post(centre.client, beat(heartbeat()), headers).status_code == status
    assert boxes(centre.client) == []


def test_id_of_another_box_is_refused(centre: Centre) -> None:
    event = beat(heartbeat("box-1"), id="box-2@2026-11-23T03:05:00+00:00")
    assert post(centre.client, event).status_code == 422


@pytest.mark.parametrize("says_its_length", [True, False])
def test_too_large_a_heartbeat_is_refused(centre: Centre, says_its_length: bool) -> None:
    event = beat(heartbeat(padding="x" * 65_536))
    body = json.dumps(event).encode()
    content = body if says_its_length else iter([body])
    headers = order_headers(event["id"], body)
    answer = centre.client.post("/api/v1/heartbeats", content=content, headers=headers)
    assert answer.status_code == 413
    assert "65536 bytes" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"null", b'{"data": NaN}', b'{"specversion": "\\ud800"}', b"1" * 60_000],
)
def test_body_that_is_no_heartbeat_is_told(centre: Centre, body: bytes) -> None:
    answer = centre.client.post("/api/v1/heartbeats", content=body, headers=order_headers("box-1@x", body))
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"schema": "droptrace.heartbeat/2"}, "data.schema"),
        ({"sent_utc": "2026-11-23T03:04:05"}, "data.sent_utc"),
        ({"sent_utc": "0001-01-01T00:00:00+10:00"}, "data.sent_utc"),
        ({"every_s": 0}, "data.every_s"),
        ({"every_s": 1e9}, "data.every_s"),
        ({"program": None}, "data.program"),
        ({"box": {"cpu_share": float("nan")}}, "data.box.cpu_share"),
        ({"box": {"outbox_depth": 10**400}}, "data.box.outbox_depth"),
        ({"box": {"disk_free_mb": 10**400}}, "data.box.disk_free_mb"),
        ({"box": {"disk_free_mb": -1}}, "data.box.disk_free_mb"),
        ({"cameras": {}}, "data.cameras"),
        ({"cameras": [camera("a\u0000b")]}, "data.cameras.0.camera_id"),
        ({"cameras": [camera("x" * 201)]}, "data.cameras.0.camera_id"),
        ({"cameras": [camera(state=5)]}, "data.cameras.0.state"),
        ({"cameras": [camera(health=health(day="yesterday"))]}, "data.cameras.0.health.day"),
        ({"cameras": [camera(health=health(blind_s={"dark": -1}))]}, "data.cameras.0.health.blind_s.dark"),
        ({"cameras": [camera(health=health(blind_s={"\u202e": 1}))]}, "data.cameras.0.health.blind_s"),
        ({"cameras": [camera(health=health(blind_s={str(n): 1 for n in range(51)}))]}, "data.cameras.0.health.blind_s"),
        ({"cameras": [camera(str(n), health=None) for n in range(501)]}, "data.cameras"),
    ],
)
def test_wrong_value_is_named(centre: Centre, changes: dict[str, Any], named: str) -> None:
    event = beat(heartbeat(**changes), id="box-1@x")
    answer = post(centre.client, event)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(named)
    assert boxes(centre.client) == []


def test_each_required_key_is_missed_by_name(centre: Centre) -> None:
    plain = heartbeat()
    places = [
        *((key,) for key in plain),
        *(("box", key) for key in plain["box"]),
        *(("cameras", 0, key) for key in camera()),
        *(("cameras", 0, "health", key) for key in ("told_utc", "blind", "day", "blind_s", "ailments", "fps_arrived")),
    ]
    for *path, last in places:
        sent = json.loads(json.dumps(plain))
        part = sent
        for step in path:
            part = part[step]
        del part[last]
        answer = post(centre.client, beat(plain) | {"data": sent})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(".".join(map(str, ["data", *path, last])))
    assert boxes(centre.client) == []


def test_heartbeat_needs_the_token(tmp_path: Path, host: Host) -> None:
    with host.running(settings_in(tmp_path, token=TOKEN)) as centre:
        with httpx.Client(base_url=centre.url, verify=False) as stranger:
            assert send_beat(stranger).status_code == 401
            stranger.headers["Authorization"] = "Bearer another-token-of-letters"
            assert send_beat(stranger).status_code == 401
        assert boxes(centre.client) == []
        assert send_beat(centre.client).status_code == 204


def test_heartbeat_needs_a_signature_made_with_the_secret_here(tmp_path: Path, host: Host) -> None:
    secret = f"whsec_{base64.b64encode(SECRET).decode()}"
    with host.running(settings_in(tmp_path, webhook_secret=secret)) as centre:
        assert send_beat(centre.client).status_code == 401
        assert post(centre.client, beat(heartbeat()), signed(b"another secret of somebody else")).status_code == 401
        assert post(centre.client, beat(heartbeat()), signed(SECRET, age_s=301)).status_code == 401
        assert boxes(centre.client) == []
        assert post(centre.client, beat(heartbeat()), signed(SECRET)).status_code == 204


def signed(key: bytes, age_s: int = 0) -> dict[str, str]:
    event = beat(heartbeat())
    stamp_s = int(NOW.timestamp()) - age_s
    signature = sign(event["id"], stamp_s, json.dumps(event, ensure_ascii=False).encode(), key)
    return {"webhook-id": event["id"], "webhook-timestamp": str(stamp_s), "webhook-signature": signature}

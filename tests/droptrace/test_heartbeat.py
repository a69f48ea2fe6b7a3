"""Heartbeats to a real receiver on a real socket."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from droptrace.config import EndpointConfig
from droptrace.errors import ConfigError
from droptrace.heartbeat import Heartbeat, Pace, heartbeat_body, heartbeat_url, make_heartbeat
from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.work_order import SigningSecret, content_digest
from tests.droptrace.processes import wait_until
from tests.droptrace.statuses import BLIND, GATE, STATUS, with_cameras
from tests.evidence import receiver as receivers
from tests.evidence.receiver import Receiver
from tests.ports import free_port
from vision.clock import ManualClock

SECRET = "whsec_ZHJvcHRyYWNlIHRlc3Qga2V5"
NEVER = 1e6
NOW = datetime(2026, 11, 27, 8, 0, 3, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.running() as running:
        yield running


@contextmanager
def sending(
    receiver: Receiver, *, every_s: float = NEVER, apart_s: float = 0.0, stale_s: float = NEVER
) -> Iterator[Heartbeat]:
    settings = EndpointSettings(receiver.heartbeat_url, "token-1", SECRET, timeout_s=5.0)
    heartbeat = Heartbeat(HttpEndpoint(settings), ManualClock(NOW), Pace(every_s, apart_s, stale_s))
    heartbeat.start()
    try:
        yield heartbeat
    finally:
        heartbeat.close()


def arrived(receiver: Receiver, count: int) -> Callable[[], bool]:
    return lambda: len(receiver.heartbeats) >= count


def test_heartbeat_is_an_envelope_with_the_headers_of_an_order(receiver: Receiver) -> None:
    with sending(receiver) as heartbeat:
        heartbeat.take(STATUS)
        wait_until(arrived(receiver, 1))
    (seen,) = receiver.heartbeats
    key = "box-7@2026-11-27T08:00:03.000Z"
    assert (seen.method, seen.path) == ("POST", "/api/v1/heartbeats")
    assert seen.headers["content-type"] == "application/cloudevents+json"
    assert (seen.headers["idempotency-key"], seen.headers["webhook-id"]) == (key, key)
    assert seen.headers["content-digest"] == content_digest(hashlib.sha256(seen.body).digest())
    assert seen.headers["authorization"] == "Bearer token-1"
    sent_unix_s = int(NOW.timestamp())
    assert seen.headers["webhook-timestamp"] == str(sent_unix_s)
    assert seen.headers["webhook-signature"] == SigningSecret.parse(SECRET).sign(key, sent_unix_s, seen.body)
    event = json.loads(seen.body)
    told = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": key,
        "source": "/edge/box-7",
        "type": "org.droptrace.heartbeat",
        "time": "2026-11-27T08:00:03.000Z",
        "datacontenttype": "application/json",
    }
    assert told == json.loads(json.dumps(STATUS.to_json() | {"sent_utc": "2026-11-27T08:00:03.000Z"}))
    assert told["cameras"][0]["health"]["blind_s"] == {"no_stream": 65.5, "dark": 4.0}


def test_camera_that_goes_blind_is_told_at_once_and_what_is_no_news_is_not(receiver: Receiver) -> None:
    with sending(receiver) as heartbeat:
        heartbeat.take(with_cameras(GATE))
        wait_until(arrived(receiver, 1))
        heartbeat.take(with_cameras(GATE))
        heartbeat.take(with_cameras(BLIND))
        wait_until(arrived(receiver, 2))
        heartbeat.take(with_cameras(GATE))
        wait_until(arrived(receiver, 3))
    told = [json.loads(seen.body)["data"]["cameras"][0]["sees"] for seen in receiver.heartbeats]
    assert told == [True, False, True]


def test_news_waits_until_the_last_heartbeat_is_a_moment_old(receiver: Receiver) -> None:
    with sending(receiver, apart_s=NEVER) as heartbeat:
        heartbeat.take(with_cameras(GATE))
        wait_until(arrived(receiver, 1))
        heartbeat.take(with_cameras(BLIND))
    assert len(receiver.heartbeats) == 1


def test_heartbeats_go_on_while_nothing_new_is_told(receiver: Receiver) -> None:
    with sending(receiver, every_s=0.01) as heartbeat:
        heartbeat.take(STATUS)
        wait_until(arrived(receiver, 3))


def test_status_of_a_supervisor_that_hangs_is_not_sent(receiver: Receiver) -> None:
    with sending(receiver, every_s=0.01, stale_s=-1.0) as heartbeat:
        heartbeat.take(STATUS)
    assert receiver.heartbeats == []


@pytest.mark.parametrize("status", [301, 401, 404, 410, 422, 500, 503])
def test_refused_heartbeats_are_told_once_and_the_next_one_is_sent(receiver: Receiver, status: int) -> None:
    receiver.heartbeat_script += [receivers.answers(status, location="http://127.0.0.1:9/", retry_after="3600")] * 3
    with capture_logs() as logs, sending(receiver, every_s=0.01) as heartbeat:
        heartbeat.take(STATUS)
        wait_until(lambda: any(log["event"] == "heartbeat_back" for log in logs))
        wait_until(arrived(receiver, 6))
    assert [log["event"] for log in logs] == ["heartbeat_lost", "heartbeat_back"]
    assert str(status) in logs[0]["reason"]


def test_receiver_that_cannot_be_reached_is_told_by_its_address() -> None:
    url = f"http://127.0.0.1:{free_port()}/api/v1/incidents"
    heartbeat = make_heartbeat(EndpointConfig(url=url), ManualClock())
    assert heartbeat is not None
    with capture_logs() as logs:
        heartbeat.start()
        heartbeat.take(STATUS)
        wait_until(lambda: logs)
        heartbeat.close()
    assert logs[0]["event"] == "heartbeat_lost"
    assert logs[0]["reason"].startswith(f"{url.replace('incidents', 'heartbeats')} cannot be reached")


def test_receiver_that_hangs_does_not_hold_up_an_end_at_once(receiver: Receiver) -> None:
    receiver.heartbeat_script.append(receivers.hangs)
    with sending(receiver) as heartbeat:
        heartbeat.take(STATUS)
        wait_until(arrived(receiver, 1))
        # Would wait for two seconds otherwise.
        closing = threading.Thread(target=heartbeat.close, kwargs={"at_once": True})
        closing.start()
        closing.join(1.0)
        assert not closing.is_alive()
        receiver.stopping.set()


def test_heartbeat_that_was_never_started_closes() -> None:
    heartbeat = make_heartbeat(EndpointConfig(url="http://127.0.0.1:9/incidents"), ManualClock())
    assert heartbeat is not None
    heartbeat.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://centre.example/api/v1/incidents", "https://centre.example/api/v1/heartbeats"),
        ("https://centre.example/incidents/", "https://centre.example/heartbeats"),
        ("https://centre.example/incidents?site=3", "https://centre.example/heartbeats?site=3"),
        ("https://centre.example/myincidents", None),
        ("https://centre.example/", None),
        ("https://incidents", None),
    ],
)
def test_heartbeats_go_beside_the_incidents(url: str, expected: str | None) -> None:
    assert heartbeat_url(EndpointConfig(url=url)) == expected
    elsewhere = "https://watch.example/boxes"
    assert heartbeat_url(EndpointConfig(url=url, heartbeat_url=elsewhere)) == elsewhere


def test_wrong_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="endpoint.secret"):
        make_heartbeat(EndpointConfig(url="https://centre.example/incidents", secret="wrong"), ManualClock())


def test_a_box_with_fifty_cameras_stays_under_64_kb() -> None:
    assert len(heartbeat_body(with_cameras(*[BLIND] * 50))) < 64_000

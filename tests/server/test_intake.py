import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.orders import INCIDENT_ID, event, facts, order, order_headers, send
from tests.server.running import Centre, Host, settings_in


def test_confirmed_incident_gets_a_work_order(centre: Centre) -> None:
    answer = send(centre.client)
    assert answer.status_code == 201
    assert answer.json() == {"incident_id": INCIDENT_ID, "work_order_id": f"wo-{INCIDENT_ID}"}
    orders = centre.client.get("/api/v1/work-orders").json()["items"]
    assert [(one["incident_id"], one["state"]) for one in orders] == [(INCIDENT_ID, "open")]


@pytest.mark.parametrize("changes", [{"verdict": "suspected"}, {"verdict": "rejected"}, {"below_min_floor": True}])
def test_only_what_was_confirmed_and_is_high_enough_gets_a_work_order_at_once(
    centre: Centre, changes: dict[str, Any]
) -> None:
    answer = send(centre.client, facts(**changes))
    assert answer.status_code == 201
    assert answer.json()["work_order_id"] is None
    assert centre.client.get("/api/v1/work-orders").json()["items"] == []


def test_same_incident_again_is_answered_the_same_and_stored_once(centre: Centre) -> None:
    first, second = send(centre.client), send(centre.client)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(centre.client.get("/api/v1/incidents").json()["items"]) == 1


def test_same_key_with_another_payload_is_refused(centre: Centre) -> None:
    send(centre.client)
    answer = send(centre.client, facts(score=0.5))
    assert answer.status_code == 422
    assert "another payload" in answer.json()["detail"]
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["facts"]["score"] == 0.97


def test_the_same_incident_from_many_connections_is_stored_once(centre: Centre) -> None:
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(send(centre.client))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1


def test_facts_are_kept_as_they_were_sent(centre: Centre) -> None:
    sent = facts(a_key_of_tomorrow={"x": [1, 2.5, None]})
    send(centre.client, sent)
    kept = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()
    assert kept["facts"] == sent
    assert kept["happened_utc"] == "2026-11-23T03:04:05.678000Z"
    assert (kept["building_name"], kept["floor"], kept["unit"]) == ("3栋", 17, "06")


def test_incident_and_work_order_are_stored_both_or_not_at_all(tmp_path: Path, host: Host) -> None:
    with host.running(settings_in(tmp_path)) as centre:
        database = sqlite3.connect(centre.settings.data_dir / "droptrace.sqlite3")
        with database:
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON work_orders BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        assert send(centre.client).status_code == 500
        assert database.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
        with database:
            database.execute("DROP TRIGGER full")
        database.close()
        assert send(centre.client).status_code == 201


@pytest.mark.parametrize("missing", ["Idempotency-Key", "Content-Digest"])
def test_missing_header_is_named(centre: Centre, missing: str) -> None:
    body, headers = order(facts())
    del headers[missing]
    answer = centre.client.post("/api/v1/incidents", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert missing in answer.json()["detail"]


def test_other_content_type_is_refused(centre: Centre) -> None:
    assert send(centre.client, headers={"Content-Type": "application/json"}).status_code == 415


def test_digest_that_does_not_match_is_refused(centre: Centre) -> None:
    body, headers = order(facts())
    answer = centre.client.post("/api/v1/incidents", content=body.replace(b"0.97", b"0.98"), headers=headers)
    assert answer.status_code == 422
    assert centre.client.get("/api/v1/incidents").json()["items"] == []


@pytest.mark.parametrize("says_its_length", [True, False])
def test_too_large_a_body_is_refused(tmp_path: Path, host: Host, says_its_length: bool) -> None:
    with host.running(settings_in(tmp_path, max_body_bytes=1000)) as centre:
        body, headers = order(facts())
        content = body if says_its_length else iter([body])
        answer = centre.client.post("/api/v1/incidents", content=content, headers=headers)
        assert answer.status_code == 413
        assert "1000 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"data": NaN}'])
def test_body_that_is_not_json_is_a_bad_request(centre: Centre, body: bytes) -> None:
    answer = centre.client.post("/api/v1/incidents", content=body, headers=order_headers(INCIDENT_ID, body))
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"verdict": "perhaps"}, "data.verdict"),
        ({"score": 1.5}, "data.score"),
        ({"release_s": float("nan")}, "data.release_s"),
        ({"camera_id": "a\u0000b"}, "data.camera_id"),
        ({"path": [[1.0, 2.0]]}, "data.path.0"),
        ({"release_utc": "2026-11-23T03:04:05"}, "data.release_utc"),
        ({"detected_utc": "0001-01-01T00:00:00+10:00"}, "data.detected_utc"),
        ({"frame": {"width": 0, "height": 1080}}, "data.frame.width"),
        ({"schema": "droptrace.incident/2"}, "data.schema"),
    ],
)
def test_wrong_fact_is_named(centre: Centre, changes: dict[str, Any], named: str) -> None:
    sent = facts(**changes)
    body = json.dumps(event(sent, time="2026-11-23T03:04:05Z", subject="3-north")).encode()
    answer = centre.client.post("/api/v1/incidents", content=body, headers=order_headers(INCIDENT_ID, body))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(named)


def test_number_that_json_does_not_have_is_refused_also_in_unknown_keys(centre: Centre) -> None:
    body = json.dumps(event(facts(later=float("inf")))).encode()
    answer = centre.client.post("/api/v1/incidents", content=body, headers=order_headers(INCIDENT_ID, body))
    assert answer.status_code == 400


@pytest.mark.parametrize("incident_id", ["../../etc", "a b", "", "x" * 129, ".hidden", "编号"])
def test_incident_id_has_a_narrow_form(centre: Centre, incident_id: str) -> None:
    body = json.dumps(event(facts(incident_id))).encode()
    answer = centre.client.post("/api/v1/incidents", content=body, headers=order_headers("key", body))
    assert answer.status_code == 422


def test_key_must_be_the_id_of_the_incident(centre: Centre) -> None:
    assert send(centre.client, headers={"Idempotency-Key": "another"}).status_code == 422


def test_locked_database_asks_to_come_again_later(tmp_path: Path, host: Host) -> None:
    settings = settings_in(tmp_path)
    url = f"sqlite:///{settings.data_dir / 'droptrace.sqlite3'}?timeout=0.01"
    with host.running(settings_in(tmp_path, database=url)) as centre:
        other = sqlite3.connect(settings.data_dir / "droptrace.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        answer = send(centre.client)
        other.execute("ROLLBACK")
        other.close()
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert send(centre.client).status_code == 201

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.login import own_path
from server.session import Sessions, clean_name
from tests.server.orders import INCIDENT_ID, put, send
from tests.server.running import TOKEN, Centre, Host, ManualClock, settings_in

PAGE = {"Accept": "text/html"}
REVIEW = f"/incidents/{INCIDENT_ID}/review"


@pytest.fixture
def guarded(tmp_path: Path, host: Host) -> Iterator[Centre]:
    with host.running(settings_in(tmp_path, token=TOKEN)) as one:
        send(one.client)
        put(one.client, "release.jpg", b"picture")
        yield one


def visitor(centre: Centre) -> httpx.Client:
    return httpx.Client(base_url=centre.url, verify=False)


def log_in(client: httpx.Client, centre: Centre, name: str = "王芳") -> httpx.Response:
    return client.post("/login", data={"token": TOKEN, "name": name, "next": "/"}, headers={"Origin": centre.url})


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents",
        f"/api/v1/incidents/{INCIDENT_ID}",
        f"/api/v1/incidents/{INCIDENT_ID}/media/release.jpg",
        "/api/v1/work-orders",
        "/openapi.json",
        "/",
        f"/incidents/{INCIDENT_ID}",
        "/next",
        "/api/v1/boxes",
        "/boxes",
        "/boxes/line",
    ],
)
def test_nothing_is_shown_without_the_token(guarded: Centre, path: str) -> None:
    with visitor(guarded) as client:
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get(path, headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
        assert (
            client.get(path, headers={"Cookie": "droptrace_session=WyJ4Iiw5OTk5OTk5OTk5XQ==.AAAA"}).status_code == 401
        )
    assert guarded.client.get(path).status_code in (200, 303)


def test_nothing_is_taken_in_without_the_token(guarded: Centre) -> None:
    with visitor(guarded) as client:
        assert send(client).status_code == 401
        assert put(client, "other.jpg", b"x").status_code == 401
        assert client.delete("/api/v1/boxes/box-1").status_code == 401
        assert client.post(f"/api/v1/incidents/{INCIDENT_ID}/review", json={"decision": "confirm"}).status_code == 401
    assert guarded.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["review_state"] == "new"


def test_watchers_and_the_login_page_need_no_token(guarded: Centre) -> None:
    with visitor(guarded) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/login").status_code == 200
        assert client.get("/static/base.css").status_code == 200
        assert client.get("/static/../settings.py").status_code in (401, 404)
        assert client.get("/static/%2e%2e/settings.py").status_code == 404


def test_browser_is_sent_to_the_login_page_and_back(guarded: Centre) -> None:
    with visitor(guarded) as client:
        answer = client.get(f"/incidents/{INCIDENT_ID}?lang=en", headers=PAGE)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/login?next=%2Fincidents%2F{INCIDENT_ID}%3Flang%3Den"
        form = {"token": TOKEN, "name": "", "next": f"/incidents/{INCIDENT_ID}?lang=en"}
        answer = client.post("/login", data=form, headers={"Origin": guarded.url})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{INCIDENT_ID}?lang=en")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert client.get(f"/incidents/{INCIDENT_ID}").status_code == 200
        assert client.get(f"/api/v1/incidents/{INCIDENT_ID}/media/release.jpg").content == b"picture"


def test_wrong_token_does_not_log_in(guarded: Centre) -> None:
    with visitor(guarded) as client:
        answer = client.post("/login", data={"token": "wrong"}, headers={"Origin": guarded.url})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert client.post("/login", data={"token": ""}, headers={"Origin": guarded.url}).status_code == 401


def test_review_carries_the_name_of_who_logged_in(guarded: Centre) -> None:
    with visitor(guarded) as client:
        log_in(client, guarded)
        answer = client.post(REVIEW, data={"choice": "confirm"}, headers={"Origin": guarded.url})
        assert answer.status_code == 303
    reviews = guarded.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["reviews"]
    assert [(one["reviewer"], one["decision"]) for one in reviews] == [("王芳", "confirm")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_page_of_another_site_cannot_use_a_session(guarded: Centre, headers: dict[str, str]) -> None:
    with visitor(guarded) as client:
        log_in(client, guarded)
        assert client.post(REVIEW, data={"choice": "confirm"}, headers=headers).status_code == 403
    assert guarded.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["reviews"] == []


def test_session_ends_after_twelve_hours_and_by_logging_out(guarded: Centre) -> None:
    with visitor(guarded) as client:
        log_in(client, guarded)
        guarded.clock.advance(timedelta(hours=11, minutes=59))
        assert client.get("/").status_code == 200
        guarded.clock.advance(timedelta(minutes=1))
        assert client.get("/").status_code == 401
        log_in(client, guarded)
        assert client.get("/").status_code == 200
        client.post("/logout", headers={"Origin": guarded.url})
        assert client.get("/").status_code == 401


def test_without_a_token_foreign_pages_are_kept_out(centre: Centre) -> None:
    send(centre.client)
    path = f"/api/v1/incidents/{INCIDENT_ID}/review"
    body = {"decision": "confirm"}
    assert centre.client.post(path, json=body, headers={"Origin": "http://evil.example"}).status_code == 403
    assert centre.client.post(path, json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert centre.client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert centre.client.post(path, json=body).status_code == 201


def test_every_answer_carries_the_safety_headers(guarded: Centre) -> None:
    with visitor(guarded) as client:
        for path in ("/login", "/", "/static/base.css", "/nowhere"):
            headers = client.get(path).headers
            assert headers["content-security-policy"].startswith("default-src 'self';")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "http://evil.example", "", "x", "/a\nb", "/\tx"]
)
def test_login_leads_only_to_this_server(target: str) -> None:
    assert own_path(target) == "/"


def test_new_token_ends_sessions_and_a_cookie_cannot_be_made_without_it() -> None:
    clock = ManualClock()
    cookie = Sessions(TOKEN, clock).make_cookie("王芳")
    identity = Sessions(TOKEN, clock).identify(None, cookie)
    assert identity is not None
    assert identity.name == "王芳"
    assert Sessions("another-token-of-letters", clock).identify(None, cookie) is None
    for broken in ("", ".", "x", cookie + "A", cookie[1:], "é.é"):
        assert Sessions(TOKEN, clock).identify(None, broken) is None


def test_name_for_the_record_is_cleaned() -> None:
    assert clean_name("  王\n芳 \x00") == "王芳"
    assert clean_name("\n") == "operator"
    assert len(clean_name("x" * 500)) == 60

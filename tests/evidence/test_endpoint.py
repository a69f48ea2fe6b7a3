import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.errors import EndpointError
from evidence.facts import incident_facts
from evidence.outbox import MediaFile
from evidence.work_order import SigningSecret
from tests.evidence import receiver as behaviours
from tests.evidence.receiver import Receiver, answers
from tests.evidence.scenes import make_incident
from tests.ports import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 23, 3, 4, 6, tzinfo=UTC)
FACTS = incident_facts(make_incident())


@pytest.fixture
def endpoint(receiver: Receiver) -> Iterator[HttpEndpoint]:
    http = HttpEndpoint(EndpointSettings(receiver.url, token="t0ken", secret=SECRET, timeout_s=0.6))
    yield http
    http.close()


@pytest.fixture
def media(tmp_path: Path) -> MediaFile:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 4000)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return MediaFile("original/clip.mp4", path, "video/mp4", "original", digest)


def test_order_arrives_signed_as_the_interface_says(endpoint: HttpEndpoint, receiver: Receiver) -> None:
    assert endpoint.post_order("i-1", FACTS, NOW).outcome == "delivered"

    (seen,) = receiver.requests
    assert (seen.method, seen.path) == ("POST", "/api/v1/incidents")
    assert seen.headers["content-type"] == "application/cloudevents+json"
    assert seen.headers["authorization"] == "Bearer t0ken"
    signature = SigningSecret.parse(SECRET).sign("i-1", int(NOW.timestamp()), seen.body)
    assert seen.headers["webhook-signature"] == signature


def test_file_arrives_whole_under_its_name(endpoint: HttpEndpoint, receiver: Receiver, media: MediaFile) -> None:
    assert endpoint.put_media("i-1", media, NOW).outcome == "delivered"

    (seen,) = receiver.requests
    assert (seen.method, seen.path) == ("PUT", "/api/v1/incidents/i-1/media/original/clip.mp4")
    assert seen.body == media.path.read_bytes()
    assert seen.headers["content-type"] == "video/mp4"
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.headers["droptrace-role"] == "original"
    assert seen.headers["authorization"] == "Bearer t0ken"
    assert seen.headers["content-digest"].startswith("sha-256=:")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((status, "delivered") for status in (200, 201, 202, 204)),
        *((status, "refused") for status in (400, 404, 409, 413, 415, 422)),
        *((status, "blocked") for status in (300, 301, 302, 304, 307, 308, 401, 403, 429, 502, 503, 504)),
        *((status, "failed") for status in (408, 500, 501)),
        (410, "closed"),
    ],
)
def test_only_a_2xx_is_success(endpoint: HttpEndpoint, receiver: Receiver, status: int, outcome: str) -> None:
    receiver.script.append(answers(status))

    result = endpoint.post_order("i-1", FACTS, NOW)

    assert result.outcome == outcome
    assert f"{receiver.url} answered {status}" in result.detail


def test_redirect_is_not_followed_and_names_both_addresses(endpoint: HttpEndpoint, receiver: Receiver) -> None:
    receiver.script.append(answers(301, Location="http://elsewhere.example/x"))

    result = endpoint.post_order("i-1", FACTS, NOW)

    assert receiver.url in result.detail
    assert "to http://elsewhere.example/x, which is not followed" in result.detail
    assert len(receiver.requests) == 1


def test_file_that_is_no_longer_wanted_does_not_close_the_address(
    endpoint: HttpEndpoint, receiver: Receiver, media: MediaFile
) -> None:
    receiver.script.append(answers(410))

    assert endpoint.put_media("i-1", media, NOW).outcome == "refused"


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 03:05:06 GMT", 60.0),
        ("Mon, 23 Nov 2026 03:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(
    endpoint: HttpEndpoint, receiver: Receiver, value: str, wait_s: float | None
) -> None:
    receiver.script.append(answers(429, Retry_After=value))

    assert endpoint.post_order("i-1", FACTS, NOW).retry_after_s == wait_s


@pytest.mark.parametrize("behaviour", [behaviours.hangs, behaviours.drips])
def test_receiver_that_never_finishes_its_answer_is_left_after_the_time_limit(
    endpoint: HttpEndpoint, receiver: Receiver, behaviour: behaviours.Behaviour
) -> None:
    receiver.script.append(behaviour)
    started = time.monotonic()

    result = endpoint.post_order("i-1", FACTS, NOW)

    assert result.outcome == "blocked"
    assert "has not answered within" in result.detail
    assert time.monotonic() - started < 20.0


@pytest.mark.parametrize("behaviour", [behaviours.dies_after_half_of_the_body, behaviours.commits_and_dies])
def test_receiver_that_dies_before_its_answer_has_not_taken_it(
    endpoint: HttpEndpoint, receiver: Receiver, media: MediaFile, behaviour: behaviours.Behaviour
) -> None:
    receiver.script += [behaviour, behaviour]

    assert endpoint.post_order("i-1", FACTS, NOW).outcome == "blocked"
    assert endpoint.put_media("i-1", media, NOW).outcome == "blocked"
    assert endpoint.post_order("i-1", FACTS, NOW).outcome == "delivered"


def test_status_counts_although_the_rest_of_the_answer_is_lost(endpoint: HttpEndpoint, receiver: Receiver) -> None:
    receiver.script.append(behaviours.dies_after_the_status)

    assert endpoint.post_order("i-1", FACTS, NOW).outcome == "delivered"


def test_receiver_that_is_down_is_told_by_address() -> None:
    url = f"http://127.0.0.1:{free_port()}/incidents"
    endpoint = HttpEndpoint(EndpointSettings(url))

    result = endpoint.post_order("i-1", FACTS, NOW)

    endpoint.close()
    assert result.outcome == "blocked"
    assert result.detail.startswith(f"{url} cannot be reached")


def test_file_that_is_gone_is_lost_and_nothing_is_sent(
    endpoint: HttpEndpoint, receiver: Receiver, media: MediaFile
) -> None:
    media.path.unlink()

    assert endpoint.put_media("i-1", media, NOW).outcome == "lost"
    assert receiver.requests == []


@pytest.mark.parametrize("url", ["", "localhost/x", "ftp://host/x", "http://", "http://[::1"])
def test_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="is not an address"):
        EndpointSettings(url)


def test_settings_do_not_show_their_secrets() -> None:
    settings = EndpointSettings("http://host/x", token="t0ken", secret=SECRET)

    assert "t0ken" not in repr(settings)
    assert "MfKQ9r8" not in repr(settings)


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=r"endpoint\.token"):
        EndpointSettings("http://host/x", token="tökén")
    with pytest.raises(EndpointError, match=r"endpoint\.timeout_s is 0"):
        EndpointSettings("http://host/x", timeout_s=0)
    with pytest.raises(EndpointError, match=r"endpoint\.ca_file .* cannot be read"):
        HttpEndpoint(EndpointSettings("http://host/x", ca_file=tmp_path / "missing.pem"))
    (tmp_path / "empty.pem").write_bytes(b"")
    with pytest.raises(EndpointError, match=r"endpoint\.ca_file .* cannot be read"):
        HttpEndpoint(EndpointSettings("http://host/x", ca_file=tmp_path / "empty.pem"))

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evidence.errors import EndpointError
from evidence.facts import incident_facts
from evidence.work_order import MOST_BODY_BYTES, SigningSecret, order_body, order_headers
from floors.origin import Candidate, Origin
from tests.evidence.scenes import make_incident
from tracking.fall import PathPoint

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 23, 3, 4, 6, 900_000, tzinfo=UTC)


def test_signature_is_that_of_the_specifications_example() -> None:
    signature = SigningSecret.parse(SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_not base64!", ""])
def test_secret_of_another_form_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(EndpointError, match="copy the endpoint's secret again") as caught:
        SigningSecret.parse(text)

    assert not text or text.removeprefix("whsec_") == "" or text.removeprefix("whsec_") not in str(caught.value)


def test_body_is_a_cloudevent_around_the_facts() -> None:
    facts = incident_facts(make_incident(path=(PathPoint(0.5, 10.0, 20.0, 3.0),)))

    body = order_body(facts)

    assert json.loads(body) == {
        "specversion": "1.0",
        "id": make_incident().incident_id,
        "source": "/edge/box-1/cameras/3-north",
        "type": "org.droptrace.incident",
        "time": "2026-11-23T03:04:05.678Z",
        "subject": "3-north",
        "datacontenttype": "application/json",
        "data": facts,
    }
    assert hashlib.sha256(body).hexdigest() == "b951512f6980d431ce59b7d95dc942dcabdd6468b6ffbd5ff9a89e67e3a35a94"
    assert order_body(facts) == body


def test_source_is_a_valid_reference_for_any_camera_name() -> None:
    facts = incident_facts(replace(make_incident(), camera_id="3栋 北/1"))

    event = json.loads(order_body(facts))

    assert event["source"] == "/edge/box-1/cameras/3%E6%A0%8B%20%E5%8C%97%2F1"
    assert event["subject"] == "3栋 北/1"


def test_time_is_that_of_detection_where_the_release_is_not_known() -> None:
    facts = incident_facts(replace(make_incident(), release_utc=None))

    assert json.loads(order_body(facts))["time"] == "2026-11-23T03:04:07.000Z"


def test_path_is_thinned_to_two_hundred_points() -> None:
    path = tuple(PathPoint(n / 25, 1.0 + n, 2.0, 3.0) for n in range(1000))

    data = json.loads(order_body(incident_facts(make_incident(path=path))))["data"]

    assert len(data["path"]) == 200
    assert [data["path"][0][0], data["path"][-1][0]] == [0.0, 39.96]


def test_path_goes_before_the_reasons_and_the_reasons_before_the_floors() -> None:
    reasons = tuple(f"{n:02d} " + "r" * 880 for n in range(25))

    data = json.loads(order_body(incident_facts(make_incident(reasons=reasons))))["data"]

    assert len(data["path"]) == 2
    assert data["reasons"] == list(reasons[:20])
    assert len(data["origin"]["candidates"]) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"reasons": tuple("\x01" * 5000 for _ in range(50))},
        {"label": "栋" * 50_000},
        {"origin": Origin(1, 1, 1, "u" * 999, 0.5, tuple(Candidate(n, "栋" * 999, 0.001) for n in range(999)))},
        {"path": tuple(PathPoint(n / 25, 1e6 + n, 1e6, 3.0) for n in range(5000))},
    ],
)
def test_body_stays_under_twenty_thousand_bytes_whatever_the_facts(changes: dict[str, object]) -> None:
    incident = replace(make_incident(**changes), camera_id="栋" * 30_000, box_id="\x01" * 30_000)

    body = order_body(incident_facts(incident))

    assert len(body) < MOST_BODY_BYTES
    assert json.loads(body)["data"]["incident_id"] == incident.incident_id


def test_headers_carry_key_digest_time_signature_and_token() -> None:
    headers = order_headers("i-1", b"{}", NOW, "t0ken", SigningSecret.parse(SECRET))

    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, b"i-1.1795403046.{}", hashlib.sha256).digest()).decode()
    assert headers == {
        "Content-Type": "application/cloudevents+json",
        "Idempotency-Key": "i-1",
        "Content-Digest": "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:",
        "webhook-id": "i-1",
        "webhook-timestamp": "1795403046",
        "webhook-signature": f"v1,{expected}",
        "Authorization": "Bearer t0ken",
    }


def test_headers_without_secret_and_token_have_neither() -> None:
    headers = order_headers("i-1", b"{}", NOW, None, None)

    assert "webhook-signature" not in headers
    assert "Authorization" not in headers

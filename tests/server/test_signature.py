import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.settings import decode_secret
from server.signature import sign, signature_fault
from tests.server.orders import INCIDENT_ID, facts, order, send
from tests.server.running import NOW, Host, ManualClock, settings_in

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
THEN = datetime.fromtimestamp(1614265330, UTC)


def headers(signature: str) -> dict[str, str]:
    return {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": signature,
    }


def test_signature_is_that_of_the_published_example() -> None:
    # The example that the specification's own libraries are tested with.
    signature = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY, decode_secret(SECRET))
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature_fault(headers(signature), BODY, decode_secret(SECRET), THEN) is None


def test_one_right_signature_among_several_is_enough() -> None:
    right = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY, decode_secret(SECRET))
    assert signature_fault(headers(f"v1a,xyz v1,AAAA {right}"), BODY, decode_secret(SECRET), THEN) is None


@pytest.mark.parametrize("off_s", [-301, 301])
def test_stamp_more_than_five_minutes_off_is_refused(off_s: int) -> None:
    right = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY, decode_secret(SECRET))
    fault = signature_fault(headers(right), BODY, decode_secret(SECRET), THEN + timedelta(seconds=off_s))
    assert fault is not None
    assert "clocks" in fault


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "-5", "١٢٣"])
def test_stamp_that_is_no_number_is_refused(stamp: str) -> None:
    given = headers("v1,AAAA") | {"webhook-timestamp": stamp}
    assert signature_fault(given, BODY, decode_secret(SECRET), THEN) is not None


def test_incident_is_taken_in_only_when_it_is_signed(tmp_path: Path, host: Host) -> None:
    body, _ = order(facts())
    stamp = int(NOW.timestamp())
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    right = {
        "webhook-id": INCIDENT_ID,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(INCIDENT_ID, stamp, body, key),
    }
    with host.running(settings_in(tmp_path, webhook_secret=SECRET), ManualClock(NOW)) as centre:
        assert send(centre.client).status_code == 401
        assert send(centre.client, facts(score=0.5), right).status_code == 401
        wrong = right | {"webhook-signature": sign(INCIDENT_ID, stamp, body, b"another key of bytes")}
        assert send(centre.client, headers=wrong).status_code == 401
        assert centre.client.get("/api/v1/incidents").json()["items"] == []
        assert send(centre.client, headers=right).status_code == 201
        centre.clock.advance(timedelta(minutes=6))
        assert send(centre.client, headers=right).status_code == 401

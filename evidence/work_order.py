"""The message that carries an incident: a CloudEvents 1.0 envelope, signed as Standard Webhooks have it."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from evidence.errors import EndpointError
from evidence.facts import thin

EVENT_TYPE = "org.droptrace.incident"
CONTENT_TYPE = "application/cloudevents+json"
MOST_BODY_BYTES = 20_000
MOST_PATH_POINTS = 200

_SECRET_PREFIX = "whsec_"
_PATH_STEPS = (MOST_PATH_POINTS, 100, 50, 25, 10, 2)
_REASON_STEPS = (20, 8, 3)
_CANDIDATE_STEPS = (100, 30, 10)
_TEXT_STEPS = (1000, 200, 64)


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """The key that a sender shares with a receiver."""

    key: bytes

    @classmethod
    def parse(cls, text: str) -> "SigningSecret":
        """Read a secret in its usual writing, `whsec_` and base64.

        Raises:
            EndpointError: If it does not have that form.
        """
        advice = "copy the endpoint's secret again as the receiver shows it"
        try:
            key = base64.b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
        except binascii.Error as error:
            raise EndpointError(f"endpoint.secret is not base64 after `whsec_`; {advice}") from error
        if not text.startswith(_SECRET_PREFIX) or not key:
            raise EndpointError(f"endpoint.secret does not begin with `whsec_`, or nothing follows; {advice}")
        return cls(key)

    def sign(self, message_id: str, sent_unix_s: int, body: bytes) -> str:
        """Sign a message: HMAC-SHA256 over "id.timestamp.body" (Standard Webhooks 1.0).

        Returns:
            The value of `webhook-signature`, "v1," and base64.
        """
        signed = f"{message_id}.{sent_unix_s}.".encode() + body
        return "v1," + base64.b64encode(hmac.digest(self.key, signed, "sha256")).decode()


def order_body(facts: dict[str, object]) -> bytes:
    """Put the facts of an incident into the envelope; the same facts give the same bytes.

    The body stays under 20 kB: the path is thinned to 200 points or fewer, then reasons, candidates and at last long
    texts are cut. The package keeps them whole.

    Args:
        facts: From `incident_facts`.

    Returns:
        UTF-8 JSON.
    """
    body = b""
    for data in _ever_smaller(facts):
        body = _envelope(data)
        if len(body) < MOST_BODY_BYTES:
            break
    return body


def order_headers(
    incident_id: str, body: bytes, sent_utc: datetime, token: str | None, secret: SigningSecret | None
) -> dict[str, str]:
    """Make the headers of one attempt; id and key stay the same over all attempts, time and signature do not.

    Args:
        incident_id: Key of the message.
        body: From `order_body`.
        sent_utc: Time of this attempt.
        token: For `Authorization: Bearer`; None sends none.
        secret: For the signature; None sends none.
    """
    sent_unix_s = int(sent_utc.timestamp())
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Idempotency-Key": incident_id,
        "Content-Digest": content_digest(hashlib.sha256(body).digest()),
        "webhook-id": incident_id,
        "webhook-timestamp": str(sent_unix_s),
    }
    if secret is not None:
        headers["webhook-signature"] = secret.sign(incident_id, sent_unix_s, body)
    return headers | authorization(token)


def content_digest(sha256: bytes) -> str:
    """Write a SHA-256 as the value of `Content-Digest` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


def authorization(token: str | None) -> dict[str, str]:
    """Make the `Authorization` header; none without a token."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def cloud_event(attributes: Mapping[str, object], data: object) -> bytes:
    """Put data into a CloudEvents 1.0 envelope.

    Args:
        attributes: `id`, `source`, `type`, `time` and what else the event has.
        data: What JSON can hold.

    Returns:
        UTF-8 JSON.
    """
    event = {"specversion": "1.0", **attributes, "datacontenttype": "application/json", "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _envelope(facts: dict[str, object]) -> bytes:
    box, camera = (quote(str(facts[key]), safe="") for key in ("box_id", "camera_id"))
    attributes = {
        "id": facts["incident_id"],
        "source": f"/edge/{box}/cameras/{camera}",
        "type": EVENT_TYPE,
        "time": facts["release_utc"] or facts["detected_utc"],
        "subject": facts["camera_id"],
    }
    return cloud_event(attributes, facts)


def _ever_smaller(facts: dict[str, object]) -> Iterator[dict[str, object]]:
    """Yield the facts with ever more of them cut; the last ones fit whatever they were."""
    for points in _PATH_STEPS:
        facts = facts | {"path": thin(_items(facts, "path"), points)}
        yield facts
    for count in _REASON_STEPS:
        facts = facts | {"reasons": _items(facts, "reasons")[:count]}
        yield facts
    for count in _CANDIDATE_STEPS:
        origin = facts["origin"]
        if isinstance(origin, dict):
            facts = facts | {"origin": origin | {"candidates": origin["candidates"][:count]}}
            yield facts
    for length in _TEXT_STEPS:
        facts = {key: _cut(value, length) for key, value in facts.items()}
        yield facts


def _items(facts: dict[str, object], key: str) -> Sequence[object]:
    value = facts[key]
    return value if isinstance(value, Sequence) else ()


def _cut(value: object, length: int) -> object:
    """Cut every text inside a JSON value to a length."""
    if isinstance(value, str):
        return value if len(value) <= length else value[: length - 1] + "…"
    if isinstance(value, dict):
        return {key: _cut(item, length) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item, length) for item in value]
    return value

"""The signature over an incident (Standard Webhooks, https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_TOLERANCE_S = 300
_SCHEME = "v1,"


def signature_fault(headers: Mapping[str, str], body: bytes, secret: bytes, now_utc: datetime) -> str | None:
    """Check the three `webhook-` headers of a request.

    Args:
        headers: The request's headers, looked up in lower case.
        body: Its body, as received.
        secret: The key bytes of the `whsec_` secret.
        now_utc: The present time; a stamp more than five minutes off is refused, so that old requests cannot be sent
            again by others.

    Returns:
        What is wrong, or None where one of the signatures is right.
    """
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (message_id and stamp and signatures):
        return "webhook-id, -timestamp and -signature are needed here; set the same secret on the edge box"
    if not (stamp.isascii() and stamp.isdigit()):
        return "webhook-timestamp must be unix seconds"
    if abs(now_utc.timestamp() - int(stamp)) > _TOLERANCE_S:
        return f"webhook-timestamp is more than {_TOLERANCE_S} s off the time here; check both clocks"
    expected = sign(message_id, int(stamp), body, secret)
    # Headers are Latin-1 here; compare_digest takes text only where it is ASCII.
    matches = [hmac.compare_digest(expected.encode(), given.encode()) for given in signatures.split(" ")]
    return None if any(matches) else "webhook-signature is not one made with the secret here"


def sign(message_id: str, timestamp_s: int, body: bytes, secret: bytes) -> str:
    """Make the value of a `webhook-signature` header."""
    content = b".".join((message_id.encode(), str(timestamp_s).encode(), body))
    return _SCHEME + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode("ascii")

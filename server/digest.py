"""The Content-Digest header (RFC 9530)."""

import base64
import binascii
import re

_SHA256_MEMBER = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):\s*(?=,|$)")
_SHA256_BYTES = 32


def parse_sha256(header: str) -> str | None:
    """Return the SHA-256 that a Content-Digest header names, in lower-case hexadecimal digits.

    None where the header names none or has another form; members of other algorithms are passed over.
    """
    member = _SHA256_MEMBER.search(header)
    if member is None:
        return None
    try:
        digest = base64.b64decode(member.group(1), validate=True)
    except binascii.Error:
        return None
    return digest.hex() if len(digest) == _SHA256_BYTES else None


def format_sha256(digest: bytes) -> str:
    """Write a SHA-256 as the value of a Content-Digest header."""
    return f"sha-256=:{base64.b64encode(digest).decode('ascii')}:"

import base64
import hashlib

import pytest

from server.digest import format_sha256, parse_sha256

DIGEST = hashlib.sha256(b"body").digest()


def test_what_is_written_is_read() -> None:
    assert parse_sha256(format_sha256(DIGEST)) == DIGEST.hex()


def test_other_algorithms_are_passed_over() -> None:
    assert parse_sha256(f"sha-512=:AAAA:, {format_sha256(DIGEST)}, md5=:AAAA:") == DIGEST.hex()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha-256",
        "sha-256=::",
        "sha-256=:AAAA:",
        f"sha-256={base64.b64encode(DIGEST).decode()}",
        f"xsha-256=:{base64.b64encode(DIGEST).decode()}:",
        "sha-256=:%%%%:",
        f"sha-256=:{base64.b64encode(DIGEST).decode()}:tail",
    ],
)
def test_other_forms_name_no_digest(header: str) -> None:
    assert parse_sha256(header) is None

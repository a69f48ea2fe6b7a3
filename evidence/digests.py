"""SHA-256 and SM3 of files."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes

_BLOCK_BYTES = 1 << 20


class Hasher(Protocol):
    """Takes bytes in and tells their digest."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        ...

    def hexdigest(self) -> str:
        """Tell the digest of all bytes so far, in hexadecimal; ask once, at the end."""
        ...


@dataclass(frozen=True, slots=True)
class FileDigests:
    """Size of a file in bytes, and its digests in hexadecimal."""

    size: int
    sha256: str
    sm3: str


class PortableSm3:
    """SM3 (GB/T 32905-2016) from `cryptography`, for a Python whose OpenSSL lacks it."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        self._hash.update(data)

    def hexdigest(self) -> str:
        """Tell the digest; no bytes can follow."""
        return self._hash.finalize().hex()


def new_sm3() -> Hasher:
    """Make an SM3 hasher: OpenSSL's where it has one, else that of `cryptography`."""
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3")
    return PortableSm3()


def digest_file(path: Path) -> FileDigests:
    """Read a file once, in blocks, and compute both digests.

    Raises:
        OSError: If it cannot be read.
    """
    sha256, sm3, size = hashlib.sha256(), new_sm3(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            sha256.update(block)
            sm3.update(block)
            size += len(block)
    return FileDigests(size, sha256.hexdigest(), sm3.hexdigest())

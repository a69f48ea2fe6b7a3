from pathlib import Path

import pytest

from evidence.digests import Hasher, PortableSm3, digest_file, new_sm3

SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
SM3_ABCD_16_TIMES = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
SHA256_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("hasher", [new_sm3(), PortableSm3()])
def test_sm3_gives_the_digest_of_the_standard(hasher: Hasher) -> None:
    hasher.update(b"a")
    hasher.update(b"bc")

    assert hasher.hexdigest() == SM3_ABC


def test_sm3_of_a_whole_block_gives_the_digest_of_the_standard() -> None:
    hasher = PortableSm3()
    hasher.update(b"abcd" * 16)

    assert hasher.hexdigest() == SM3_ABCD_16_TIMES


def test_file_is_digested_whole(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")

    digests = digest_file(path)

    assert (digests.size, digests.sha256, digests.sm3) == (3, SHA256_ABC, SM3_ABC)


def test_file_larger_than_a_block_is_digested_like_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 8200
    path = tmp_path / "large"
    path.write_bytes(content)
    hasher = PortableSm3()
    hasher.update(content)

    assert digest_file(path).sm3 == hasher.hexdigest()

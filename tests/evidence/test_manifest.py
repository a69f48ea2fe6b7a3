from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.errors import ManifestError
from evidence.manifest import is_safe_name, make_manifest, manifest_bytes, media_type_of, read_manifest, role_of

NOW = datetime(2026, 11, 23, 3, 4, 5, tzinfo=UTC)


def write_some_files(folder: Path) -> None:
    (folder / "original").mkdir()
    (folder / "original" / "clip.mp4").write_bytes(b"abc")
    (folder / "incident.json").write_bytes(b"{}")
    (folder / "strobe.jpg").write_bytes(b"")


def test_manifest_lists_every_file_with_role_and_type(tmp_path: Path) -> None:
    write_some_files(tmp_path)

    manifest = make_manifest(tmp_path, "i-1", NOW, ())

    assert [(entry.name, entry.role, entry.media_type, entry.size) for entry in manifest.files] == [
        ("incident.json", "record", "application/json", 2),
        ("original/clip.mp4", "original", "video/mp4", 3),
        ("strobe.jpg", "derived", "image/jpeg", 0),
    ]
    assert manifest.complete


def test_manifest_comes_back_from_its_file(tmp_path: Path) -> None:
    write_some_files(tmp_path)
    manifest = make_manifest(tmp_path, "i-1", NOW, ("编码 is missing",))
    (tmp_path / "manifest.json").write_bytes(manifest_bytes(manifest))

    assert read_manifest(tmp_path) == manifest
    assert not manifest.complete
    assert make_manifest(tmp_path, "i-1", NOW, ("编码 is missing",)) == manifest


def test_manifest_bytes_are_sorted_utf8_json(tmp_path: Path) -> None:
    content = manifest_bytes(make_manifest(tmp_path, "i-1", NOW, ("缺",)))

    assert content.decode() == (
        '{\n "complete": false,\n "created_utc": "2026-11-23T03:04:05.000Z",\n "files": [],\n "incident_id": "i-1",\n'
        ' "notes": [\n  "缺"\n ],\n "schema": "droptrace.manifest/1"\n}\n'
    )


@pytest.mark.parametrize("name", ["clip.mp4", "original/clip.mp4", "a-b_c.1"])
def test_plain_names_are_safe(name: str) -> None:
    assert is_safe_name(name)


@pytest.mark.parametrize(
    "name", ["../x", "a/../x", "/etc/passwd", "a/b/c", ".hidden", "a/.hidden", "", "a b", "栋.mp4", "a\\b", "a\n", "a/"]
)
def test_names_that_could_lead_elsewhere_are_not_safe(name: str) -> None:
    assert not is_safe_name(name)


def test_type_and_role_follow_name_and_place() -> None:
    assert media_type_of("original/clip.MKV") == "video/matroska"
    assert media_type_of("x.unknown") == "application/octet-stream"
    assert role_of("original/incident.json") == "original"


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"schema": "other/1"}', b"\xff\xfe"])
def test_file_that_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    with pytest.raises(ManifestError, match="is not a manifest"):
        read_manifest(tmp_path)


def test_missing_manifest_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)

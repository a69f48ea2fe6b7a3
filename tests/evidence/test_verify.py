import json
from pathlib import Path

import pytest

from evidence.package import write_package
from evidence.verify import FileCheck, verify_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock


@pytest.fixture
def package(tmp_path: Path, recording: ClipRecording, clock: ManualClock) -> Path:
    return write_package(tmp_path / "out", make_incident(), recording, (), clock=clock)


def states(package: Path) -> dict[str, str]:
    return {file.name: file.state for file in verify_package(package).files}


def rewrite_manifest(package: Path, **changes: object) -> None:
    path = package / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_untouched_package_is_ok(package: Path) -> None:
    report = verify_package(package)

    assert report.is_ok
    assert report.incident_id == make_incident().incident_id
    assert set(states(package).values()) == {"ok"}
    assert report.lines()[-1].endswith("all files are as they were sealed")


def test_one_flipped_bit_is_seen(package: Path) -> None:
    clip = package / "original" / "clip.mp4"
    content = bytearray(clip.read_bytes())
    content[len(content) // 2] ^= 1
    clip.write_bytes(content)

    report = verify_package(package)

    assert not report.is_ok
    assert FileCheck("original/clip.mp4", "altered", "SHA-256 and SM3 differ") in report.files
    assert report.lines()[-1].endswith("1 finding(s): not as it was sealed")


def test_missing_file_is_seen(package: Path) -> None:
    (package / "strobe.jpg").unlink()

    assert states(package)["strobe.jpg"] == "missing"


@pytest.mark.parametrize("name", ["extra.jpg", "original/more.mp4", ".hidden"])
def test_file_that_is_not_listed_is_seen(package: Path, name: str) -> None:
    (package / name).write_bytes(b"")

    assert states(package)[name] == "unlisted"
    assert not verify_package(package).is_ok


def test_digests_must_both_agree(package: Path) -> None:
    files = json.loads((package / "manifest.json").read_text())["files"]
    files[0]["sm3"] = "0" * 64
    rewrite_manifest(package, files=files)

    assert FileCheck(files[0]["name"], "altered", "SM3 differ") in verify_package(package).files


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "original/../../secret"])
def test_name_that_leads_out_of_the_package_is_refused_unread(package: Path, name: str) -> None:
    files = json.loads((package / "manifest.json").read_text())["files"]
    rewrite_manifest(package, files=[*files, files[0] | {"name": name}])

    assert states(package)[name] == "refused"


def test_link_in_place_of_a_file_is_refused(package: Path, tmp_path: Path) -> None:
    clip = package / "original" / "clip.mp4"
    clip.rename(tmp_path / "elsewhere.mp4")
    clip.symlink_to(tmp_path / "elsewhere.mp4")

    assert states(package)["original/clip.mp4"] == "refused"


def test_linked_folder_of_originals_is_refused(package: Path, tmp_path: Path) -> None:
    (package / "original").rename(tmp_path / "elsewhere")
    (package / "original").symlink_to(tmp_path / "elsewhere")

    assert states(package)["original/clip.mp4"] == "refused"


def test_package_reached_over_a_link_is_ok(package: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(package)

    assert verify_package(tmp_path / "link").is_ok


def test_manifest_without_facts_or_with_a_name_twice_is_a_problem(package: Path) -> None:
    files = json.loads((package / "manifest.json").read_text())["files"]
    rewrite_manifest(package, files=[entry for entry in files if entry["name"] != "incident.json"])
    assert "incident.json is not listed: there are no facts" in verify_package(package).problems

    rewrite_manifest(package, files=[*files, files[0]])
    assert verify_package(package).problems == ("end.jpg is listed 2 times",)


def test_folder_without_manifest_is_a_report_and_not_an_error(tmp_path: Path) -> None:
    report = verify_package(tmp_path / "nowhere")

    assert not report.is_ok
    assert report.incident_id is None
    assert "cannot be read" in report.problems[0]


def test_control_characters_in_a_name_are_escaped() -> None:
    assert FileCheck("a\x1b[2Jb", "refused").line() == "refused   'a\\x1b[2Jb'"

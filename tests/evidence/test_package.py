import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import FactsError, PackageError
from evidence.facts import incident_facts
from evidence.manifest import read_manifest
from evidence.package import needed_bytes, write_package
from evidence.verify import verify_package
from tests.evidence.scenes import ClipRecording, FailingRecording, make_incident, make_ruler
from vision.clock import ManualClock
from vision.errors import RecordingNotWritten

ROOT = Path(__file__).parents[2]


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_package_holds_original_pictures_facts_and_manifest(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    incident = make_incident()

    package = write_package(tmp_path / "out", incident, recording, make_ruler(320, 240), clock=clock)

    assert package == tmp_path / "out" / incident.incident_id
    assert names(tmp_path / "out") == [
        f"{incident.incident_id}/{name}"
        for name in (
            *("end.jpg", "incident.json", "manifest.json", "middle.jpg"),
            *("original/clip.mp4", "release.jpg", "strobe.jpg"),
        )
    ]
    assert json.loads((package / "incident.json").read_text()) == incident_facts(incident)
    assert (package / "original" / "clip.mp4").read_bytes() == recording.clip.read_bytes()
    assert read_manifest(package).complete
    assert verify_package(package).is_ok


def test_without_recording_the_facts_stand_alone(tmp_path: Path, clock: ManualClock) -> None:
    package = write_package(tmp_path, make_incident(), None, (), clock=clock)

    assert names(package) == ["incident.json", "manifest.json"]
    assert not read_manifest(package).complete
    assert read_manifest(package).notes == ("there is no recording: the facts stand alone",)
    assert verify_package(package).is_ok


def test_recording_that_cannot_be_decoded_is_kept_all_the_same(tmp_path: Path, clock: ManualClock) -> None:
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(b"\x00\x00\x00\x18ftypmp42 and then nothing of use")

    package = write_package(tmp_path / "out", make_incident(), ClipRecording(damaged), (), clock=clock)

    manifest = read_manifest(package)
    assert names(package) == ["incident.json", "manifest.json", "original/clip.mp4"]
    assert not manifest.complete
    assert "cannot be decoded" in manifest.notes[0]
    assert manifest.notes[1] == "not made: release.jpg, middle.jpg, end.jpg, strobe.jpg"


def test_original_that_could_not_be_cut_is_told_and_the_pictures_are_there(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    failing = FailingRecording(recording, at_writing=RecordingNotWritten("the packets have no time stamps"))

    package = write_package(tmp_path, make_incident(), failing, (), clock=clock)

    assert read_manifest(package).notes == ("the original could not be written: the packets have no time stamps",)
    assert (package / "strobe.jpg").exists()


def test_recording_that_begins_after_the_release_is_told(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    package = write_package(tmp_path, make_incident(), replace(recording, start_s=0.82, end_s=1.0), (), clock=clock)

    assert read_manifest(package).notes == (
        "the recording begins 0.5 s after the release",
        "the recording ends 0.5 s before the object was last seen",
    )


def test_package_of_the_same_incident_is_replaced(tmp_path: Path, recording: ClipRecording, clock: ManualClock) -> None:
    write_package(tmp_path, make_incident(score=0.5), None, (), clock=clock)

    package = write_package(tmp_path, make_incident(), recording, (), clock=clock)

    assert [path.name for path in tmp_path.iterdir()] == [package.name]
    assert json.loads((package / "incident.json").read_text())["score"] == 0.97
    assert verify_package(package).is_ok


def test_original_with_a_name_that_cannot_travel_is_renamed_and_told(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    package = write_package(tmp_path, make_incident(), replace(recording, name="3栋 北面.mp4"), (), clock=clock)

    assert (package / "original" / "000000.mp4").read_bytes() == recording.clip.read_bytes()
    assert read_manifest(package).notes == ("original '3栋 北面.mp4' is kept as 000000.mp4",)
    assert read_manifest(package).complete


class Album(ClipRecording):
    """A recording of still images, two of them of the same name in different folders."""

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        paths = tuple(folder / name for name in ("a/0001.jpg", "a/release.jpg", "b/0001.jpg"))
        for number, path in enumerate(paths):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(bytes([number]))
        return paths


def test_originals_from_inner_folders_lie_side_by_side(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    package = write_package(tmp_path, make_incident(), Album(recording.clip), (), clock=clock)

    assert names(package / "original") == ["000002.jpg", "0001.jpg", "release.jpg"]
    assert (package / "original" / "0001.jpg").read_bytes() == b"\x00"
    assert (package / "original" / "000002.jpg").read_bytes() == b"\x02"
    assert read_manifest(package).notes == ("original 'b/0001.jpg' is kept as 000002.jpg",)
    assert verify_package(package).is_ok


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_disk_trouble_leaves_nothing_and_says_what_to_do(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock, number: int, is_wrapped: bool
) -> None:
    error: Exception = OSError(number, os.strerror(number))
    if is_wrapped:
        wrapper = RecordingNotWritten("could not be written")
        wrapper.__cause__ = error
        error = wrapper

    with pytest.raises(PackageError) as caught:
        write_package(tmp_path / "out", make_incident(), FailingRecording(recording, at_writing=error), (), clock=clock)

    message = str(caught.value)
    assert os.strerror(number) in message
    assert str(tmp_path / "out") in message
    assert "MB are needed" in message
    assert "a folder on a larger disk" in message
    assert list((tmp_path / "out").iterdir()) == []


def test_failed_replacement_leaves_the_earlier_package(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    package = write_package(tmp_path, make_incident(), recording, (), clock=clock)

    full = FailingRecording(recording, at_writing=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(PackageError):
        write_package(tmp_path, make_incident(), full, (), clock=clock)

    assert verify_package(package).is_ok
    assert list(tmp_path.iterdir()) == [package]


def test_root_that_is_a_file_is_told(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(PackageError, match="make the folder writable"):
        write_package(tmp_path / "out", make_incident(), None, (), clock=clock)


def test_fall_with_a_number_that_is_not_finite_writes_nothing(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(FactsError):
        write_package(tmp_path / "out", make_incident(score=float("inf")), None, (), clock=clock)

    assert not (tmp_path / "out").exists()


def test_needed_space_is_estimated_from_size_and_length() -> None:
    incident = make_incident(1920, 1080)
    assert incident.recording is not None
    ten_seconds = replace(incident, recording=replace(incident.recording, start_s=0.0, end_s=10.0))

    assert needed_bytes(ten_seconds) == round(1920 * 1080 * (10 * 0.5 + 12))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user cannot mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_leaves_nothing_half_written(small_disk: Path, recording: ClipRecording, clock: ManualClock) -> None:
    with pytest.raises(PackageError, match=r"No space left on device; about 1\.0 MB are needed and 0\.\d MB are free"):
        write_package(small_disk, make_incident(), recording, (), clock=clock)

    assert list(small_disk.iterdir()) == []


def test_limit_on_file_size_leaves_nothing_half_written(tmp_path: Path, recording: ClipRecording) -> None:
    """Run in another process, since a limit cannot be taken back."""
    program = f"""
import resource, sys
from pathlib import Path
from evidence.errors import PackageError
from evidence.package import write_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    write_package(Path({str(tmp_path / "out")!r}), make_incident(), ClipRecording(Path({str(recording.clip)!r})), (),
                  clock=ManualClock())
except PackageError as error:
    sys.exit(str(error))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []

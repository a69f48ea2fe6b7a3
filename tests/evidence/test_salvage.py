import json
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.errors import EvidenceError
from evidence.facts import facts_bytes, incident_facts
from evidence.manifest import read_manifest
from evidence.package import write_package
from evidence.salvage import CRASH_NOTE, salvage_partials
from evidence.verify import verify_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock

ROOT = Path(__file__).parents[2]
INCIDENT_ID = make_incident().incident_id

STUCK_WRITER = """
import sys, time
from pathlib import Path
from evidence.package import write_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock

class Stuck(ClipRecording):
    def stay(self):
        print("stuck", flush=True)
        time.sleep(60)

    def write_to(self, folder):
        if sys.argv[3] == "original":
            (folder / "clip.mp4").write_bytes(self.clip.read_bytes()[:1000])
            self.stay()
        return super().write_to(folder)

    def frames(self):
        self.stay()
        return super().frames()

write_package(Path(sys.argv[1]), make_incident(), Stuck(Path(sys.argv[2])), (), clock=ManualClock())
"""


def write_and_be_killed(root: Path, recording: ClipRecording, stage: str) -> None:
    """Start another process that writes a package, and kill it while it is at a stage."""
    arguments = [sys.executable, "-c", STUCK_WRITER, str(root), str(recording.clip), stage]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "stuck\n"
        writer.kill()
    assert [path.name for path in root.iterdir()] == [f".partial-{INCIDENT_ID}"]


@pytest.mark.parametrize("stage", ["original", "pictures"])
def test_killed_writer_leaves_a_package_that_says_so(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock, stage: str
) -> None:
    write_and_be_killed(tmp_path, recording, stage)

    salvage = salvage_partials(tmp_path, clock=clock)

    assert salvage.finished == (tmp_path / INCIDENT_ID,)
    assert salvage.removed == ()
    manifest = read_manifest(tmp_path / INCIDENT_ID)
    assert not manifest.complete
    assert manifest.notes == (CRASH_NOTE,)
    assert [entry.name for entry in manifest.files] == ["incident.json", "original/clip.mp4"]
    clip = (tmp_path / INCIDENT_ID / "original" / "clip.mp4").read_bytes()
    whole = recording.clip.read_bytes()
    assert clip == (whole if stage == "pictures" else whole[:1000])
    assert verify_package(tmp_path / INCIDENT_ID).is_ok


def make_partial(root: Path) -> Path:
    partial = root / f".partial-{INCIDENT_ID}"
    partial.mkdir(parents=True)
    (partial / "incident.json").write_bytes(facts_bytes(incident_facts(make_incident())))
    return partial


def test_sealed_partial_only_moves_to_its_name(tmp_path: Path, recording: ClipRecording, clock: ManualClock) -> None:
    package = write_package(tmp_path, make_incident(), recording, (), clock=clock)
    package.rename(tmp_path / f".partial-{INCIDENT_ID}")

    assert salvage_partials(tmp_path, clock=clock).finished == (package,)
    assert read_manifest(package).complete


def test_half_written_files_are_left_out(tmp_path: Path, clock: ManualClock) -> None:
    (make_partial(tmp_path) / "strobe.jpg.tmp").write_bytes(b"half a pict")

    salvage_partials(tmp_path, clock=clock)

    assert sorted(path.name for path in (tmp_path / INCIDENT_ID).iterdir()) == ["incident.json", "manifest.json"]


@pytest.mark.parametrize("content", [None, b"", b'{"schema": "droptrace.incident/1", "incid'])
def test_partial_without_facts_is_removed(tmp_path: Path, clock: ManualClock, content: bytes | None) -> None:
    partial = make_partial(tmp_path)
    (partial / "incident.json").unlink()
    if content is not None:
        (partial / "incident.json").write_bytes(content)

    salvage = salvage_partials(tmp_path, clock=clock)

    assert salvage.removed == (partial,)
    assert list(tmp_path.iterdir()) == []


def test_partial_with_the_facts_of_another_incident_is_removed(tmp_path: Path, clock: ManualClock) -> None:
    partial = make_partial(tmp_path)
    other = incident_facts(make_incident()) | {"incident_id": "another"}
    (partial / "incident.json").write_text(json.dumps(other))

    assert salvage_partials(tmp_path, clock=clock).removed == (partial,)


def test_whole_package_is_not_replaced_by_a_partial_one(
    tmp_path: Path, recording: ClipRecording, clock: ManualClock
) -> None:
    package = write_package(tmp_path, make_incident(), recording, (), clock=clock)
    make_partial(tmp_path)

    salvage_partials(tmp_path, clock=clock)

    assert list(tmp_path.iterdir()) == [package]
    assert read_manifest(package).complete


def test_package_set_aside_in_a_crash_is_put_back(tmp_path: Path, recording: ClipRecording, clock: ManualClock) -> None:
    package = write_package(tmp_path, make_incident(), recording, (), clock=clock)
    package.rename(tmp_path / f".aside-{INCIDENT_ID}")

    salvage_partials(tmp_path, clock=clock)

    assert list(tmp_path.iterdir()) == [package]
    assert verify_package(package).is_ok


def test_folder_that_does_not_exist_has_nothing_to_salvage(tmp_path: Path, clock: ManualClock) -> None:
    salvage = salvage_partials(tmp_path / "nowhere", clock=clock)

    assert (salvage.finished, salvage.removed) == ((), ())


def test_salvage_that_the_disk_does_not_take_is_told(tmp_path: Path, clock: ManualClock) -> None:
    (make_partial(tmp_path) / "manifest.json.tmp").mkdir()

    with pytest.raises(EvidenceError, match="free or repair that disk"):
        salvage_partials(tmp_path, clock=clock)

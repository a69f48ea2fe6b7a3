"""`droptrace detect`, as users run it."""

import json
import shutil
from pathlib import Path

import pytest

from droptrace.job import FALSE_ALARMS_AN_HOUR
from tests.droptrace.clips import write_even_motion, write_images
from tests.droptrace.program import DEMO, DEMO_SITE, Outcome, packages_in, run
from tracking.physics_tests import Limits

KEYS = [
    "incident_id",
    "camera_id",
    "verdict",
    "label",
    "score",
    "release_s",
    "first_s",
    "last_s",
    "release_px",
    "path",
    "origin",
    "impact",
    "reasons",
    "below_min_floor",
    "package",
]
TRUTH = json.loads(DEMO.with_name("demo.truth.json").read_text(encoding="utf-8"))["falls"][0]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("detect") / "new" / "packages"


def nats_needed(outcome: Outcome) -> float:
    (reason,) = [reason for reason in outcome.falls[0]["reasons"] if "nats, where " in reason]
    return float(reason.partition("where ")[2].split()[0])


@pytest.fixture(scope="module")
def found(packages: Path) -> Outcome:
    return run("detect", DEMO, "--site", DEMO_SITE, "--out", packages)


def test_fewer_false_alarms_an_hour_need_more_evidence(found: Outcome, tmp_path: Path) -> None:
    strict = run("detect", DEMO, "--site", DEMO_SITE, "--out", tmp_path, "--false-alarms-an-hour", 0.002)
    # A hundredth of the false alarms: ln 100 is 4.6.
    assert nats_needed(strict) - nats_needed(found) == pytest.approx(4.6, abs=1.0)
    assert Limits().false_alarms_an_hour == FALSE_ALARMS_AN_HOUR


def test_one_fall_is_printed_with_every_key_of_the_contract(found: Outcome, packages: Path) -> None:
    assert (found.status, found.stderr) == (0, "")
    (fall,) = found.falls
    assert list(fall) == KEYS
    assert (fall["camera_id"], fall["verdict"], fall["below_min_floor"]) == ("demo", "confirmed", False)
    assert 0.5 < fall["score"] <= 1.0
    assert fall["first_s"] < fall["last_s"]
    assert all(len(point) == 3 for point in fall["path"])
    assert fall["reasons"]
    assert fall["package"] == str(packages / fall["incident_id"])


def test_fall_is_traced_to_its_floor_unit_and_release(found: Outcome) -> None:
    (fall,) = found.falls
    origin = fall["origin"]
    assert (origin["floor"], origin["unit"]) == (TRUTH["floor"], TRUTH["unit"])
    assert origin["floor_low"] <= TRUTH["floor"] <= origin["floor_high"]
    assert origin["candidates"][0] == {key: origin[key] for key in ("floor", "unit", "probability")}
    assert fall["release_s"] == pytest.approx(TRUTH["release_s"], abs=0.25)
    assert fall["release_px"] == pytest.approx(TRUTH["path"][0][1:3], abs=15.0)


def test_package_verifies_until_one_byte_is_altered(found: Outcome, packages: Path, tmp_path: Path) -> None:
    (fall,) = found.falls
    assert packages_in(packages) == [Path(fall["package"])]
    checked = run("verify", fall["package"])
    assert checked.status == 0
    assert "original/clip.mp4" in checked.stdout
    altered = shutil.copytree(fall["package"], tmp_path / "altered")
    with (altered / "original" / "clip.mp4").open("r+b") as clip:
        clip.seek(-1, 2)
        clip.write(b"?")
    refused = run("verify", altered)
    assert refused.status == 1
    assert "altered   original/clip.mp4" in refused.stdout


def test_second_run_names_the_same_incident_and_replaces_its_package(found: Outcome, packages: Path) -> None:
    (fall,) = found.falls
    facts = Path(fall["package"]) / "incident.json"
    before = json.loads(facts.read_bytes())
    again = run("detect", DEMO, "--site", DEMO_SITE, "--out", packages)
    assert again.status == 0
    assert again.falls == found.falls
    assert packages_in(packages) == [Path(fall["package"])]
    assert json.loads(facts.read_bytes())["detected_utc"] > before["detected_utc"]


def test_without_site_all_but_the_floor_is_told(tmp_path: Path) -> None:
    found = run("detect", DEMO, "--out", tmp_path)
    assert (found.status, found.stderr) == (0, "")
    (fall,) = found.falls
    assert list(fall) == KEYS
    assert (fall["camera_id"], fall["verdict"], fall["origin"]) == ("demo", "confirmed", None)
    assert json.loads((Path(fall["package"]) / "incident.json").read_bytes())["building"] is None
    assert run("verify", fall["package"]).status == 0


def test_folder_of_images_is_watched_and_its_images_are_the_originals(tmp_path: Path) -> None:
    images = write_images(tmp_path / "frames", 1.4, 5.4)
    found = run("detect", images, "--site", DEMO_SITE, "--out", tmp_path / "out")
    assert (found.status, found.stderr) == (0, "")
    (fall,) = found.falls
    assert fall["origin"]["floor"] == TRUTH["floor"]
    originals = Path(fall["package"]) / "original"
    kept = sorted(path.name for path in originals.iterdir())
    assert len(kept) > 50
    assert all((originals / name).read_bytes() == (images / name).read_bytes() for name in kept)


def test_rejected_track_is_printed_with_its_reasons_only_when_asked_for(tmp_path: Path) -> None:
    clip = write_even_motion(tmp_path / "even.mp4")
    quiet = run("detect", clip, "--out", tmp_path / "out")
    assert (quiet.status, quiet.stdout, quiet.stderr) == (0, "", "")
    told = run("detect", clip, "--out", tmp_path / "out", "--all")
    assert told.status == 0
    rejected = told.falls
    assert {(fall["verdict"], fall["package"]) for fall in rejected} == {("rejected", None)}
    assert all(any(reason.startswith("failed: ") for reason in fall["reasons"]) for fall in rejected)
    assert packages_in(tmp_path / "out") == []

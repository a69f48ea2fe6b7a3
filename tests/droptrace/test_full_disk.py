"""A full disk while evidence is written: the facts are told all the same, and nothing is left half-written."""

from pathlib import Path

from evidence.manifest import read_manifest
from evidence.verify import verify_package
from tests.droptrace.disks import fill, small_disk
from tests.droptrace.program import DEMO, DEMO_SITE, packages_in, run


def test_fall_is_printed_when_not_even_its_facts_can_be_kept(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        out = disk / "packages"
        out.mkdir()
        fill(disk, leave_kb=0)
        outcome = run("detect", DEMO, "--site", DEMO_SITE, "--out", out)
        assert outcome.status == 1
        (fall,) = outcome.falls
        assert (fall["verdict"], fall["origin"]["unit"], fall["package"]) == ("confirmed", "03", None)
        assert "No space left on device" in outcome.complaint
        assert "0.0 MB are free: delete what is no longer needed there" in outcome.complaint
        assert packages_in(out) == []


def test_facts_alone_are_kept_where_there_is_room_for_no_more(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        out = disk / "packages"
        outcome = run("detect", DEMO, "--site", DEMO_SITE, "--out", out)
        assert outcome.status == 1
        (fall,) = outcome.falls
        assert "No space left on device" in outcome.complaint
        assert packages_in(out) == [Path(fall["package"])]
        manifest = read_manifest(Path(fall["package"]))
        assert not manifest.complete
        assert [entry.name for entry in manifest.files] == ["incident.json"]
        assert verify_package(Path(fall["package"])).is_ok

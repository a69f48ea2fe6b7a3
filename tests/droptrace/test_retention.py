"""What an edge box deletes of its evidence, and above all what it does not."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from droptrace.config import RetentionConfig
from droptrace.kernel_clock import ClockSync
from droptrace.retention import DELETING_PREFIX, Retention
from evidence.manifest import MANIFEST_NAME, make_manifest, manifest_bytes
from evidence.verify import verify_package
from tests.droptrace.aged import Shelf
from tests.droptrace.disks import fill, small_disk
from tests.evidence.scenes import ClipRecording, make_clip
from vision.clock import ManualClock

SET = ClockSync(is_synchronised=True, error_s=0.01)
NINETY = RetentionConfig(days=90)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def shelf(tmp_path: Path, clock: ManualClock) -> Iterator[Shelf]:
    one = Shelf(tmp_path / "data", clock.utc_now())
    yield one
    one.outbox.close()


def make(shelf: Shelf, clock: ManualClock, config: RetentionConfig = NINETY, sync: ClockSync = SET) -> Retention:
    return Retention(shelf.data / "packages", config, shelf.outbox, clock, lambda: sync)


def passes(retention: Retention) -> list[dict[str, Any]]:
    """Have one pass made, and give what was logged."""
    with capture_logs() as logs:
        retention.run_once()
    return [dict(one) for one in logs]


def test_old_package_that_has_arrived_goes_and_a_young_one_stays(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 90.01)
    shelf.put("older", 400)
    young = shelf.put("young", 89)
    shelf.put("as-old-as-the-limit", 90)
    shelf.put("of-tomorrow", -1)
    told = passes(make(shelf, clock))
    assert shelf.standing() == ["as-old-as-the-limit", "of-tomorrow", "young"]
    assert verify_package(young).is_ok
    assert told == [
        {
            "event": "evidence_deleted",
            "log_level": "warning",
            "incident_id": name,
            "age_days": age,
            "why": "retention.days",
        }
        for name, age in (("older", 400.0), ("old", 90.0))
    ]


def hold(package: Path, shelf: Shelf) -> None:
    package.with_name(f"{package.name}.HOLD").touch()


def hold_within(package: Path, shelf: Shelf) -> None:
    (package / "HOLD").touch()


def alter(package: Path, shelf: Shelf) -> None:
    (package / "incident.json").write_bytes(b"{}")


def add_to(package: Path, shelf: Shelf) -> None:
    (package / "note.txt").write_text("keep this")


def break_off(package: Path, shelf: Shelf) -> None:
    (package / MANIFEST_NAME).unlink()


def seal_anew(package: Path, shelf: Shelf) -> None:
    """Make it a sound package of other content than what has arrived."""
    (package / "incident.json").write_text('{"a": 1}')
    content = manifest_bytes(make_manifest(package, package.name, shelf.now, ()))
    (package / MANIFEST_NAME).write_bytes(content)


def move_away(package: Path, shelf: Shelf) -> None:
    """Leave a link in its place."""
    elsewhere = shelf.data.parent / "elsewhere"
    package.rename(elsewhere)
    package.symlink_to(elsewhere)


def hide(package: Path, shelf: Shelf) -> None:
    package.rename(package.with_name(f".partial-{package.name}"))


@pytest.mark.parametrize(
    ("spoil", "is_told"),
    [
        (hold, False),
        (hold_within, False),
        (hide, False),
        (move_away, False),
        (alter, True),
        (add_to, True),
        (break_off, True),
        (seal_anew, True),
    ],
)
def test_package_that_somebody_needs_or_has_touched_stays(
    shelf: Shelf, clock: ManualClock, spoil: Callable[[Path, Shelf], None], is_told: bool
) -> None:
    package = shelf.put("old", 400)
    spoil(package, shelf)
    before = content(shelf.data.parent)
    retention = make(shelf, clock)
    told = passes(retention)
    assert content(shelf.data.parent) == before
    assert [one["event"] for one in told] == ["evidence_not_deleted"] * is_told
    # Told once, and read once: it is passed over from then on.
    assert passes(retention) == []


def content(folder: Path) -> dict[str, bytes]:
    """Give all files of the packages."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("outbox.sqlite3"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_package_that_was_released_from_its_hold_goes(shelf: Shelf, clock: ManualClock) -> None:
    hold(package := shelf.put("old", 400), shelf)
    passes(make(shelf, clock))
    package.with_name("old.HOLD").unlink()
    assert [one["incident_id"] for one in passes(make(shelf, clock))] == ["old"]
    assert shelf.standing() == []


@pytest.mark.parametrize("arrives", ["nothing", "order", "all but the last file"])
def test_package_that_has_not_arrived_whole_stays(shelf: Shelf, clock: ManualClock, arrives: str) -> None:
    shelf.put("old", 400, arrives=False)
    if arrives != "nothing":
        shelf.deliver(files=False)
    if arrives == "all but the last file":
        (due,) = shelf.outbox.due(shelf.now, "media")
        shelf.outbox.delivered(due.delivery_id, shelf.now)
    assert passes(make(shelf, clock)) == []
    assert shelf.standing() == ["old"]
    shelf.deliver()
    passes(make(shelf, clock))
    assert shelf.standing() == []


def test_package_that_is_not_sent_on_goes_when_it_is_old(shelf: Shelf, clock: ManualClock) -> None:
    package = shelf.put("old-and-low", 400, below_min_floor=True)
    shelf.put("young-and-low", 20, below_min_floor=True)
    copy = shelf.data / "packages" / "for-the-lawyer" / "old-and-low"
    shutil.copytree(package, copy)
    assert [one["incident_id"] for one in passes(make(shelf, clock))] == ["old-and-low"]
    assert shelf.standing() == ["young-and-low"]
    assert verify_package(copy).is_ok


def test_package_of_a_camera_without_a_name_that_is_not_sent_on_goes_too(shelf: Shelf, clock: ManualClock) -> None:
    shelf.packages = shelf.packages.with_name("camera-0123456789ab")
    shelf.put("low", 400, below_min_floor=True)
    assert [one["incident_id"] for one in passes(make(shelf, clock))] == ["low"]


@pytest.mark.parametrize("spoil", [hold, alter, add_to, break_off])
def test_package_that_is_not_sent_on_stays_where_somebody_needs_or_has_touched_it(
    shelf: Shelf, clock: ManualClock, spoil: Callable[[Path, Shelf], None]
) -> None:
    spoil(shelf.put("low", 400, below_min_floor=True), shelf)
    passes(make(shelf, clock))
    assert "low" in shelf.standing()


def test_outbox_forgets_an_incident_with_its_package(shelf: Shelf, clock: ManualClock) -> None:
    for name, days in (("old", 400), ("young", 1)):
        shelf.put(name, days)
    interrupted = shelf.put("interrupted", 400)
    interrupted.rename(shelf.packages / f"{DELETING_PREFIX}interrupted")
    passes(make(shelf, clock))
    known = [name for name in ("old", "young", "interrupted") if shelf.outbox.settled(name) is not None]
    assert known == ["young"]


def test_package_of_which_a_file_was_lost_on_the_way_stays(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 400, arrives=False)
    shelf.deliver(files=False)
    (due,) = shelf.outbox.due(shelf.now, "media")
    shelf.outbox.lost(due.delivery_id, "gone", shelf.now)
    shelf.deliver()
    assert passes(make(shelf, clock)) == []
    assert shelf.standing() == ["old"]


def test_package_whose_own_clock_was_not_set_stays(shelf: Shelf, clock: ManualClock) -> None:
    # A box that began in 1970 has not kept it for fifty years.
    shelf.put("of-an-unset-clock", 20_000, error_s=None)
    assert passes(make(shelf, clock)) == []
    assert shelf.standing() == ["of-an-unset-clock"]


def test_folders_that_are_no_packages_of_the_box_stay(shelf: Shelf, clock: ManualClock) -> None:
    package = shelf.put("old", 400)
    copy = shelf.data / "packages" / "for-the-lawyer" / "old"
    shutil.copytree(package, copy)
    outside = shelf.data.parent / "outside"
    shutil.copytree(shelf.packages, outside / "gate")
    (shelf.data / "packages" / "link").symlink_to(outside / "gate")
    (shelf.packages / "unknown").mkdir()
    (shelf.packages / "file").touch()
    passes(make(shelf, clock))
    assert shelf.standing() == ["file", "unknown"]
    assert verify_package(copy).is_ok
    assert verify_package(outside / "gate" / "old").is_ok


@pytest.mark.parametrize("link", ["packages", "packages/gate"])
def test_nothing_is_deleted_where_the_packages_are_elsewhere_by_a_link(
    shelf: Shelf, clock: ManualClock, link: str
) -> None:
    shelf.put("old", 400)
    (shelf.data / link).rename(shelf.data / "elsewhere")
    (shelf.data / link).symlink_to(shelf.data / "elsewhere")
    assert passes(make(shelf, clock)) == []
    assert shelf.standing() == ["old"]


def test_data_folder_that_was_moved_is_known_again(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 400)
    moved = shelf.data.parent / "larger-disk" / "packages"
    shutil.move(shelf.data / "packages", moved)
    retention = Retention(moved, NINETY, shelf.outbox, clock, lambda: SET)
    assert [one["incident_id"] for one in passes(retention)] == ["old"]


@pytest.mark.parametrize("name", [f"{DELETING_PREFIX}old", f"{DELETING_PREFIX}half"])
def test_deletion_that_was_interrupted_is_finished(shelf: Shelf, clock: ManualClock, name: str) -> None:
    package = shelf.put("old", 400)
    package.rename(shelf.packages / name)
    (shelf.packages / name / MANIFEST_NAME).unlink()
    shelf.put("young", 1)
    passes(make(shelf, clock))
    assert shelf.standing() == ["young"]


@pytest.mark.parametrize("sync", [ClockSync(None, None), ClockSync(is_synchronised=False, error_s=None)])
def test_nothing_is_deleted_while_the_clock_is_not_set_and_that_is_told_once(
    shelf: Shelf, clock: ManualClock, sync: ClockSync
) -> None:
    shelf.put("old", 400)
    retention = make(shelf, clock, sync=sync)
    (told,) = passes(retention)
    assert (told["event"], told["log_level"]) == ("retention_waits", "warning")
    assert passes(retention) == []
    assert shelf.standing() == ["old"]


def test_clock_that_was_set_back_keeps_what_is_old_no_more(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 91)
    clock.step(-2 * 86_400)
    assert passes(make(shelf, clock)) == []
    clock.step(-4000 * 86_400)
    assert passes(make(shelf, clock)) == []
    assert shelf.standing() == ["old"]


def test_nothing_is_deleted_unless_it_is_asked_for(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 4000)
    assert passes(make(shelf, clock, RetentionConfig())) == []
    retention = make(shelf, clock)
    retention.change(RetentionConfig())
    assert passes(retention) == []
    assert shelf.standing() == ["old"]


@pytest.mark.parametrize(("keep_free_gb", "standing"), [(1e9, ["young"]), (1e-9, ["old", "older", "young"])])
def test_disk_that_is_short_of_room_costs_what_is_older_than_thirty_days(
    shelf: Shelf, clock: ManualClock, keep_free_gb: float, standing: list[str]
) -> None:
    for name, days in (("young", 30.0), ("old", 31.0), ("older", 60.0)):
        shelf.put(name, days)
    told = passes(make(shelf, clock, RetentionConfig(keep_free_gb=keep_free_gb)))
    assert shelf.standing() == standing
    assert {one["why"] for one in told} <= {"retention.keep_free_gb"}


def test_box_without_packages_has_nothing_to_delete(shelf: Shelf, clock: ManualClock) -> None:
    assert passes(make(shelf, clock, RetentionConfig(days=30, keep_free_gb=1e9))) == []


def test_no_more_goes_than_makes_room(tmp_path: Path, clock: ManualClock) -> None:
    clip = ClipRecording(make_clip(tmp_path / "fall.mp4"))
    with small_disk(tmp_path / "disk", 8192) as disk:
        shelf = Shelf(disk / "data", clock.utc_now())
        packages = [shelf.put(f"of-{days}-days", days, recording=clip) for days in (40, 50, 60)]
        size_kb = sum(path.stat().st_size for path in packages[0].rglob("*") if path.is_file()) // 1024
        fill(disk, leave_kb=64)
        # So much is free once two of the three are gone.
        config = RetentionConfig(keep_free_gb=(64 + 1.5 * size_kb) * 1024 / 1e9)
        told = passes(make(shelf, clock, config))
        assert [one["incident_id"] for one in told] == ["of-60-days", "of-50-days"]
        assert shelf.standing() == ["of-40-days"]
        shelf.outbox.close()


def test_fifty_go_in_one_pass_and_the_rest_in_the_next(shelf: Shelf, clock: ManualClock) -> None:
    for number in range(51):
        shelf.put(f"i-{number}", 100 + number)
    retention = make(shelf, clock)
    assert len(passes(retention)) == 50
    assert shelf.standing() == ["i-0"]
    assert len(passes(retention)) == 1


def test_outbox_that_cannot_be_read_is_told_and_nothing_is_deleted(shelf: Shelf, clock: ManualClock) -> None:
    shelf.put("old", 400)
    shelf.outbox.close()
    retention = make(shelf, clock)
    assert [one["event"] for one in passes(retention)] == ["retention_waits"]
    assert passes(retention) == []
    assert shelf.standing() == ["old"]


def test_facts_of_an_incident_are_what_tells_its_age_not_the_times_of_files(shelf: Shelf, clock: ManualClock) -> None:
    package = shelf.put("old", 400)
    facts = json.loads((package / "incident.json").read_bytes())
    assert facts["detected_utc"].startswith((clock.utc_now() - timedelta(days=400)).date().isoformat())
    # Files and folder are of today.
    package.touch()
    passes(make(shelf, clock))
    assert shelf.standing() == []

import hashlib
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from evidence.digests import digest_file
from evidence.errors import OutboxError
from evidence.facts import incident_facts
from evidence.incident import Incident
from evidence.manifest import MANIFEST_NAME, read_manifest
from evidence.outbox import Outbox
from evidence.package import write_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock

ROOT = Path(__file__).parents[2]


def add(outbox: Outbox, clock: ManualClock, incident: Incident | None = None) -> Incident:
    incident = incident or make_incident()
    outbox.add(incident, incident_facts(incident), clock.utc_now())
    return incident


def numbered(number: int) -> Incident:
    return replace(make_incident(), incident_id=f"i-{number}")


def test_confirmed_incident_is_due_at_once_with_its_facts(outbox: Outbox, clock: ManualClock) -> None:
    incident = add(outbox, clock)

    (delivery,) = outbox.due(clock.utc_now(), "order")

    assert delivery.incident_id == incident.incident_id
    assert delivery.facts == incident_facts(incident)
    assert delivery.media is None
    assert delivery.attempts == 0


def test_incident_is_taken_once_by_its_key(outbox: Outbox, clock: ManualClock) -> None:
    add(outbox, clock)
    add(outbox, clock)

    assert outbox.depth() == 1


def test_incident_that_was_delivered_is_not_queued_again(outbox: Outbox, clock: ManualClock) -> None:
    add(outbox, clock)
    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    add(outbox, clock)

    assert outbox.depth() == 0


@pytest.mark.parametrize("changes", [{"below_min_floor": True}, {"verdict": "rejected"}])
def test_incident_below_the_lowest_floor_or_rejected_is_recorded_without_an_order(
    outbox: Outbox, clock: ManualClock, tmp_path: Path, changes: dict[str, object]
) -> None:
    incident = add(outbox, clock, make_incident(**changes))
    package = write_package(tmp_path / "out", incident, None, (), clock=clock)

    assert outbox.depth() == 0
    assert outbox.add_media(incident.incident_id, package, clock.utc_now()) == 0


def test_failed_delivery_waits_for_its_time(outbox: Outbox, clock: ManualClock) -> None:
    incident = add(outbox, clock)
    (delivery,) = outbox.due(clock.utc_now(), "order")
    outbox.failed(delivery.delivery_id, clock.utc_now() + timedelta(seconds=5), "503")

    assert outbox.due(clock.utc_now(), "order") == ()
    assert outbox.last_errors() == {f"{incident.incident_id}/": "503"}
    clock.advance(5.0)
    assert outbox.due(clock.utc_now(), "order")[0].attempts == 1


def test_clock_that_is_set_back_does_not_strand_a_delivery(outbox: Outbox, clock: ManualClock) -> None:
    add(outbox, clock)
    clock.advance(-365 * 86_400.0)

    assert len(outbox.due(clock.utc_now(), "order")) == 1


def test_media_wait_for_their_order_and_the_manifest_for_all_others(
    outbox: Outbox, clock: ManualClock, recording: ClipRecording, tmp_path: Path
) -> None:
    incident = add(outbox, clock)
    package = write_package(tmp_path / "out", incident, recording, (), clock=clock)
    assert outbox.add_media(incident.incident_id, package, clock.utc_now()) == 7
    assert outbox.due(clock.utc_now(), "media") == ()

    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    sent = []
    while due := outbox.due(clock.utc_now(), "media"):
        assert due[0].media is not None
        assert due[0].media.path == package / due[0].media.name
        sent.append((due[0].media.name, due[0].media.role))
        outbox.delivered(due[0].delivery_id, clock.utc_now())

    assert sent == [
        ("end.jpg", "derived"),
        ("incident.json", "record"),
        ("middle.jpg", "derived"),
        ("original/clip.mp4", "original"),
        ("release.jpg", "derived"),
        ("strobe.jpg", "derived"),
        ("manifest.json", "record"),
    ]


def test_what_has_arrived_is_told_once_that_is_all_of_it(
    outbox: Outbox, clock: ManualClock, recording: ClipRecording, tmp_path: Path
) -> None:
    incident = add(outbox, clock)
    package = write_package(tmp_path / "packages", incident, recording, (), clock=clock)
    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    # The order alone: that there is a package nobody has told it yet.
    assert outbox.settled(incident.incident_id) is None

    outbox.add_media(incident.incident_id, package, clock.utc_now())
    while due := outbox.due(clock.utc_now(), "media"):
        assert outbox.settled(incident.incident_id) is None
        outbox.delivered(due[0].delivery_id, clock.utc_now())

    arrived = outbox.settled(incident.incident_id)
    assert arrived is not None
    assert (arrived.facts, arrived.manifest) == (incident_facts(incident), package / MANIFEST_NAME)
    files = {entry.name: entry.sha256 for entry in read_manifest(package).files}
    assert arrived.sha256 == files | {MANIFEST_NAME: digest_file(package / MANIFEST_NAME).sha256}
    assert outbox.settled("another") is None


def test_lost_file_does_not_hold_up_the_manifest(outbox: Outbox, clock: ManualClock, tmp_path: Path) -> None:
    incident = add(outbox, clock)
    package = write_package(tmp_path / "out", incident, None, (), clock=clock)
    outbox.add_media(incident.incident_id, package, clock.utc_now())
    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    outbox.lost(outbox.due(clock.utc_now(), "media")[0].delivery_id, "gone", clock.utc_now())

    media = outbox.due(clock.utc_now(), "media", most=9)

    assert [delivery.media.name for delivery in media if delivery.media] == ["manifest.json"]
    assert outbox.last_errors() == {f"{incident.incident_id}/incident.json": "gone"}


def test_package_written_again_before_it_was_sent_takes_its_new_digests(
    outbox: Outbox, clock: ManualClock, tmp_path: Path
) -> None:
    incident = add(outbox, clock)
    contents = []
    for score in (0.5, 0.9):
        package = write_package(tmp_path / "out", make_incident(score=score), None, (), clock=clock)
        outbox.add_media(incident.incident_id, package, clock.utc_now())
        contents.append((package / "incident.json").read_bytes())
    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())

    (delivery,) = outbox.due(clock.utc_now(), "media")
    assert outbox.depth("media") == 2
    assert contents[0] != contents[1]
    assert delivery.media is not None
    assert delivery.media.sha256 == hashlib.sha256(contents[1]).hexdigest()


def test_depth_and_age_tell_how_far_behind_it_is(outbox: Outbox, clock: ManualClock) -> None:
    assert outbox.oldest_age_s(clock.utc_now()) is None
    add(outbox, clock, numbered(1))
    clock.advance(30.0)
    add(outbox, clock, numbered(2))
    clock.advance(5.0)

    assert outbox.depth("order") == 2
    assert outbox.oldest_age_s(clock.utc_now()) == 35.0
    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    assert outbox.oldest_age_s(clock.utc_now()) == 5.0


def test_only_what_was_blocked_hurries(outbox: Outbox, clock: ManualClock) -> None:
    for number in (1, 2):
        add(outbox, clock, numbered(number))
    later = clock.utc_now() + timedelta(hours=5)
    for delivery in outbox.due(clock.utc_now(), "order", most=2):
        outbox.failed(delivery.delivery_id, later, "no", hurries=delivery.incident_id == "i-2")

    outbox.hurry(clock.utc_now())

    assert [delivery.incident_id for delivery in outbox.due(clock.utc_now(), "order", most=9)] == ["i-2"]


def test_everything_is_there_after_reopening(tmp_path: Path, clock: ManualClock) -> None:
    first = Outbox(tmp_path / "deep" / "outbox.sqlite")
    add(first, clock)
    first.close_address("http://a/", "410", clock.utc_now())
    first.close()

    second = Outbox(tmp_path / "deep" / "outbox.sqlite")

    assert second.depth() == 1
    assert second.is_closed("http://a/")
    assert not second.is_closed("http://b/")
    second.reopen_address("http://a/")
    assert not second.is_closed("http://a/")
    second.close()


def test_order_is_there_although_the_process_was_killed_right_after_adding(tmp_path: Path, clock: ManualClock) -> None:
    program = f"""
import os, signal
from pathlib import Path
from evidence.facts import incident_facts
from evidence.outbox import Outbox
from tests.evidence.scenes import make_incident
from vision.clock import ManualClock
incident = make_incident()
Outbox(Path({str(tmp_path / "outbox.sqlite")!r})).add(incident, incident_facts(incident), ManualClock().utc_now())
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60)
    outbox = Outbox(tmp_path / "outbox.sqlite")

    assert done.returncode == -9
    assert [delivery.incident_id for delivery in outbox.due(clock.utc_now(), "order")] == [make_incident().incident_id]
    outbox.close()


def test_threads_share_an_outbox(outbox: Outbox, clock: ManualClock) -> None:
    def add_some(first: int) -> None:
        for number in range(first, first + 10):
            add(outbox, clock, numbered(number))

    threads = [threading.Thread(target=add_some, args=(first,)) for first in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outbox.depth() == 40


def test_an_incident_of_which_something_is_left_to_send_cannot_be_forgotten(
    outbox: Outbox, clock: ManualClock, tmp_path: Path
) -> None:
    incident = numbered(1)
    add(outbox, clock, incident)
    outbox.forget(incident.incident_id)
    assert outbox.depth() == 1

    outbox.delivered(outbox.due(clock.utc_now(), "order")[0].delivery_id, clock.utc_now())
    outbox.forget(incident.incident_id)
    with sqlite3.connect(tmp_path / "outbox.sqlite") as other:
        assert other.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    other.close()


def test_an_incident_that_is_not_sent_on_is_settled_from_the_start(outbox: Outbox, clock: ManualClock) -> None:
    low = numbered(1)
    add(outbox, clock, replace(low, fall=replace(low.fall, below_min_floor=True)))
    add(outbox, clock, numbered(2))

    settled = outbox.settled(low.incident_id)
    assert settled is not None
    assert (settled.facts["incident_id"], settled.manifest, settled.sha256) == (low.incident_id, None, {})
    assert outbox.settled(numbered(2).incident_id) is None
    assert outbox.settled("unknown") is None


def test_failed_transaction_leaves_neither_incident_nor_order(
    outbox: Outbox, clock: ManualClock, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "outbox.sqlite") as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    other.close()

    with pytest.raises(OutboxError, match="disk is full"):
        add(outbox, clock)

    with sqlite3.connect(tmp_path / "outbox.sqlite") as other:
        assert other.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
        other.execute("DROP TRIGGER full")
    other.close()
    add(outbox, clock)
    assert outbox.depth() == 1


def test_file_that_is_no_outbox_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"this is not a database at all, it is a letter" * 100)

    with pytest.raises(OutboxError, match=r"outbox\.sqlite cannot be used: file is not a database"):
        Outbox(tmp_path / "outbox.sqlite")

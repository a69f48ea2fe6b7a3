"""From a recording to a work order, while everything on the way is killed, shut or full."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evidence.manifest import MANIFEST_NAME, read_manifest
from tests.droptrace.disks import fill, small_disk
from tests.droptrace.processes import children_of, is_alive, skip_without_proc, wait_until
from tests.droptrace.program import finish, run, running, start
from tests.evidence import receiver as receivers
from tests.journeys.box import Box
from tests.journeys.centre import Centre
from tests.journeys.wire import Moment, wire
from tests.ports import free_port
from tests.vision.clips import encode, even_ms


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    one = Centre(tmp_path / "centre")
    yield one
    one.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """A box that has found a fall, while nobody took it in."""
    box = Box(tmp_path_factory.mktemp("kept") / "box")
    url = f"http://127.0.0.1:{free_port()}/api/v1/incidents"
    outcome = run("edge", box.configure(url), "--drain-s", 0)
    assert outcome.status == 1
    last = outcome.said[-1]
    assert last.startswith(f"droptrace: 8 messages are not delivered to {url} ({url} cannot be reached: ")
    assert last.endswith(f"they are safe in {box.data} and are sent when the edge box starts again")
    assert len(outcome.falls) == 1
    # As if it had not been tried before: second attempts wait for longer than tests should.
    box.change_outbox("UPDATE deliveries SET attempts = 0, due_at = 0")
    return box


@pytest.fixture(scope="module")
def quiet_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording in which nothing happens, soon over."""
    return encode(tmp_path_factory.mktemp("clips") / "quiet.mp4", [np.full((120, 160), 90, np.uint8)] * 5, even_ms(5))


def assert_holds_it_once_and_whole(centre: Centre, package: Path) -> None:
    (incident,) = centre.incidents()
    assert incident["incident_id"] == package.name
    assert (incident["camera_id"], incident["verdict"], incident["unit"]) == ("gate", "confirmed", "03")
    assert incident["evidence"]["state"] == "complete", incident["evidence"]
    names = [entry.name for entry in read_manifest(package).files]
    assert sorted(file["name"] for file in incident["media"]) == sorted([*names, MANIFEST_NAME])
    assert all(centre.media(package.name, name) == (package / name).read_bytes() for name in names)
    (order,) = centre.work_orders()
    assert (order["incident_id"], order["state"]) == (package.name, "open")


@pytest.mark.parametrize(
    ("method", "moment"),
    [("POST", "before"), ("POST", "during"), ("POST", "after"), ("PUT", "during"), ("PUT", "after")],
)
def test_centre_that_is_killed_and_comes_back_holds_the_order_once_and_all_media(
    kept: Box, centre: Centre, tmp_path: Path, method: str, moment: Moment
) -> None:
    box = kept.copy_to(tmp_path / "box")
    centre.start()
    with wire(centre, method, moment) as between:
        # The recording is watched once more: it gives the same incident, which is known.
        process = start("edge", box.configure(between.url), "--drain-s", 40)
        assert between.happened.wait(30)
        centre.start()
        outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    assert any('"delivery_failed"' in line for line in outcome.said)
    (package,) = box.standing()
    assert_holds_it_once_and_whole(centre, package)
    assert box.waiting() == (0, 0)


def test_box_that_is_killed_when_it_has_seen_a_fall_delivers_it_after_its_next_start(
    centre: Centre, tmp_path: Path
) -> None:
    skip_without_proc()
    centre.start()
    box = Box(tmp_path / "box")
    process = start("edge", box.configure(centre.url))
    assert process.stdout is not None
    incident_id = json.loads(process.stdout.readline())["incident_id"]
    children = children_of(process.pid)
    process.kill()
    finish(process)
    wait_until(lambda: not any(is_alive(child) for child in children), timeout_s=5.0)
    again = run("edge", box.config)
    assert again.status == 0, again.stderr
    (package,) = box.standing()
    assert package.name == incident_id
    assert_holds_it_once_and_whole(centre, package)


def test_package_that_a_killed_box_left_unsent_is_sent_by_the_next(kept: Box, quiet_clip: Path, tmp_path: Path) -> None:
    box = kept.copy_to(tmp_path / "box")
    box.change_outbox("DELETE FROM deliveries WHERE kind = 'media'")
    with receivers.running() as receiver:
        outcome = run("edge", box.configure(receiver.url, address=quiet_clip, site=None))
    assert outcome.status == 0, outcome.stderr
    (package,) = box.standing()
    names = [*(entry.name for entry in read_manifest(package).files), MANIFEST_NAME]
    files = {path.partition("/media/")[2]: content for path, content in receiver.held.items() if "/media/" in path}
    assert files == {name: (package / name).read_bytes() for name in names}


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (receivers.answers(500), "answered 500 Internal Server Error"),
        (
            receivers.answers(301, Location="https://elsewhere.example/api"),
            "to https://elsewhere.example/api, which is",
        ),
        (receivers.hangs, "has not answered within 1 s"),
    ],
    ids=["500", "301", "hangs"],
)
def test_endpoint_that_does_not_take_orders_is_told_and_everything_waits(
    kept: Box, quiet_clip: Path, tmp_path: Path, behaviour: receivers.Behaviour, words: str
) -> None:
    box = kept.copy_to(tmp_path / "box")
    with receivers.running() as receiver:
        receiver.script.extend([behaviour] * 20)
        config = box.configure(receiver.url, address=quiet_clip, site=None, timeout_s=1.0)
        outcome = run("edge", config, "--drain-s", 2)
    assert outcome.status == 1
    assert any('"delivery_failed"' in line and words in line for line in outcome.said)
    assert outcome.said[-1].startswith(f"droptrace: 8 messages are not delivered to {receiver.url} (")
    assert words in outcome.said[-1]
    assert receiver.held == {}
    assert box.waiting() == kept.waiting() == (1, 7)


def test_endpoint_that_hangs_does_not_hold_up_the_end(kept: Box, quiet_clip: Path, tmp_path: Path) -> None:
    box = kept.copy_to(tmp_path / "box")
    with receivers.running() as receiver:
        receiver.script.append(receivers.hangs)
        process = start("edge", box.configure(receiver.url, address=quiet_clip, site=None, timeout_s=300.0))
        wait_until(lambda: receiver.requests)
        told_s = time.monotonic()
        process.terminate()
        outcome = finish(process)
        # Far below the 300 s that it could have waited for.
        assert time.monotonic() - told_s < 60.0
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
    assert box.waiting() == (1, 7)


def test_disk_that_is_full_for_a_while_loses_no_incident(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk, receivers.running() as receiver:
        box = Box(disk / "box")
        with running("edge", box.configure(receiver.url)) as process:
            wait_until((box.data / "outbox.sqlite3").exists)
            filler = fill(disk, leave_kb=0)
            told = read_until(process, '"outbox_fails"')
            assert "database or disk is full" in told
            filler.unlink()
            outcome = finish(process)
        (fall,) = outcome.falls
        assert outcome.status == 1
        assert "No space left on device" in outcome.said[-1]
        assert receiver.order_keys == [fall["incident_id"]]
        assert not list(box.packages.glob(".*"))


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Read what a process says until a line has these words."""
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)

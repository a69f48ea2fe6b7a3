"""A real camera on the network, from its stream to a delivered order, though it goes away meanwhile."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.manifest import read_manifest
from evidence.verify import verify_package
from tests.droptrace.processes import wait_until
from tests.droptrace.program import DEMO, finish, running
from tests.journeys.box import Box
from tests.journeys.centre import Centre
from tests.ports import free_port
from tests.vision.gst_camera import serving, skip_without_gstreamer


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    skip_without_gstreamer()
    one = Centre(tmp_path / "centre")
    one.start()
    yield one
    one.close()


@pytest.mark.parametrize(
    "away_s", [pytest.param(3.0, id="short"), pytest.param(20.0, id="long", marks=pytest.mark.slow)]
)
def test_orders_are_delivered_before_and_after_the_camera_was_away(
    centre: Centre, tmp_path: Path, away_s: float
) -> None:
    port = free_port()
    box = Box(tmp_path / "box")
    config = box.configure(centre.url, address=f"rtsp://viewer:secret@127.0.0.1:{port}/cam")
    with running("edge", config) as process:
        with serving(DEMO, port, times=20, credentials="viewer:secret"):
            wait_until(lambda: len(centre.work_orders()) == 1, timeout_s=30.0)
        time.sleep(away_s)
        with serving(DEMO, port, times=20, credentials="viewer:secret"):
            wait_until(lambda: len(centre.work_orders()) == 2, timeout_s=60.0)
            process.terminate()
            outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    assert "secret" not in outcome.stdout + outcome.stderr
    assert any('"stream_lost"' in line for line in outcome.said)

    first, second = sorted(outcome.falls, key=lambda fall: fall["release_s"])
    assert second["release_s"] - first["release_s"] > away_s
    assert [(fall["verdict"], fall["origin"]["floor"], fall["origin"]["unit"]) for fall in (first, second)] == [
        ("confirmed", 14, "03")
    ] * 2
    assert {path.name for path in box.standing()} == {first["incident_id"], second["incident_id"]}
    assert all(verify_package(package).is_ok and read_manifest(package).complete for package in box.standing())
    held = {incident["incident_id"]: incident for incident in centre.incidents()}
    assert set(held) == {first["incident_id"], second["incident_id"]}
    assert held[first["incident_id"]]["evidence"]["state"] == "complete"
    assert box.waiting()[0] == 0


def test_box_that_waits_for_its_camera_says_why_and_ends_when_told(tmp_path: Path) -> None:
    box = Box(tmp_path / "box")
    address = f"rtsp://viewer:secret@127.0.0.1:{free_port()}/cam"
    with running("edge", box.configure(f"http://127.0.0.1:{free_port()}/", address=address)) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if '"stream_lost"' in line)
        process.terminate()
        outcome = finish(process)
    assert (outcome.status, outcome.stdout) == (0, "")
    assert "nothing listens there; check host, port and whether the camera is on" in line
    assert "secret" not in line + outcome.stderr

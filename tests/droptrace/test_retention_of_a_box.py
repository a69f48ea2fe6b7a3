"""A running edge box that deletes old evidence."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from droptrace.kernel_clock import read_clock_sync
from evidence.verify import verify_package
from tests.droptrace.aged import Shelf
from tests.droptrace.events import Events
from tests.droptrace.processes import skip_without_proc
from tests.droptrace.program import running
from tests.journeys.box import Box
from tests.ports import free_port


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box with a camera that does not answer, nobody who takes orders, and four packages."""
    skip_without_proc()
    one = Box(tmp_path / "box")
    shelf = Shelf(one.data, datetime.now(UTC))
    shelf.put("old", 91)
    shelf.put("on-hold", 91)
    shelf.put("young", 89)
    shelf.put("undelivered", 91, arrives=False)
    (shelf.packages / "on-hold.HOLD").touch()
    shelf.outbox.close()
    url = f"http://127.0.0.1:{free_port()}/api/v1/incidents"
    one.configure(url, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
    return one


def turn_on(box: Box) -> None:
    with box.config.open("a", encoding="utf-8") as file:
        file.write("[retention]\ndays = 90\n")


def test_box_deletes_the_old_package_that_has_arrived_and_keeps_the_others(box: Box) -> None:
    with running(box.config, module="tests.droptrace.box_with_set_clock") as process:
        log = Events(process)
        log.wait("camera_up", "gate")
        assert len(list(box.packages.glob("*/"))) == 4
        turn_on(box)
        process.send_signal(signal.SIGHUP)
        told = log.wait("evidence_deleted")
        process.terminate()
        assert log.finish() == 0
    assert (told["incident_id"], told["age_days"], told["why"]) == ("old", 91.0, "retention.days")
    assert [path.name for path in box.standing()] == ["on-hold", "on-hold.HOLD", "undelivered", "young"]
    assert all(verify_package(box.packages / name).is_ok for name in ("on-hold", "undelivered", "young"))
    # It starts again on what is left, and goes on waiting for who takes the orders.
    with running(box.config, module="tests.droptrace.box_with_set_clock") as process:
        log = Events(process)
        log.wait("camera_up", "gate")
        process.terminate()
        assert log.finish() == 0
    assert not log.of("package_unreadable")
    assert box.waiting() == (1, 2)


def test_box_whose_clock_is_not_set_says_so_and_deletes_nothing(box: Box) -> None:
    if read_clock_sync().is_synchronised:
        pytest.skip("the clock of this machine is set")
    turn_on(box)
    with running("edge", box.config) as process:
        log = Events(process)
        log.wait("stream_lost")
        process.send_signal(signal.SIGHUP)
        told = log.wait("retention_waits")
        process.terminate()
        assert log.finish() == 0
    assert "the clock follows no time server" in told["reason"]
    assert (box.packages / "old").exists()

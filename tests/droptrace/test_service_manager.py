"""What the edge box tells the service manager that started it, at real sockets and as a real process."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from droptrace.service_manager import ServiceManager
from tests.droptrace.events import Events
from tests.droptrace.manager import Manager, listening
from tests.droptrace.processes import skip_without_proc, state_of, wait_until
from tests.droptrace.program import DEMO, running
from tests.ports import free_port
from vision.clock import ManualClock


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@droptrace-test-{os.getpid()}"
    with listening(address) as listener:
        yield listener


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A box with a recording and a camera that is switched off."""
    path = tmp_path / "edge.toml"
    cameras = {"demo": DEMO, "away": f"rtsp://127.0.0.1:{free_port()}/cam"}
    blocks = "".join(f'[[camera]]\nid = "{name}"\naddress = "{address}"\n' for name, address in cameras.items())
    path.write_text(f'{blocks}[endpoint]\nurl = "http://127.0.0.1:9/a"\n', encoding="utf-8")
    return path


def test_sign_of_life_is_given_as_often_as_asked_for_but_not_more_than_twice_a_second(manager: Manager) -> None:
    clock = ManualClock()
    box = ServiceManager(manager.address, clock)
    for _ in range(9):
        box.beat("no cameras")
        clock.advance(0.125)
    # At 0, 0.5 and 1 s; what people read is sent when it changes.
    assert manager.waiting() == [["WATCHDOG=1", "STATUS=no cameras"], ["WATCHDOG=1"], ["WATCHDOG=1"]]
    clock.advance(60.0)
    assert manager.waiting() == []
    box.beat("1 of 1 cameras see")
    assert manager.waiting() == [["WATCHDOG=1", "STATUS=1 of 1 cameras see"]]


def test_states_are_told_as_they_come_and_who_ends_is_not_ready_again(manager: Manager) -> None:
    clock = ManualClock()
    clock.advance(7.25)
    box = ServiceManager(manager.address, clock)
    box.ready()
    box.reloading()
    box.ready()
    box.stopping()
    box.stopping()
    box.ready()
    states = [["READY=1"], ["RELOADING=1", "MONOTONIC_USEC=7250000"], ["READY=1"], ["STOPPING=1"]]
    assert manager.waiting() == states


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_manager_nobody_is_told(address: str | None) -> None:
    with capture_logs() as logs:
        box = ServiceManager(address, ManualClock())
        box.ready()
        box.beat("no cameras")
        box.stopping()
    assert logs == []


def test_manager_that_has_gone_is_told_of_once_and_told_again_when_it_is_back(tmp_path: Path) -> None:
    clock = ManualClock()
    address = str(tmp_path / "notify")
    box = ServiceManager(address, clock)
    with capture_logs() as logs:
        for _ in range(3):
            clock.advance(1.0)
            box.beat("no cameras")
    (event,) = logs
    assert (event["event"], event["log_level"]) == ("notify_failed", "warning")
    assert "No such file" in event["reason"]
    with listening(address) as manager:
        clock.advance(1.0)
        box.beat("no cameras")
        # What it has missed as well.
        assert manager.waiting() == [["WATCHDOG=1", "STATUS=no cameras"]]


def test_manager_that_does_not_read_does_not_hold_the_box_up(manager: Manager) -> None:
    box = ServiceManager(manager.address, ManualClock())
    sent = 0
    with capture_logs() as logs:
        while not logs:
            box.reloading()
            sent += 1
    assert "timed out" in logs[0]["reason"]
    assert len(manager.waiting()) == sent - 1


def test_box_tells_its_start_its_reloads_and_its_end(manager: Manager, config: Path) -> None:
    with running("edge", config, "--verbose", environment={"NOTIFY_SOCKET": manager.address}) as process:
        log = Events(process)
        assert manager.until("READY=1") == ["STATUS=0 of 2 cameras see", "READY=1"]
        assert {event["camera"] for event in (log.wait("camera_started"), log.wait("camera_started", count=2))} == {
            "demo",
            "away",
        }
        assert manager.until("STATUS=1 of 2 cameras see") == ["STATUS=1 of 2 cameras see"]
        config.write_text(config.read_text().replace('id = "away"', 'id = "off"'), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        began, stamp, *_, ended = manager.until("READY=1")
        assert (began, stamp.partition("=")[0], ended) == ("RELOADING=1", "MONOTONIC_USEC", "READY=1")
        log.wait("reloaded")
        config.write_text("nonsense", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        manager.until("RELOADING=1")
        assert manager.until("READY=1")[-1] == "READY=1"
        process.terminate()
        manager.until("STOPPING=1")
        assert log.finish() == 0
    assert not any(line in ("READY=1", "STOPPING=1") for lines in manager.waiting() for line in lines)


def test_supervisor_that_is_stopped_gives_no_sign_of_life(tmp_path: Path, config: Path) -> None:
    skip_without_proc()
    with (
        listening(str(tmp_path / "notify")) as manager,
        running("edge", config, environment={"NOTIFY_SOCKET": manager.address}) as process,
    ):
        manager.until("READY=1")
        assert manager.next()[0] == "WATCHDOG=1"
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state_of(process.pid) == "T")
        manager.waiting()
        # Its camera's processes live on, and must not answer for it.
        with pytest.raises(TimeoutError):
            manager.next(timeout_s=3.0)
        process.send_signal(signal.SIGCONT)
        assert manager.next()[0] == "WATCHDOG=1"
        process.terminate()
        assert process.wait(60.0) == 0


def test_box_works_on_where_nobody_listens(tmp_path: Path, config: Path) -> None:
    with running("edge", config, "--verbose", environment={"NOTIFY_SOCKET": str(tmp_path / "nobody")}) as process:
        log = Events(process)
        log.wait("camera_ended", "demo")
        process.terminate()
        assert log.finish() == 0
    assert len(log.of("notify_failed")) == 1

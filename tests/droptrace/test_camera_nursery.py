"""Cameras are forked from a process that has loaded everything, and do without it afterwards."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing import util
from pathlib import Path

import pytest

from droptrace.camera_memory import ENVIRONMENT
from droptrace.child import CameraChild
from droptrace.job import CameraJob
from droptrace.messages import Alive, Ended
from tests.droptrace import faulty_cameras
from tests.droptrace.processes import children_of, is_alive, parent_of, skip_without_proc, wait_until
from tests.droptrace.program import finish, start
from tests.droptrace.telling_cameras import TOLD_NAME, tells_what_it_was_born_with
from tests.journeys.box import Box
from tests.ports import free_port

SHARED = {"droptrace.pipeline", "evidence.package", "filterpy", "scipy.optimize", "scipy.stats"}


@pytest.fixture
def job(tmp_path: Path) -> CameraJob:
    return CameraJob(f"rtsp://127.0.0.1:{free_port()}/cam", None, tmp_path, "box")


@pytest.fixture
def orphan(job: CameraJob) -> Iterator[CameraChild]:
    """Start a camera and kill the process that forked it."""
    skip_without_proc()
    child = CameraChild(job, faulty_cameras.shows_pictures)
    assert child.receive() == Alive()
    nursery = parent_of(child.pid)
    assert nursery != os.getpid()
    os.kill(nursery, signal.SIGKILL)
    wait_until(lambda: parent_of(child.pid) != nursery)
    yield child
    child.kill()
    child.close()


def test_camera_is_born_with_all_that_it_may_need(job: CameraJob) -> None:
    child = CameraChild(job, tells_what_it_was_born_with)
    assert list(child.messages(60.0)) == [Ended(0, 0.0, 0)]
    child.close()
    told = json.loads((job.packages / TOLD_NAME).read_text())
    assert set(told) >= SHARED
    assert "rich" not in told


def test_cameras_have_one_parent_and_do_not_share_what_they_do(job: CameraJob) -> None:
    skip_without_proc()
    one, other = (CameraChild(job, faulty_cameras.shows_pictures) for _ in range(2))
    assert parent_of(one.pid) == parent_of(other.pid) != os.getpid()
    one.kill()
    wait_until(lambda: not is_alive(one.pid))
    assert other.receive() == Alive()
    other.stop()
    assert list(other.messages(60.0))[-1] == Ended(1, 0.0, 0)
    for child in (one, other):
        child.close()


def test_camera_without_the_process_that_forked_it_ends_in_order_when_told(orphan: CameraChild) -> None:
    pid = orphan.pid
    orphan.stop()
    assert list(orphan.messages(60.0))[-1] == Ended(1, 0.0, 0)
    wait_until(lambda: not is_alive(pid))


def test_camera_without_the_process_that_forked_it_can_be_killed(orphan: CameraChild) -> None:
    pid = orphan.pid
    orphan.kill()
    wait_until(lambda: not is_alive(pid))


def test_camera_starts_also_when_who_forks_them_dies_meanwhile(job: CameraJob) -> None:
    skip_without_proc()
    first = CameraChild(job, faulty_cameras.shows_pictures)
    nursery = parent_of(first.pid)
    os.kill(nursery, signal.SIGSTOP)
    # Asked for another camera it does not answer any more.
    timer = threading.Timer(1.0, os.kill, (nursery, signal.SIGKILL))
    timer.start()
    second = CameraChild(job, faulty_cameras.shows_pictures)
    timer.join()
    assert second.receive() == Alive()
    for child in (first, second):
        child.kill()
        child.close()


def test_camera_starts_also_when_somebody_has_swept_the_socket_of_who_forks_them_away(job: CameraJob) -> None:
    skip_without_proc()
    first = CameraChild(job, faulty_cameras.shows_pictures)
    swept = [path for path in Path(util.get_temp_dir()).iterdir() if path.is_socket()]
    for path in swept:
        path.rename(path.with_suffix(".swept"))
    second = CameraChild(job, faulty_cameras.shows_pictures)
    for path in swept:
        path.with_suffix(".swept").rename(path)
    assert swept
    assert parent_of(second.pid) == os.getpid()
    for child in (first, second):
        child.kill()
        child.close()


def test_next_camera_has_another_such_process(orphan: CameraChild, job: CameraJob) -> None:
    after = CameraChild(job, faulty_cameras.shows_pictures)
    assert after.receive() == Alive()
    assert parent_of(after.pid) not in (parent_of(orphan.pid), os.getpid())
    after.kill()
    after.close()


def test_box_starts_its_cameras_small_and_none_outlives_it_when_it_is_killed(tmp_path: Path) -> None:
    skip_without_proc()
    box = Box(tmp_path / "box")
    config = box.configure(f"http://127.0.0.1:{free_port()}/", address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
    process = start("edge", config)
    wait_until(lambda: children_of(process.pid))
    (camera,) = children_of(process.pid)
    nursery = parent_of(camera)
    environment = Path(f"/proc/{nursery}/environ").read_text(encoding="utf-8").split("\0")
    process.kill()
    finish(process)
    wait_until(lambda: not is_alive(camera) and not is_alive(nursery))
    assert set(environment) >= {f"{name}={value}" for name, value in ENVIRONMENT.items()}

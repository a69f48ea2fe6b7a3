"""A camera's process is small and stays so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.rig.processes import taken
from droptrace.child import CameraChild
from droptrace.job import CameraJob
from droptrace.messages import Ended
from droptrace.status_file import STATUS_NAME, read_status
from tests.droptrace.processes import children_of, skip_without_proc, wait_until
from tests.droptrace.program import finish, running
from tests.droptrace.telling_cameras import TOLD_NAME, tells_what_it_loaded
from tests.journeys.box import Box
from tests.ports import free_port
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.gst_camera import serving, skip_without_gstreamer

NOT_NEEDED = {
    "cryptography",
    "droptrace.cli",
    "evidence.package",
    "fastapi",
    "filterpy",
    "httpx",
    "matplotlib",
    "onnxruntime",
    "rich",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sqlalchemy",
    "typer",
}
ASK = """
import os, subprocess
from droptrace.camera_memory import keep_children_small
keep_children_small()
subprocess.run(["sh", "-c", "echo $OPENBLAS_NUM_THREADS $MALLOC_ARENA_MAX"], check=True)
"""
HOLES = """
import os
import av, cv2, numpy
from droptrace.camera_memory import give_back
from droptrace.memory import resident_mb
blocks = [bytes(4000) for _ in range(20_000)]
kept = blocks[::50]
del blocks
before = resident_mb(os.getpid())
give_back()
after = resident_mb(os.getpid())
assert cv2.blur(numpy.full((9, 9), 7, numpy.uint8), (3, 3)).tolist() == [[7] * 9] * 9
assert kept == [bytes(4000)] * 400
print(before, after)
"""


def still(count: int) -> list[NDArray[np.uint8]]:
    """Draw a square that has fallen, with camera noise."""
    return pictures(50 + count)[50:]


def test_camera_that_sees_nothing_fall_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    clip = encode(tmp_path / "still.mp4", still(50), even_ms(50))
    child = CameraChild(CameraJob(str(clip), None, tmp_path, "box"), tells_what_it_loaded)
    messages = list(child.messages(60.0))
    child.close()
    assert messages[-1] == Ended(50, 1.96, 0)
    told = json.loads((tmp_path / TOLD_NAME).read_text())
    assert "droptrace.pipeline" in told
    assert NOT_NEEDED & set(told) == set()


def test_what_the_user_has_set_stands() -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "3"}
    command = [sys.executable, "-c", ASK]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert told == "3 1\n"


def test_free_memory_between_what_is_kept_is_given_back() -> None:
    skip_without_proc()
    told = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True).stdout
    before_mb, after_mb = map(float, told.split())
    # 80 MB of blocks, one in fifty of which is kept: 4 kB of each 200 are in use, and what shares a page with them.
    assert before_mb - after_mb > 60


@pytest.mark.slow
def test_camera_that_is_watched_for_minutes_does_not_grow(tmp_path: Path) -> None:
    skip_without_proc()
    skip_without_gstreamer()
    box, port = Box(tmp_path / "box"), free_port()
    clip = encode(tmp_path / "still.mp4", still(250), even_ms(250))
    config = box.configure(f"http://127.0.0.1:{free_port()}/", address=f"rtsp://127.0.0.1:{port}/cam", site=None)

    def memory_mb_after(frames: int) -> float:
        def has_seen() -> bool:
            if not (box.data / STATUS_NAME).exists():
                return False
            health = read_status(box.data).cameras[0].health
            return health is not None and health.frames >= frames

        wait_until(has_seen, timeout_s=300.0)
        taken_mb = read_status(box.data).cameras[0].memory_mb
        assert taken_mb is not None
        return taken_mb

    with serving(clip, port, times=100), running("edge", config, "--drain-s", "0") as process:
        # The last half minute of packets is held by then.
        early_mb = memory_mb_after(1_500)
        late_mb = memory_mb_after(6_000)
        (camera,) = children_of(process.pid)
        at_last = taken(camera)
        process.terminate()
        assert finish(process).status == 0
    assert late_mb < early_mb + 3
    # It shares with the process that forked it alone; with other cameras beside it is less.
    assert at_last is not None
    assert at_last.pss_mb < 150

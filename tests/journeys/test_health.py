"""A real camera on the network that is cut off: its blind time is told and counted until its frames are back."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from tests.droptrace.processes import children_of, skip_without_proc, wait_until
from tests.droptrace.program import DEMO, finish, running
from tests.journeys.box import Box
from tests.ports import free_port
from tests.vision.gst_camera import serving, skip_without_gstreamer

NOBODY = "http://127.0.0.1:9/api/v1/incidents"


def kept(box: Box) -> dict[str, Any]:
    """Read what the camera's process has kept of its health; nothing before it has."""
    path = box.data / "health" / "gate" / "health.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"blind_s": {}}
    return found


def blind_s(box: Box) -> float:
    """Tell for how long the camera has sent nothing, as far as is kept."""
    return float(kept(box)["blind_s"].get("no_stream", 0.0))


def test_stream_that_is_cut_is_blind_time_until_its_frames_are_back(tmp_path: Path) -> None:
    skip_without_gstreamer()
    port = free_port()
    box = Box(tmp_path / "box")
    config = box.configure(NOBODY, address=f"rtsp://viewer:secret@127.0.0.1:{port}/cam")
    with running("edge", config, "--drain-s", "0") as process:
        with serving(DEMO, port, times=20, credentials="viewer:secret"):
            wait_until((box.data / "health" / "gate" / "reference.json").exists, timeout_s=60.0)
            # Until its first frame came, and that may be long, it was blind too.
            wait_until(lambda: "watched_until" in kept(box) and kept(box)["was_blind"] is None, timeout_s=60.0)
            before_s = blind_s(box)
        wait_until(lambda: kept(box)["was_blind"] and blind_s(box) > before_s + 5.0, timeout_s=60.0)
        with serving(DEMO, port, times=20, credentials="viewer:secret"):
            wait_until(lambda: kept(box)["was_blind"] is None, timeout_s=60.0)
            process.terminate()
            outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    events = [json.loads(line) for line in outcome.said if '"camera_' in line]
    cut = [event for event in events if event.get("reason") == "no_stream"]
    assert [event["event"] for event in cut[-2:]] == ["camera_blind", "camera_sees"]
    assert cut[-1]["blind_s"] > 5.0
    assert blind_s(box) >= cut[-1]["blind_s"] - 0.1
    assert all(event["camera"] == "gate" for event in events)
    assert "secret" not in outcome.stderr


def test_process_that_is_killed_is_blind_time_until_the_next_one_sees(tmp_path: Path) -> None:
    skip_without_gstreamer()
    skip_without_proc()
    port = free_port()
    box = Box(tmp_path / "box")
    config = box.configure(NOBODY, address=f"rtsp://127.0.0.1:{port}/cam", site=None)
    with serving(DEMO, port, times=20), running("edge", config, "--drain-s", "0") as process:
        wait_until(lambda: "watched_until" in kept(box) and kept(box)["was_blind"] is None, timeout_s=60.0)
        (camera,) = children_of(process.pid)
        os.kill(camera, signal.SIGKILL)
        wait_until(lambda: kept(box)["blind_s"].get("restarting", 0.0) > 0.0, timeout_s=60.0)
        process.terminate()
        outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    events = [json.loads(line) for line in outcome.said if '"camera_sees"' in line]
    assert "restarting" in [event["reason"] for event in events]

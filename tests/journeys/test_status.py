"""A running box says how it does: to whoever asks it, to its server, and to Prometheus."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import httpx

from benchmarks.rig.rtp import rtp
from tests.droptrace.processes import children_of, skip_without_proc, wait_until
from tests.droptrace.program import finish, run, running
from tests.evidence import receiver as receivers
from tests.evidence.receiver import Receiver
from tests.journeys.box import Box
from tests.ports import free_port
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.rtsp_camera import Show, rtsp_camera


def cameras(receiver: Receiver) -> list[dict[str, Any]]:
    """Give what all heartbeats told of the one camera."""
    return [json.loads(seen.body)["data"]["cameras"][0] for seen in receiver.heartbeats]


def is_told(receiver: Receiver, state: str, blind: str | None, *, sees: bool) -> bool:
    told = ((one["state"], one["health"]["blind"] if one["health"] else None, one["sees"]) for one in cameras(receiver))
    return (state, blind, sees) in told


def test_camera_that_goes_blind_is_told_to_all_who_ask(tmp_path: Path) -> None:
    metrics_port = free_port()
    box = Box(tmp_path / "box")
    # Twice it sends pictures and falls silent: what happens at first may be told together with what follows.
    show = Show(rtp(encode(tmp_path / "clip.ts", pictures(50), even_ms(50))), then="silence")
    nothing = Show((), then="silence")
    with receivers.running() as receiver, rtsp_camera(show, show, nothing) as camera:
        address = camera.address.replace("//", "//viewer:hunter2@")
        config = box.configure(receiver.url, address=address, site=None)
        with config.open("a", encoding="utf-8") as file:
            file.write(f'[metrics]\nlisten = "127.0.0.1:{metrics_port}"\n')
        with running("edge", config, "--drain-s", "0") as process:
            wait_until(lambda: is_told(receiver, "watching", None, sees=True), timeout_s=120.0)
            wait_until(lambda: camera.viewers == 3, timeout_s=120.0)
            wait_until(lambda: cameras(receiver)[-1]["sees"] is False, timeout_s=60.0)
            blind = run("status", config)
            scraped = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", trust_env=False).text
            process.terminate()
            outcome = finish(process)
        over = run("status", config)
    assert outcome.status == 0, outcome.stderr
    assert is_told(receiver, "watching", "no_stream", sees=False)
    assert (blind.status, blind.complaint) == (1, "droptrace: nothing is seen by gate")
    assert "NO: no_stream for " in blind.stdout
    assert 'droptrace_camera_sees{camera="gate"} 0.0' in scraped.splitlines()
    assert any('"camera_blind"' in line and '"no_stream"' in line for line in outcome.said)
    assert (over.status, "no box runs there" in over.complaint) == (1, True)
    everything = [outcome.stderr, blind.stdout, scraped, *(seen.body.decode() for seen in receiver.heartbeats)]
    assert not [text for text in everything if "hunter2" in text]


def test_camera_whose_process_is_lost_is_told_and_counted(tmp_path: Path) -> None:
    skip_without_proc()
    box = Box(tmp_path / "box")
    with receivers.running() as receiver:
        config = box.configure(receiver.url, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
        with running("edge", config, "--drain-s", "0") as process:
            wait_until(lambda: is_watched_blind(box), timeout_s=120.0)
            (camera,) = children_of(process.pid)
            os.kill(camera, signal.SIGKILL)
            wait_until(lambda: told_by(box)["restarts_today"] == 1, timeout_s=60.0)
            process.terminate()
            assert finish(process).status == 0


def is_watched_blind(box: Box) -> bool:
    """Tell it by the file of the box: a heartbeat is due in a minute, where no camera's sight has changed."""
    told = told_by(box) if (box.data / "status.json").exists() else {}
    return told.get("state") == "watching" and bool(told["health"]) and told["health"]["blind"] == "no_stream"


def told_by(box: Box) -> dict[str, Any]:
    """Give what the file of the box tells of the one camera."""
    told: dict[str, Any] = json.loads((box.data / "status.json").read_text(encoding="utf-8"))["cameras"][0]
    return told


def test_no_order_waits_for_a_heartbeat(tmp_path: Path) -> None:
    box = Box(tmp_path / "box")
    with receivers.running() as receiver:
        receiver.heartbeat_script += [receivers.hangs] * 9
        with running("edge", box.configure(receiver.url), "--drain-s", "100") as process:
            outcome = finish(process, timeout_s=200.0)
        assert outcome.status == 0, outcome.stderr
        assert receiver.order_keys == [fall["incident_id"] for fall in outcome.falls]
        assert len(receiver.heartbeats) >= 1
        assert box.waiting() == (0, 0)


def test_server_without_a_place_for_heartbeats_gets_none_and_the_log_says_so(tmp_path: Path) -> None:
    box = Box(tmp_path / "box")
    with receivers.running() as receiver:
        url = receiver.url.replace("/incidents", "/orders")
        outcome = run("edge", box.configure(url), "--drain-s", "100", timeout_s=200.0)
    assert outcome.status == 0, outcome.stderr
    assert receiver.heartbeats == []
    (told,) = (json.loads(line) for line in outcome.said if '"heartbeat_' in line)
    assert (told["event"], told["level"]) == ("heartbeat_off", "warning")

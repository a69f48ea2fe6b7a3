"""Cameras, endpoint and plan of the rig: on real sockets, and by hand."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import av
import httpx
import pytest

from benchmarks.cameras import Ages, Stand, frames_of, less
from benchmarks.cameras import main as cameras_main
from benchmarks.errors import RigError
from benchmarks.latency import main as latency_main
from benchmarks.latency import percentiles
from benchmarks.reconnect import main as reconnect_main
from benchmarks.rig.bank import CameraBank, Sent, Show
from benchmarks.rig.camera_server import Camera
from benchmarks.rig.endpoint import Endpoint
from benchmarks.rig.plan import make_plan
from benchmarks.rig.rtp import SentFrame, read_frames
from benchmarks.soak import main as soak_main
from tests.droptrace.statuses import HEALTH
from tests.source_tree import ROOT
from tests.vision.clips import encode, even_ms, pictures
from vision.clock import SystemClock
from vision.source_rtsp import RtspSource

FRAMES = 20


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(tmp_path_factory.mktemp("clips") / "clip.mp4", pictures(FRAMES), even_ms(FRAMES))


def test_clip_is_packed_with_its_times_and_key_pictures(clip: Path) -> None:
    frames, length_s = read_frames(clip)
    assert [round(frame.time_s, 3) for frame in frames] == [round(0.04 * i, 3) for i in range(FRAMES)]
    assert [i for i, frame in enumerate(frames) if frame.is_key] == [0, 10]
    assert length_s == pytest.approx(0.8)


def test_clip_that_cannot_be_sent_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="name a recording in H.264"):
        read_frames(tmp_path / "none.mp4")
    other = encode(tmp_path / "h265.mp4", pictures(3), even_ms(3), codec="libx265")
    with pytest.raises(RigError, match="no H.264 in it"):
        read_frames(other)
    reordered = encode(tmp_path / "b.mp4", pictures(12), even_ms(12), bf="2", preset="medium")
    with pytest.raises(RigError, match="has B-frames"):
        read_frames(reordered)


def test_server_that_cannot_read_its_clip_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(RigError, match=r"none\.mp4: cannot be read"),
        CameraBank([Show(tmp_path / "none.mp4")], folder=tmp_path),
    ):
        pass


def test_camera_shows_what_the_time_says_and_a_viewer_begins_with_a_key_picture() -> None:
    frames = tuple(SentFrame(0.5 * i, 45_000 * i, (b"",), i in (0, 2)) for i in range(4))
    camera = Camera("cam0", frames, 2.0, start_s=100.0)
    assert [camera.due_s(number) for number in (0, 3, 4, 9)] == [100.0, 101.5, 102.0, 104.5]
    assert [camera.next_key(now_s) for now_s in (90.0, 100.0, 100.1, 101.0, 101.1, 103.2)] == [0, 0, 2, 2, 4, 8]


def test_streams_go_on_without_a_gap_over_the_end_of_the_clip_and_all_frames_arrive(clip: Path, tmp_path: Path) -> None:
    with CameraBank([Show(clip), Show(clip, 0.4)], folder=tmp_path) as bank:
        source = RtspSource(bank.address("cam1"), clock=SystemClock())
        frames = source.frames()
        times_s = [next(frames).time_s for _ in range(3 * FRAMES)]
        bank.order("away", seconds=1000.0)
        # What was on its way comes still.
        while source.counts.frames < bank.count()["cam1"].sent:
            next(frames)
        source.close()
        sent = bank.count()
    assert times_s == pytest.approx([0.04 * i for i in range(3 * FRAMES)], abs=0.002)
    assert sent["cam1"].unsent == 0
    assert sent["cam0"].sent == 0


def test_killed_server_shows_afterwards_what_it_would_have_shown(clip: Path, tmp_path: Path) -> None:
    with CameraBank([Show(clip)], folder=tmp_path) as bank:
        for _ in range(2):
            with av.open(bank.address("cam0"), options={"rtsp_transport": "tcp"}) as camera:
                next(camera.decode(video=0))
            first, due_s = bank.viewers["cam0"]
            turn, index = divmod(first, FRAMES)
            assert index in (0, 10)
            assert due_s == pytest.approx(bank.origin_s + 0.8 * turn + 0.04 * index)
            bank.kill()
            bank.start()


def test_endpoint_takes_an_order_once_and_notes_when_it_was_answered() -> None:
    facts = {"incident_id": "i", "camera_id": "cam0", "verdict": "confirmed", "release_s": 3.0, "last_s": 5.5}
    facts |= {"release_utc": "2026-01-01T00:00:00Z", "detected_utc": "2026-01-01T00:00:03Z"}
    with Endpoint() as endpoint, httpx.Client() as client:
        before_s = time.monotonic()
        assert [client.post(endpoint.url, json={"data": facts}).status_code for _ in range(2)] == [201, 200]
        assert client.put(f"{endpoint.url}/i/media/clip.mp4", content=b"0" * 100_000).status_code == 201
        assert client.post(endpoint.url.replace("incidents", "heartbeats"), json={}).status_code == 204
        (order,) = endpoint.orders
    assert before_s <= order.answered_s <= time.monotonic()
    assert (order.camera, order.fall_s) == ("cam0", 2.5)


def test_plan_is_the_same_for_the_same_seed_ends_calmly_and_undoes_what_it_does() -> None:
    plans = [
        make_plan(Random(seed), length_s=3600.0, cameras=("a", "b"), every_s=20.0, set_clock=True) for seed in (1, 1, 2)
    ]
    assert plans[0] == plans[1] != plans[2]
    (plan, _, _) = plans
    assert max(step.at_s for step in plan) <= 3540.0
    assert [step.at_s for step in plan] == sorted(step.at_s for step in plan)
    deeds = [step.deed for step in plan]
    assert 120 <= len(deeds) <= 300
    for deed, undo in (("remove", "add"), ("kill server", "start server"), ("SIGSTOP", "SIGCONT")):
        assert deeds.count(deed) == deeds.count(undo) > 0  # type: ignore[arg-type]
    assert [(step.at_s, abs(step.seconds)) for step in plan if step.deed == "set clock"] == [(1800.0, 900.0)]


def test_frames_are_unseen_when_they_were_dropped_or_never_sent_too() -> None:
    before = Stand({"a": Sent(100, 1, 0.0)}, {"a": replace(HEALTH, frames=90, dropped={"damaged": 1})})
    after = Stand({"a": Sent(300, 2, 0.0)}, {"a": replace(HEALTH, frames=287, dropped={"damaged": 3, "overloaded": 1})})
    assert frames_of("a", before, after)["unseen"] == (200 - 197) + 3 + 1
    assert less({"x": 2.0, "y": 1.0}, {"y": 1.0}) == {"x": 2.0}


def test_process_that_falls_behind_is_told_from_one_that_was_late_once() -> None:
    assert not Ages([0.1, 0.1, 9.0, 0.1, 0.1, 0.1]).grow
    assert Ages([0.1, 0.2, 0.3, 0.8, 0.9, 1.0]).grow
    assert Ages([0.1, 0.3]).summary() == {
        "mean": 0.2,
        "worst": 0.3,
        "median_first_half": 0.1,
        "median_second_half": 0.3,
    }


def test_percentiles_of_a_few_are_between_them() -> None:
    assert percentiles([1.0, 2.0, 3.0]) == {"p50": 2.0, "p95": 2.9, "worst": 3.0}
    assert percentiles([]) is None


@pytest.mark.parametrize("main", [cameras_main, latency_main, reconnect_main])
def test_clip_that_is_not_there_is_told_in_one_line(
    main: Callable[[list[str]], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--clip", str(tmp_path / "none.mp4"), "--out", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "none.mp4: cannot be read" in told.err.splitlines()[-1]


def test_examples_of_the_guide_use_options_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    guide = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    mains = {"cameras": cameras_main, "latency": latency_main, "reconnect": reconnect_main, "soak": soak_main}
    told = dict(re.findall(r"^python -m benchmarks\.(cameras|latency|reconnect|soak)(.*)$", guide, re.MULTILINE))
    assert told.keys() == mains.keys()
    for name, main in mains.items():
        with pytest.raises(SystemExit):
            main(["--help"])
        options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
        assert set(re.findall(r"--[a-z]+", told[name])) <= options


@pytest.mark.slow
def test_soak_of_a_minute_ends_with_a_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = soak_main(["--minutes", "1", "--cameras", "2", "--out", str(tmp_path)])
    result = json.loads(capsys.readouterr().out)
    throws = result["throws"]
    assert throws["all"] == sum(throws[fate] for fate in ("told", "blind", "partly blind", "lost", "twice")) > 0
    assert status == (0 if throws["lost"] == throws["twice"] == 0 else 1)

"""The stream for evidence: held beside the one that is looked at, and cut in its times."""

import struct
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, cast

import av
import pytest
from av.container import InputContainer
from structlog.testing import capture_logs

from tests.droptrace.processes import wait_until
from tests.ports import free_port
from tests.vision.cameras import Answer, HastyClock, ScriptedCamera
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.gst_camera import serving, skip_without_gstreamer
from vision.clock import Clock, ManualClock
from vision.errors import NotHeld
from vision.packet import EncodedPacket
from vision.rtsp_connection import open_rtsp
from vision.rtsp_settings import RtspSettings
from vision.stream_clock import StreamClock
from vision.stream_recorder import StreamRecorder

ADDRESS = "rtsp://admin:s3cr/et@192.0.2.7:554/main?password=hunter2"
COUNT = 40


class SenderTime:
    """What FFmpeg puts beside a packet once RTCP has told the sender's time."""

    data_type = "prft"

    def __init__(self, seconds: float) -> None:
        self._bytes = struct.pack("=qi4x", round(seconds * 1e6), 24)

    def __bytes__(self) -> bytes:
        return self._bytes


def packet(sent_s: float | None = None) -> EncodedPacket:
    side_data = () if sent_s is None else (cast(Any, SenderTime(sent_s)),)
    return EncodedPacket(b"", 0, 0, 0, is_key=True, side_data=side_data)


def test_streams_without_a_sender_s_time_are_tied_by_the_packets_that_came_soonest() -> None:
    main, sub = StreamClock(), StreamClock()
    # The main stream counts from 10 s, the sub-stream from 100 s; each packet takes 0.2 s and more.
    for i in range(20):
        main.take(packet(), 10.0 + i, 1000.2 + i + 0.3 * (i % 3))
        sub.take(packet(), 100.0 + i, 1000.2 + i + 0.4 * (i % 2))
    assert main.ahead_s(sub) == pytest.approx(-90.0)
    assert sub.ahead_s(main) == pytest.approx(90.0)


def test_sender_s_time_tells_better_than_arrival() -> None:
    main, sub = StreamClock(), StreamClock()
    main.take(packet(5000.0), 10.0, 1000.9)  # under way for 0.9 s
    sub.take(packet(5000.0), 100.0, 1000.1)
    assert main.ahead_s(sub) == pytest.approx(-90.0)


def test_sender_s_times_that_belong_to_two_clocks_are_not_believed() -> None:
    main, sub = StreamClock(), StreamClock()
    main.take(packet(0.3), 10.0, 1000.2)
    sub.take(packet(1.7e9), 100.0, 1000.2)
    assert main.ahead_s(sub) == pytest.approx(-90.0)


def test_nothing_is_tied_before_both_have_come() -> None:
    main, sub = StreamClock(), StreamClock()
    main.take(packet(), 10.0, 1000.2)
    assert main.ahead_s(sub) is None
    assert sub.ahead_s(main) is None


def test_lags_of_long_ago_are_forgotten() -> None:
    main, sub = StreamClock(), StreamClock()
    for i in range(660):
        # Its clock runs slow by 10 ms a second.
        main.take(packet(), 0.99 * i, 1000.0 + i)
        sub.take(packet(), float(i), 1000.0 + i)
    assert main.ahead_s(sub) == pytest.approx(-0.01 * 60, abs=0.02)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return encode(tmp_path / "main.mp4", pictures(COUNT), even_ms(COUNT))


class Recorded:
    """A recorder of a scripted camera, and how many packets it has taken."""

    def __init__(self, script: list[Answer], times_of: StreamClock, clock: Clock) -> None:
        self.packets = 0
        self.recorder = StreamRecorder(
            ADDRESS,
            clock=clock,
            times_of=times_of,
            rng=Random(1),
            open_container=ScriptedCamera(script),
            on_packet=self._count,
        )

    def _count(self) -> None:
        self.packets += 1

    def wait(self, packets: int) -> None:
        wait_until(lambda: self.packets >= packets, timeout_s=30.0)


def _away() -> Exception:
    return av.error.ConnectionRefusedError(111, "Connection refused", ADDRESS)


def _wrong_password() -> Exception:
    return av.error.HTTPUnauthorizedError(1, "Server returned 401 Unauthorized", ADDRESS)


class Once(ManualClock):
    """Waits for ever, so that a camera is connected to once."""

    def sleep(self, seconds: float) -> None:
        Event().wait(0.05)


def test_recording_has_the_times_of_the_stream_that_is_looked_at(clip: Path, tmp_path: Path) -> None:
    sub = StreamClock()
    # All came at once, the last picture of either at the same moment: 1.56 s of the one is 51.56 s of the other.
    sub.take(packet(), 50.0 + (COUNT - 1) * 0.04, 0.0)
    recorded = Recorded([clip, _away], sub, Once())
    recorded.wait(COUNT)
    recording = recorded.recorder.recording(50.5, 51.2)
    recorded.recorder.close()
    assert recording.start_s == pytest.approx(50.4)  # the key picture before
    assert recording.end_s == pytest.approx(51.2)
    times_s = [frame.time_s for frame in recording.frames()]
    assert times_s[0] == pytest.approx(50.4)
    assert [b - a for a, b in pairwise(times_s)] == pytest.approx([0.04] * 20)
    (written,) = recording.write_to(tmp_path / "cut")
    with av.open(str(written)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 21


def test_span_that_is_not_held_is_refused(clip: Path) -> None:
    sub = StreamClock()
    recorded = Recorded([clip, _away], sub, Once())
    recorded.wait(COUNT)
    with pytest.raises(NotHeld, match="nothing has come of it yet"):
        recorded.recorder.recording(0.0, 1.0)
    sub.take(packet(), 1000.0, 0.0)
    with pytest.raises(NotHeld, match="nothing of it is held from 2000.00 s to 2001.00 s"):
        recorded.recorder.recording(2000.0, 2001.0)
    recorded.recorder.close()


def test_stream_that_was_lost_in_between_is_refused_and_comes_back_without_credentials_in_the_log(clip: Path) -> None:
    sub = StreamClock()
    with capture_logs() as logs:
        recorded = Recorded([clip, _away, clip, _away], sub, HastyClock())
        recorded.wait(2 * COUNT)
        recorded.recorder.close()
    told = [log["event"] for log in logs]
    assert told[:3] == ["evidence_stream_lost", "evidence_stream_lost", "evidence_stream_back"]
    assert logs[0]["source"] == "rtsp://192.0.2.7:554/main?password=***"
    assert not any(secret in str(logs) for secret in ("admin", "s3cr", "hunter2"))
    sub.take(packet(), 0.0, 0.0)
    with pytest.raises(NotHeld, match="it was lost for a while"):
        recorded.recorder.recording(-1e9, 1e9)


@pytest.mark.parametrize(
    ("answer", "waits_s"),
    [(_away, [1, *[2] * 39]), (_wrong_password, [1, 2, 4, 8, 16, 30, 30])],
    ids=["away", "refuses"],
)
def test_camera_that_stays_away_is_tried_often_and_told_seldom_unless_credentials_are_wrong(
    clip: Path, answer: Answer, waits_s: list[float]
) -> None:
    clock, packets_s = ManualClock(), list[float]()

    def note() -> None:
        packets_s.append(clock.monotonic_s())
        if len(packets_s) > COUNT:
            recorder.close()

    with capture_logs() as logs:
        script = ScriptedCamera([*[answer] * len(waits_s), clip, answer, clip])
        recorder = StreamRecorder(
            ADDRESS, clock=clock, times_of=StreamClock(), rng=Random(1), open_container=script, on_packet=note
        )
        wait_until(lambda: len(packets_s) > COUNT, timeout_s=30.0)
    assert sum(waits_s) <= packets_s[0] <= 1.25 * sum(waits_s)
    # Then the clip ended, and the camera was away once more: a second for the one; two, or one for the first refusal.
    assert 1 + 1 <= packets_s[COUNT] - packets_s[0] <= 1.25 * (1 + 2)
    # The first time in 79 to 99 s, or in 91 to 114: at once, and after a minute. Then each reason anew.
    assert [log["event"] for log in logs] == [*["evidence_stream_lost"] * 2, "evidence_stream_back"] * 2


class AskedClock(HastyClock):
    """Adds up what it was asked to wait."""

    def __init__(self) -> None:
        self.asked_s = 0.0

    def sleep(self, seconds: float) -> None:
        self.asked_s += seconds
        super().sleep(seconds)


def test_real_camera_that_was_killed_is_held_again_soon_after_it_is_back(clip: Path) -> None:
    skip_without_gstreamer()
    port, clock, sub = free_port(), AskedClock(), StreamClock()
    packets, attempts_s = list[float](), list[float]()

    def open_noted(address: str, settings: RtspSettings) -> InputContainer:
        attempts_s.append(clock.asked_s)
        return open_rtsp(address, settings)

    with capture_logs() as logs:
        with serving(clip, port, times=50):
            recorder = StreamRecorder(
                f"rtsp://127.0.0.1:{port}/cam",
                clock=clock,
                times_of=sub,
                open_container=open_noted,
                on_packet=lambda: packets.append(clock.monotonic_s()),
            )
            wait_until(lambda: len(packets) >= COUNT, timeout_s=60.0)
        wait_until(lambda: len(attempts_s) >= 8, timeout_s=60.0)
        was_held, before = recorder.is_held, len(packets)
        with serving(clip, port, times=50):
            wait_until(lambda: len(packets) >= before + COUNT, timeout_s=60.0)
            assert (was_held, recorder.is_held) == (False, True)
            told = list(logs)  # before the camera goes away again
            recorder.close()
    assert all(later_s - before_s <= 2.5 + 1e-6 for before_s, later_s in pairwise(attempts_s))
    assert [log["event"] for log in told] == [*["evidence_stream_lost"] * (len(told) - 1), "evidence_stream_back"]
    reasons = [log["why"] for log in told[:-1]]
    assert "nothing listens there" in reasons[-1]
    assert len(set(reasons)) == len(reasons) < len(attempts_s) - 1

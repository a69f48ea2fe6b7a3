"""The stream for evidence: held beside the one that is looked at, and cut in its times."""

import struct
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, cast

import av
import pytest
from structlog.testing import capture_logs

from tests.droptrace.processes import wait_until
from tests.vision.cameras import Answer, HastyClock, ScriptedCamera
from tests.vision.clips import encode, even_ms, pictures
from vision.clock import Clock, ManualClock
from vision.errors import NotHeld
from vision.packet import EncodedPacket
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
    for i in range(60):
        # Its clock runs slow by 10 ms a second.
        main.take(packet(), 0.99 * i, 1000.0 + i)
        sub.take(packet(), float(i), 1000.0 + i)
    assert main.ahead_s(sub) == pytest.approx(-0.01 * 30, abs=0.02)


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

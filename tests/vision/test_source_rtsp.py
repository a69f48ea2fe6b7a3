"""Cameras that are lost, refuse, stall, jump and come back."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from threading import Timer

import av
import numpy as np
import pytest
from structlog.testing import capture_logs

from tests.ports import free_port
from tests.vision.cameras import Answer, HastyClock, ScriptedCamera
from tests.vision.clips import encode, even_ms, pictures, sound
from tests.vision.gst_camera import serving, skip_without_gstreamer
from vision.clock import ManualClock, SystemClock
from vision.errors import SizeChanged, StreamLost, StreamRefused
from vision.opening import open_source
from vision.rtsp_settings import RtspSettings
from vision.source_rtsp import RtspSource

ADDRESS = "rtsp://admin:s3cr/et@192.0.2.7:554/live?channel=1&password=hunter2"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return encode(tmp_path / "clip.mp4", pictures(20), even_ms(20))


def _camera(
    script: list[Answer], *, clock: ManualClock | None = None, give_up_first: bool = False
) -> tuple[RtspSource, ScriptedCamera]:
    scripted = ScriptedCamera(script)
    source = RtspSource(
        ADDRESS,
        clock=clock or ManualClock(),
        give_up_first=give_up_first,
        rng=Random(1),
        open_container=scripted,
    )
    return source, scripted


def _refusal() -> Exception:
    return av.error.HTTPUnauthorizedError(1, "Server returned 401 Unauthorized", ADDRESS)


def _no_such_path() -> Exception:
    return av.error.HTTPNotFoundError(1, "Server returned 404 Not Found", ADDRESS)


def _nobody() -> Exception:
    return av.error.ConnectionRefusedError(111, "Connection refused", ADDRESS)


def _silence() -> Exception:
    return av.error.ExitError(1, "Immediate exit requested", ADDRESS)


def test_lost_stream_is_not_end_of_stream(clip: Path) -> None:
    source, camera = _camera([clip])
    frames = list(islice(source.frames(), 50))
    source.close()
    assert len(frames) == 50
    assert camera.connections == 3
    assert source.counts.connections == 3
    assert [frame.index for frame in frames] == list(range(50))


def test_time_goes_on_over_a_gap_as_much_as_time_has_passed(clip: Path) -> None:
    clock = ManualClock()
    source, _ = _camera([clip, _nobody, _nobody, clip], clock=clock)
    frames = list(islice(source.frames(), 40))
    source.close()
    gaps_s = [b.time_s - a.time_s for a, b in pairwise(frames)]
    assert gaps_s[:19] + gaps_s[20:] == pytest.approx([0.04] * 38)
    assert gaps_s[19] == pytest.approx(sum(clock.slept_s))
    assert sum(clock.slept_s) > 1 + 2 + 2
    assert frames[20].utc is not None
    assert frames[19].utc is not None
    assert frames[20].utc - frames[19].utc == timedelta(seconds=sum(clock.slept_s))


def test_frames_never_go_back_in_time_although_no_time_has_passed(clip: Path) -> None:
    class Frozen(ManualClock):
        def sleep(self, seconds: float) -> None:
            self.slept_s.append(seconds)

    source, _ = _camera([clip], clock=Frozen())
    times_s = [frame.time_s for frame in islice(source.frames(), 60)]
    source.close()
    assert all(a < b for a, b in pairwise(times_s))


@pytest.mark.parametrize(
    ("answer", "waits_s"),
    [(_nobody, [1, *[2] * 6]), (_no_such_path, [1, *[2] * 6]), (_refusal, [1, 2, 4, 8, 16, 30, 30])],
)
def test_waits_stay_short_unless_credentials_are_wrong_and_start_again_after_a_success(
    clip: Path, answer: Answer, waits_s: list[float]
) -> None:
    clock = ManualClock()
    source, camera = _camera([*[answer] * 7, clip, answer, clip], clock=clock)
    before: dict[int, float] = {}
    for frame in islice(source.frames(), 40):
        before.setdefault(camera.connections if frame.index < 20 else -1, clock.monotonic_s())
    source.close()
    assert sum(waits_s) <= before[8] <= 1.25 * sum(waits_s)
    assert before[8] + 1 + 1 <= before[-1] <= before[8] + 1.25 * 3
    assert max(clock.slept_s) <= 0.25  # short naps, so that closing is noticed


def test_camera_that_stays_away_is_told_once_a_minute_and_at_once_when_the_reason_changes(clip: Path) -> None:
    # After the first two: some 50 attempts in 100 to 125 s, then another reason, twice.
    source, _ = _camera([clip, *[_nobody] * 52, *[_no_such_path] * 2, clip])
    with capture_logs() as events:
        list(islice(source.frames(), 40))
    source.close()
    reasons = [event["why"].partition(":")[2] for event in events if event["event"] == "stream_lost"]
    assert "the camera ended the stream" in reasons[0]
    assert ["nothing listens" in reason for reason in reasons[1:]] == [True, True, False] or [
        "nothing listens" in reason for reason in reasons[1:]
    ] == [True, True, True, False]


def test_camera_that_announces_no_pictures_is_told_and_connected_to_again(clip: Path, tmp_path: Path) -> None:
    source, camera = _camera([sound(tmp_path / "sound.wav"), clip])
    with capture_logs() as events:
        assert len(list(islice(source.frames(), 20))) == 20
    source.close()
    assert camera.connections == 2
    assert "announces no pictures that can be decoded; set its stream to H.264" in events[0]["why"]
    assert "hunter2" not in events[0]["why"]


@pytest.mark.parametrize(
    ("answer", "error", "advice"),
    [
        (_refusal, StreamRefused, "check user and password"),
        (_no_such_path, StreamRefused, "check the path"),
        (_nobody, StreamLost, "nothing listens there"),
        (_silence, StreamLost, "no answer within 10 s"),
    ],
)
def test_first_failure_is_raised_with_advice_and_without_credentials(
    answer: Answer, error: type[Exception], advice: str
) -> None:
    source, _ = _camera([answer], give_up_first=True)
    with pytest.raises(error, match=advice) as raised:
        next(source.frames())
    shown = f"{raised.value} {source.info.name}"
    assert "192.0.2.7:554/live?channel=1" in shown
    assert not any(secret in shown for secret in ("admin", "s3cr", "et@", "hunter2"))


def test_refusal_after_the_first_success_is_waited_out(clip: Path) -> None:
    source, camera = _camera([clip, _refusal, clip], give_up_first=True)
    assert len(list(islice(source.frames(), 40))) == 40
    assert camera.connections == 3
    source.close()


def test_refusal_is_waited_out_when_told_to_run_for_ever(clip: Path) -> None:
    source, _ = _camera([_refusal, _silence, clip])
    assert next(source.frames()).time_s == 0
    source.close()


def test_recording_spans_a_lost_connection(clip: Path, tmp_path: Path) -> None:
    source, _ = _camera([clip])
    frames = list(islice(source.frames(), 40))
    source.close()
    recording = source.recording(0.0, frames[-1].time_s)
    again = list(recording.frames())
    assert [f.time_s for f in again] == pytest.approx([f.time_s for f in frames], abs=1e-6)
    assert [f.utc for f in again] == [f.utc for f in frames]
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(again, frames, strict=True))
    assert [path.name for path in recording.write_to(tmp_path / "out")] == ["clip.mp4", "clip-2.mp4"]


def test_camera_whose_clock_leaps_is_connected_to_again(tmp_path: Path) -> None:
    stamps = [*even_ms(10), *(3_600_000 + ms for ms in even_ms(10))]
    leaping = encode(tmp_path / "leaping.mp4", pictures(20), stamps)
    source, camera = _camera([leaping])
    times_s = [frame.time_s for frame in islice(source.frames(), 30)]
    source.close()
    assert camera.connections == 3
    assert max(b - a for a, b in pairwise(times_s)) < 2


def test_camera_that_was_set_to_another_size_is_an_error(clip: Path, tmp_path: Path) -> None:
    large = encode(tmp_path / "large.mp4", [np.tile(p, (2, 2)) for p in pictures(5)], even_ms(5))
    source, _ = _camera([clip, large])
    with pytest.raises(SizeChanged, match="from 160 x 96 to 320 x 192") as raised:
        list(source.frames())
    assert "hunter2" not in str(raised.value)


def test_closing_while_waiting_to_connect_again_ends_the_frames(clip: Path) -> None:
    class ClosingClock(ManualClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            source.close()

    source, camera = _camera([clip, _nobody], clock=ClosingClock())
    assert len(list(source.frames())) == 20
    assert camera.connections == 1


@contextmanager
def _silent_host() -> Iterator[int]:
    """Accept connections and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        yield port


def test_closing_from_another_thread_ends_the_frames_before_the_time_limit() -> None:
    with _silent_host() as port:
        source = RtspSource(f"rtsp://127.0.0.1:{port}/cam", clock=SystemClock(), settings=RtspSettings(limit_s=60.0))
        Timer(0.2, source.close).start()
        started_s = time.monotonic()
        assert list(source.frames()) == []
        assert time.monotonic() - started_s < 30.0
    assert source.info.codec == "unknown"


def test_frames_go_on_when_a_real_camera_is_killed_and_comes_back(clip: Path) -> None:
    skip_without_gstreamer()
    port = free_port()
    with serving(clip, port, times=50):
        source = open_source(f"rtsp://127.0.0.1:{port}/cam", clock=HastyClock())
        frames = source.frames()
        seen = list(islice(frames, 25))
    with serving(clip, port, times=50):
        while source.counts.connections < 2:
            seen.append(next(frames))
        seen += islice(frames, 10)
        source.close()
    assert all(a.time_s < b.time_s for a, b in pairwise(seen))
    assert [frame.index for frame in seen] == list(range(len(seen)))
    gap_s = max(b.time_s - a.time_s for a, b in pairwise(seen))
    assert 0.1 < gap_s < 5


def test_real_camera_with_a_password_refuses_a_wrong_one(clip: Path) -> None:
    skip_without_gstreamer()
    port = free_port()
    with serving(clip, port, times=50, credentials="viewer:right"):
        with pytest.raises(StreamRefused, match="check user and password"):
            open_source(f"rtsp://viewer:wrong@127.0.0.1:{port}/cam", clock=SystemClock(), give_up_first=True)
        with pytest.raises(StreamRefused, match="no stream at that path"):
            open_source(f"rtsp://viewer:right@127.0.0.1:{port}/attic", clock=SystemClock(), give_up_first=True)
        source = open_source(f"rtsp://viewer:right@127.0.0.1:{port}/cam", clock=SystemClock(), give_up_first=True)
        assert source.info.name == f"rtsp://127.0.0.1:{port}/cam"
        assert source.info.is_live
        source.close()


def test_reader_turns_four_times_a_second_while_its_camera_is_away() -> None:
    clock = ManualClock()
    turns_s: list[float] = []

    def note() -> None:
        turns_s.append(clock.monotonic_s())
        if clock.monotonic_s() > 20.0:
            source.close()

    source = RtspSource(ADDRESS, clock=clock, rng=Random(1), open_container=ScriptedCamera([_nobody]), on_turn=note)
    assert list(source.frames()) == []
    assert turns_s[-1] > 20.0
    assert max(later - before for before, later in pairwise(turns_s)) <= 0.25


def test_reader_turns_at_every_packet(clip: Path) -> None:
    turns: list[int] = []
    source = RtspSource(
        ADDRESS,
        clock=ManualClock(),
        rng=Random(1),
        open_container=ScriptedCamera([clip, _nobody]),
        on_turn=lambda: turns.append(1),
    )
    assert len(list(islice(source.frames(), 20))) == 20
    assert len(turns) >= 20
    source.close()

"""What cameras really send: codecs, transports, sound, times and sizes that change, silence."""

import socket
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from structlog.testing import capture_logs

from benchmarks.rig.rtp import rtp
from tests.vision.cameras import HastyClock
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.rtsp_camera import RtspCamera, Show, rtsp_camera
from vision.clock import SystemClock
from vision.errors import SizeChanged, StreamLost, StreamRefused
from vision.frame import Frame
from vision.rtsp_settings import RtspSettings, Transport
from vision.source_rtsp import RtspSource

COUNT = 40


def source_of(
    camera: RtspCamera, *, transport: Transport = "tcp", limit_s: float = 5.0, give_up_first: bool = True
) -> RtspSource:
    settings = RtspSettings(transport, limit_s)
    return RtspSource(camera.address, clock=HastyClock(), give_up_first=give_up_first, rng=Random(1), settings=settings)


def frames_of(camera: RtspCamera, count: int, *, transport: Transport = "tcp") -> list[Frame]:
    source = source_of(camera, transport=transport)
    try:
        return list(islice(source.frames(), count))
    finally:
        source.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    return encode(folder / "plain.ts", pictures(COUNT), even_ms(COUNT))


@pytest.fixture(scope="module")
def hevc(folder: Path) -> Path:
    return encode(folder / "hevc.ts", pictures(COUNT), even_ms(COUNT), codec="libx265")


@pytest.fixture(scope="module")
def reordering(folder: Path) -> Path:
    return encode(folder / "b.ts", pictures(COUNT), even_ms(COUNT), bf="3", preset="veryfast", g="20")


def twice(clip: Path) -> tuple[bytes, ...]:
    """Show a clip and go on: a picture is known to be whole when the next one begins."""
    return rtp(clip) + rtp(clip, at_s=COUNT * 0.04)


def assert_shows_the_clip(frames: list[Frame], step_s: float = 0.04) -> None:
    drawn = pictures(COUNT)
    assert [frame.time_s for frame in frames] == pytest.approx([step_s * i for i in range(len(frames))], abs=5e-5)
    for frame, picture in zip(frames, drawn, strict=False):
        square_px = np.argwhere(frame.luma > 190).mean(axis=0)
        assert square_px == pytest.approx(np.argwhere(picture > 190).mean(axis=0), abs=1.0)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("kind", ["plain", "hevc", "reordering"])
def test_every_codec_comes_over_every_transport(
    request: pytest.FixtureRequest, kind: str, transport: Transport
) -> None:
    codec = "hevc" if kind == "hevc" else "h264"
    with rtsp_camera(Show(twice(request.getfixturevalue(kind)), codec, then="silence")) as camera:
        source = source_of(camera, transport=transport)
        assert_shows_the_clip(list(islice(source.frames(), COUNT)))
        source.close()
        assert source.info.codec == codec
        assert camera.transports_used[0] == transport


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_sound_beside_the_pictures_is_passed_over(plain: Path, transport: Transport) -> None:
    with rtsp_camera(Show(twice(plain), has_sound=True, then="silence")) as camera:
        assert_shows_the_clip(frames_of(camera, COUNT, transport=transport))
        assert camera.transports_used == [transport]  # the sound was not asked for


@pytest.mark.parametrize(("served", "asked"), [("tcp", "udp"), ("udp", "tcp")])
def test_transport_that_the_camera_does_not_know_is_refused_with_advice(
    plain: Path, served: str, asked: Transport
) -> None:
    with rtsp_camera(Show(rtp(plain))) as camera:
        camera.transports = frozenset({served})
        with pytest.raises(StreamRefused, match=f'does not send over {asked}; set transport = "{served}"'):
            source_of(camera, transport=asked).connect()


def test_declared_rate_is_told_and_not_believed(folder: Path) -> None:
    slow = encode(folder / "slow.ts", pictures(COUNT), even_ms(COUNT, 80))
    with rtsp_camera(Show(rtp(slow))) as camera:
        frames = frames_of(camera, COUNT)
    assert_shows_the_clip(frames, step_s=0.08)


@pytest.mark.parametrize("jump_s", [3600.0, -100.0], ids=["ahead", "back"])
def test_clock_of_the_camera_that_jumps_does_not_move_time(plain: Path, jump_s: float) -> None:
    packets = rtp(plain)
    jumping = Show(packets + rtp(plain, at_s=COUNT * 0.04 + jump_s), then="silence")
    with rtsp_camera(jumping, Show(packets)) as camera:
        source = source_of(camera)
        frames = list(islice(source.frames(), 2 * COUNT))
        source.close()
        assert camera.viewers == 2  # connected to again
        assert source.counts.clock_jumps == 1
    assert all(0 < b.time_s - a.time_s < 2 for a, b in pairwise(frames))
    assert [frame.index for frame in frames] == list(range(2 * COUNT))


def test_small_gap_in_the_camera_s_own_time_is_a_gap(plain: Path) -> None:
    with rtsp_camera(Show(rtp(plain) + rtp(plain, at_s=COUNT * 0.04 + 3.0))) as camera:
        frames = frames_of(camera, 2 * COUNT)
        assert camera.viewers == 1
    assert frames[COUNT].time_s - frames[COUNT - 1].time_s == pytest.approx(3.04, abs=1e-4)


def test_small_step_back_loses_only_what_was_seen_before(plain: Path) -> None:
    with rtsp_camera(Show(rtp(plain) + rtp(plain, at_s=COUNT * 0.04 - 0.8))) as camera:
        source = source_of(camera)
        frames = list(islice(source.frames(), 2 * COUNT - 20))
        source.close()
        assert camera.viewers == 1
    assert all(a.time_s < b.time_s for a, b in pairwise(frames))
    assert source.counts.out_of_order == 20


def test_size_that_changes_in_mid_stream_is_an_error(plain: Path, folder: Path) -> None:
    large = encode(folder / "large.ts", [np.tile(p, (2, 2)) for p in pictures(5)], even_ms(5))
    with rtsp_camera(Show(rtp(plain) + rtp(large, at_s=COUNT * 0.04))) as camera:
        source = source_of(camera)
        frames = source.frames()
        with pytest.raises(SizeChanged, match="from 160 x 96 to 320 x 192 pixels; a camera is started anew"):
            list(frames)
        assert source.counts.frames == COUNT
        source.close()


def test_camera_that_falls_silent_is_lost_at_the_time_limit_and_connected_to_again(plain: Path) -> None:
    with rtsp_camera(Show(rtp(plain), then="silence"), Show(rtp(plain))) as camera:
        source = source_of(camera, limit_s=0.5)
        frames = list(islice(source.frames(), 2 * COUNT))
        source.close()
        assert camera.viewers == 2
    assert frames[COUNT].time_s - frames[COUNT - 1].time_s > 0.4


def test_host_that_accepts_and_says_nothing_is_given_up_at_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        camera = RtspCamera(listening.getsockname()[1])
        with pytest.raises(StreamLost, match=r"no answer within 0\.5 s"):
            source_of(camera, limit_s=0.5).connect()


def test_damaged_pictures_are_left_out_and_told_without_credentials(plain: Path) -> None:
    whole = rtp(plain)
    broken = tuple(
        content[:40] + bytes(max(0, len(content) - 40)) if i % 7 == 6 else content for i, content in enumerate(whole)
    )
    with rtsp_camera(Show(broken + rtp(plain, at_s=COUNT * 0.04), then="silence")) as camera, capture_logs() as logged:
        address = camera.address.replace("//", "//viewer:hunter2@")
        source = RtspSource(address, clock=SystemClock(), give_up_first=True)
        frames = list(islice(source.frames(), COUNT))
        source.close()
    assert frames[-1].time_s > COUNT * 0.04
    (event,) = (event for event in logged if event["event"] == "stream_damaged")
    assert (event["source"], event["damaged_packets"]) == (camera.address, 1)
    assert source.counts.damaged_packets > 1


def test_time_base_is_that_of_rtp(plain: Path) -> None:
    with rtsp_camera(Show(rtp(plain))) as camera:
        assert frames_of(camera, 1)[0].time_base == Fraction(1, 90_000)

"""What a camera says over TCP is flipped, cut, stuffed or stalled: that is told, and it is connected to again."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from tests.ports import free_port
from tests.vision.cameras import HastyClock
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.damaged_wire import WAYS, DamagedWire, damaged_wire
from tests.vision.gst_camera import serving, skip_without_gstreamer
from vision.errors import SizeChanged
from vision.rtsp_settings import RtspSettings
from vision.source_rtsp import RtspSource

FRAMES = 30
EACH_WAY = [range(way, way + 4 * len(WAYS), len(WAYS)) for way in range(len(WAYS))]
NAMES = [way.__name__.lstrip("_") for way in WAYS]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noisy, so that its frames are longer than what the wire damages at once."""
    skip_without_gstreamer()
    drawn = pictures(FRAMES, noise=12.0)
    return encode(tmp_path_factory.mktemp("clips") / "clip.mp4", drawn, even_ms(FRAMES))


@pytest.mark.parametrize("seeds", EACH_WAY, ids=NAMES)
def test_each_damaged_connection_is_told_and_the_camera_is_seen_again(clip: Path, seeds: Sequence[int]) -> None:
    assert_seen_again(clip, seeds)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 1000 + 500, 25))
def test_each_of_five_hundred_damaged_connections_is_told_and_the_camera_is_seen_again(clip: Path, first: int) -> None:
    assert_seen_again(clip, range(first, first + 25))


def assert_seen_again(clip: Path, seeds: Sequence[int]) -> None:
    port = free_port()
    with serving(clip, port), damaged_wire(port, seeds) as wire, capture_logs() as logged:
        changes = watch_until_whole(wire)
    lost = [event for event in logged if event["event"] == "stream_lost"]
    # Where nothing else ends a connection, the camera itself does; the same reason twice in a minute is told once.
    assert lost or changes
    assert all(event["why"] and event["log_level"] == "warning" for event in lost)
    assert {event["event"] for event in logged} <= {"stream_lost", "stream_damaged"}


def watch_until_whole(wire: DamagedWire) -> int:
    """Watch until a whole connection has shown whole pictures; count how often the size seemed to change.

    A size that was damaged ends a camera's process in order; its next one watches on.
    """
    changes, whole = 0, 0
    while whole < FRAMES // 2:
        source = RtspSource(wire.address, clock=HastyClock(), rng=Random(1), settings=RtspSettings(limit_s=1.5))
        try:
            for frame in source.frames():
                whole += wire.is_whole and frame.luma.shape == (96, 160)
                if whole == FRAMES // 2:
                    break
        except SizeChanged:
            changes += 1
        finally:
            source.close()
    return changes

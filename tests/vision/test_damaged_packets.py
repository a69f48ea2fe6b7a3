"""Evidence of damaged packets: they are kept as they came, and what cannot be is said by name."""

from pathlib import Path

import pytest

from benchmarks.rig.rtp import rtp
from tests.vision.cameras import HastyClock
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.damage import damaged
from tests.vision.rtsp_camera import Show, rtsp_camera
from vision.errors import NotHeld, RecordingNotWritten, SizeChanged
from vision.source_rtsp import RtspSource

FRAMES = 20


@pytest.fixture(scope="module", params=["h264", "hevc"])
def packets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, tuple[bytes, ...]]:
    codec = {"h264": "libx264", "hevc": "libx265"}[request.param]
    clip = encode(tmp_path_factory.mktemp("clips") / "clip.ts", pictures(FRAMES), even_ms(FRAMES), codec=codec)
    return request.param, rtp(clip)


@pytest.mark.parametrize("seed", range(1000, 1024))
def test_what_a_damaged_stream_left_can_be_cut_written_and_decoded(
    packets: tuple[str, tuple[bytes, ...]], seed: int, tmp_path: Path
) -> None:
    codec, whole = packets
    with rtsp_camera(Show(damaged(whole, seed), codec), Show(whole * 2, codec, then="silence")) as camera:
        source = RtspSource(camera.address, clock=HastyClock())
        last_s = 0.0
        try:
            for frame in source.frames():
                assert frame.time_s >= last_s
                last_s = frame.time_s
                if camera.viewers > 1 and source.counts.connections == camera.viewers:
                    break
        except SizeChanged as error:
            assert str(error).startswith(camera.address)  # noqa: PT017 - most seeds raise nothing
        finally:
            source.close()
        try:
            recording = source.recording(0.0, last_s)
            list(recording.frames())
            written = recording.write_to(tmp_path)
        except (NotHeld, SizeChanged, RecordingNotWritten):
            return
        assert all(path.stat().st_size for path in written)

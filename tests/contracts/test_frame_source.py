"""What every source of frames keeps to, whatever it reads from."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.rig.rtp import rtp
from tests.ports import free_port
from tests.vision.cameras import ScriptedCamera
from tests.vision.clips import HEIGHT_PX, WIDTH_PX, encode, even_ms, pictures
from tests.vision.gst_camera import serving, skip_without_gstreamer
from tests.vision.rtsp_camera import Show, rtsp_camera
from vision.clock import ManualClock, SystemClock
from vision.errors import NotHeld
from vision.frame import Frame
from vision.opening import open_source
from vision.rtsp_settings import RtspSettings
from vision.source import FrameSource
from vision.source_rtsp import RtspSource

COUNT = 40
VARYING_MS = [40 * i + (17 if i % 3 else 0) for i in range(COUNT)]


@dataclass(frozen=True)
class Reading:
    """A source that was read to its end (a camera: until it had shown the clip), and what it gave."""

    source: FrameSource
    frames: list[Frame]
    copies: list[NDArray[np.uint8]]
    drawn: list[NDArray[np.uint8]]
    stamps_ms: list[int]


def _steady_file(folder: Path) -> Iterator[FrameSource]:
    yield _opened(encode(folder / "steady.mp4", pictures(COUNT), even_ms(COUNT)))


def _varying_file(folder: Path) -> Iterator[FrameSource]:
    yield _opened(encode(folder / "varying.mp4", pictures(COUNT), VARYING_MS))


def _reordering_file(folder: Path) -> Iterator[FrameSource]:
    yield _opened(encode(folder / "b.mp4", pictures(COUNT), VARYING_MS, bf="3", preset="veryfast", g="20"))


def _matroska_file(folder: Path) -> Iterator[FrameSource]:
    yield _opened(encode(folder / "steady.mkv", pictures(COUNT), even_ms(COUNT)))


def _motion_jpeg_file(folder: Path) -> Iterator[FrameSource]:
    drawn = pictures(COUNT)
    yield _opened(encode(folder / "j.avi", drawn, even_ms(COUNT), codec="mjpeg", pixels="yuvj420p", q="2"))


def _ten_bit_file(folder: Path) -> Iterator[FrameSource]:
    yield _opened(encode(folder / "deep.mp4", pictures(COUNT), even_ms(COUNT), pixels="yuv444p10le"))


def _opened(clip: Path) -> FrameSource:
    return open_source(clip, clock=ManualClock())


def _images(folder: Path) -> Iterator[FrameSource]:
    for i, picture in enumerate(pictures(COUNT)):
        cv2.imwrite(str(folder / f"{i}.png"), picture)
    yield open_source(folder, clock=ManualClock())


def _camera(folder: Path) -> Iterator[FrameSource]:
    clip = encode(folder / "camera.mp4", pictures(COUNT), VARYING_MS)
    camera = RtspSource("rtsp://camera/1", clock=ManualClock(), open_container=ScriptedCamera([clip]))
    camera.connect()
    yield camera


def _hevc_camera_over_udp(folder: Path) -> Iterator[FrameSource]:
    clip = encode(folder / "camera.ts", pictures(COUNT), VARYING_MS, codec="libx265")
    packets = rtp(clip) + rtp(clip, at_s=COUNT * 0.04 + 0.1)
    with rtsp_camera(Show(packets, "hevc", then="silence")) as camera:
        yield open_source(
            camera.address, clock=SystemClock(), give_up_first=True, settings=RtspSettings(transport="udp")
        )


def _network_camera(folder: Path) -> Iterator[FrameSource]:
    skip_without_gstreamer()
    clip, port = encode(folder / "network.mp4", pictures(COUNT), even_ms(COUNT)), free_port()
    with serving(clip, port):
        yield open_source(f"rtsp://127.0.0.1:{port}/cam", clock=SystemClock(), give_up_first=True)


VARYING = {_varying_file, _reordering_file, _camera, _hevc_camera_over_udp}
SOURCES: list[Callable[[Path], Iterator[FrameSource]]] = [
    _steady_file,
    _varying_file,
    _reordering_file,
    _matroska_file,
    _motion_jpeg_file,
    _ten_bit_file,
    _images,
    _camera,
    _hevc_camera_over_udp,
    _network_camera,
]


@pytest.fixture(scope="module", params=SOURCES, ids=lambda make: make.__name__.lstrip("_"))
def reading(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    opened = request.param(tmp_path_factory.mktemp("clip"))
    source = next(opened)
    frames, copies = [], []
    for frame in islice(source.frames(), COUNT):
        frames.append(frame)
        copies.append(frame.luma.copy())
    stamps_ms = VARYING_MS if request.param in VARYING else even_ms(COUNT)
    yield Reading(source, frames, copies, pictures(COUNT), stamps_ms)
    source.close()
    opened.close()


def test_every_picture_comes_in_order_and_shows_what_was_drawn(reading: Reading) -> None:
    assert len(reading.frames) == COUNT
    assert [frame.index for frame in reading.frames] == list(range(COUNT))
    for frame, drawn in zip(reading.frames, reading.drawn, strict=True):
        bright = frame.luma > 190
        square_px = np.argwhere(bright).mean(axis=0)
        assert square_px == pytest.approx(np.argwhere(drawn > 190).mean(axis=0), abs=1.0)


def test_times_are_those_that_the_pictures_were_given(reading: Reading) -> None:
    # RTP counts in 1/90000 s, and the muxers on the way round to it.
    assert [frame.time_s for frame in reading.frames] == pytest.approx(
        [ms / 1000 for ms in reading.stamps_ms], abs=5e-5
    )
    assert reading.frames[0].time_s == 0
    assert all(a.time_s < b.time_s and a.pts < b.pts for a, b in pairwise(reading.frames))


def test_time_is_presentation_time_stamp_times_time_base(reading: Reading) -> None:
    first = reading.frames[0]
    for frame in reading.frames:
        assert frame.time_s == pytest.approx(float((frame.pts - first.pts) * frame.time_base), abs=1e-9)


def test_info_tells_the_size_of_frames(reading: Reading) -> None:
    info = reading.source.info
    assert (info.width, info.height, info.rotation_deg) == (WIDTH_PX, HEIGHT_PX, 0)
    assert all(frame.luma.shape == (info.height, info.width) for frame in reading.frames)
    assert all(frame.luma.dtype == np.uint8 for frame in reading.frames)


def test_luma_cannot_be_written_to(reading: Reading) -> None:
    with pytest.raises(ValueError, match="read-only"):
        reading.frames[3].luma[0, 0] = 7


def test_luma_stays_as_it_was_while_the_frame_is_kept(reading: Reading) -> None:
    for frame, copy in zip(reading.frames, reading.copies, strict=True):
        assert np.array_equal(frame.luma, copy)


def test_colour_is_there_when_asked_for(reading: Reading) -> None:
    bgr = reading.frames[7].to_bgr()
    assert bgr.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert bgr.dtype == np.uint8
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(float)
    assert np.corrcoef(grey.ravel(), reading.frames[7].luma.ravel())[0, 1] > 0.98


def test_no_moving_picture_is_taken_for_a_repeat(reading: Reading) -> None:
    assert not any(frame.is_repeat for frame in reading.frames)


def test_recording_starts_at_or_before_the_time_asked_for(reading: Reading) -> None:
    recording = reading.source.recording(0.9, 1.2)
    assert recording.start_s <= 0.9
    # A picture shown later may be needed to decode the last one asked for, and comes along.
    assert 1.12 <= recording.end_s <= 1.4


def test_recording_decodes_to_the_very_frames_with_the_very_times(reading: Reading) -> None:
    recording = reading.source.recording(0.5, 1.3)
    again = list(recording.frames())
    seen = {round(frame.time_s, 6): frame for frame in reading.frames}
    assert [frame.index for frame in again] == list(range(len(again)))
    assert again[0].time_s == pytest.approx(recording.start_s, abs=1e-6)
    assert len(again) == sum(recording.start_s - 1e-6 <= t <= recording.end_s + 1e-6 for t in seen)
    for frame in again:
        original = seen[round(frame.time_s, 6)]
        assert frame.time_s == pytest.approx(original.time_s, abs=1e-6)
        assert frame.utc == original.utc
        assert np.array_equal(frame.luma, original.luma)


def test_recording_on_disk_shows_the_same_pictures(reading: Reading, tmp_path: Path) -> None:
    recording = reading.source.recording(0.5, 1.3)
    written = recording.write_to(tmp_path / "evidence")
    assert all(path.is_file() for path in written)
    assert sorted(p for p in (tmp_path / "evidence").rglob("*") if p.is_file()) == sorted(written)
    address = written[0] if len(written) == 1 else written[0].parent
    opened = open_source(address, clock=ManualClock())
    again = list(opened.frames())
    expected = list(recording.frames())
    assert len(again) == len(expected)
    for frame, original in zip(again, expected, strict=True):
        assert frame.time_s == pytest.approx(original.time_s - recording.start_s, abs=1e-4)
        assert np.array_equal(frame.luma, original.luma)
    opened.close()


def test_recording_may_be_read_in_other_threads_at_once(reading: Reading, tmp_path: Path) -> None:
    recording = reading.source.recording(0.5, 1.3)
    with ThreadPoolExecutor(2) as pool:
        decoded = pool.submit(lambda: [frame.time_s for frame in recording.frames()])
        written = pool.submit(recording.write_to, tmp_path)
    assert decoded.result()[0] == pytest.approx(recording.start_s, abs=1e-6)
    assert written.result()


def test_span_that_was_never_seen_is_refused(reading: Reading) -> None:
    with pytest.raises(NotHeld, match="from 500.00 s to 501.00 s"):
        reading.source.recording(500.0, 501.0)


def test_recording_outlives_its_source_and_closing_twice_is_safe(reading: Reading, tmp_path: Path) -> None:
    recording = reading.source.recording(0.5, 1.3)
    reading.source.close()
    reading.source.close()
    assert list(reading.source.frames()) == []
    assert len(list(recording.frames())) >= 20
    assert recording.write_to(tmp_path)

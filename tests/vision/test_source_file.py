"""Recorded files, sound and damaged."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from tests.vision.clips import HEIGHT_PX, WIDTH_PX, encode, even_ms, pictures, sound
from vision.errors import NoFrames, NotAVideo, SizeChanged, SourceNotFound
from vision.source_file import FileSource


@pytest.mark.parametrize(("display_deg", "clockwise_deg"), [(-90, 90), (90, 270), (180, 180)])
def test_rotation_in_the_file_is_undone(tmp_path: Path, display_deg: int, clockwise_deg: int) -> None:
    drawn = pictures(12)
    source = FileSource(encode(tmp_path / "turned.mp4", drawn, even_ms(12), rotation_deg=display_deg))
    frame = list(source.frames())[5]
    upright = np.rot90(drawn[5], -clockwise_deg // 90)
    assert source.info.rotation_deg == clockwise_deg
    assert (source.info.height, source.info.width) == upright.shape == frame.luma.shape
    assert np.abs(frame.luma.astype(int) - upright).mean() < 12
    assert frame.to_bgr().shape == (*upright.shape, 3)
    assert frame.luma.flags.c_contiguous
    written = source.recording(0.0, 0.3).write_to(tmp_path / "out")
    assert FileSource(written[0]).info.rotation_deg == clockwise_deg


def test_luma_is_a_view_of_the_decoders_memory(tmp_path: Path) -> None:
    frame = next(FileSource(encode(tmp_path / "a.mp4", pictures(3), even_ms(3))).frames())
    assert not frame.luma.flags.owndata
    assert frame.luma.strides[0] >= WIDTH_PX
    assert frame.luma.strides[1] == 1


def test_wall_clock_time_comes_from_the_file(tmp_path: Path) -> None:
    clip = encode(tmp_path / "a.mp4", pictures(5), even_ms(5), created="2026-03-01T08:30:00+08:00")
    frames = list(FileSource(clip).frames())
    assert frames[0].utc == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert frames[4].utc == datetime(2026, 3, 1, 0, 30, 0, 160_000, tzinfo=UTC)


@pytest.mark.parametrize("created", [None, "1970-01-01T00:00:00Z", "yesterday"])
def test_recorder_without_a_clock_tells_no_wall_clock_time(tmp_path: Path, created: str | None) -> None:
    clip = encode(tmp_path / "a.mkv", pictures(3), even_ms(3), created=created)
    assert all(frame.utc is None for frame in FileSource(clip).frames())


def test_repeated_pictures_are_marked(tmp_path: Path) -> None:
    drawn = [picture for i, picture in enumerate(pictures(20)) for _ in range(1 + i % 2)]
    source = FileSource(encode(tmp_path / "retimed.mp4", drawn, even_ms(30), g="250"))
    repeats = [frame.index for frame in source.frames() if frame.is_repeat]
    assert repeats == list(range(5, 30, 3))
    assert source.counts.repeats == 9


def test_file_that_was_cut_off_ends_where_it_was_cut(tmp_path: Path) -> None:
    whole = encode(tmp_path / "whole.mp4", pictures(40), even_ms(40), movflags="+faststart")
    with (
        av.open(whole) as container,
        av.open(tmp_path / "fast.mp4", "w", container_options={"movflags": "+faststart"}) as output,
    ):
        written = output.add_stream_from_template(container.streams.video[0])
        for packet in container.demux(video=0):
            if packet.size:
                packet.stream = written
                output.mux(packet)
    data = (tmp_path / "fast.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 6 // 10])
    frames = list(FileSource(cut).frames())
    assert 15 <= len(frames) < 30
    assert frames[-1].time_s == pytest.approx(0.04 * (len(frames) - 1))


def _blank(clip: Path, which: slice) -> None:
    """Overwrite packets of an AVI file with zeros; each follows a chunk header of 8 bytes."""
    with av.open(clip) as container:
        spots = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.pos is not None]
    data = bytearray(clip.read_bytes())
    for position, size in spots[which]:
        data[position + 8 : position + 8 + size] = bytes(size)
    clip.write_bytes(data)


def test_damage_inside_is_skipped_and_counted(tmp_path: Path) -> None:
    clip = encode(tmp_path / "a.avi", pictures(40), even_ms(40), codec="mjpeg", pixels="yuvj420p")
    _blank(clip, slice(10, 14))
    source = FileSource(clip)
    frames = list(source.frames())
    assert source.counts.damaged_packets == 4
    assert len(frames) == 36
    assert frames[10].time_s - frames[9].time_s == pytest.approx(0.2, abs=0.01)


def test_size_that_changes_on_the_way_is_an_error(tmp_path: Path) -> None:
    small = encode(tmp_path / "small.ts", pictures(10), even_ms(10))
    large = encode(tmp_path / "large.ts", [np.tile(p, (2, 2)) for p in pictures(10)], [ms + 400 for ms in even_ms(10)])
    with small.open("ab") as joined:
        joined.write(large.read_bytes())
    with pytest.raises(SizeChanged, match=f"from {WIDTH_PX} x {HEIGHT_PX} to {2 * WIDTH_PX} x {2 * HEIGHT_PX} pixels"):
        list(FileSource(small).frames())


def test_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"gone\.mp4: no such file"):
        FileSource(tmp_path / "gone.mp4")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""),
        ("noise.mp4", np.random.default_rng(0).bytes(5000)),
        ("notes.txt", b"a text is no film\n" * 40),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", b"ffconcat version 1.0\nfile other.mp4\n"),
    ],
)
def test_what_is_no_recording_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    encode(tmp_path / "other.mp4", pictures(3), even_ms(3))
    shutil.copy(tmp_path / "other.mp4", tmp_path / "other.ts")
    with pytest.raises(NotAVideo, match=name):
        FileSource(tmp_path / name)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(NotAVideo, match=r"sound\.wav: no video stream"):
        FileSource(sound(tmp_path / "sound.wav"))


def test_video_of_which_nothing_decodes_has_no_frames(tmp_path: Path) -> None:
    clip = encode(tmp_path / "a.avi", pictures(4), even_ms(4), codec="mjpeg", pixels="yuvj420p")
    _blank(clip, slice(None))
    with pytest.raises(NoFrames, match="not one frame decodes"):
        FileSource(clip)


def test_pictures_without_times_are_said_to_have_none(tmp_path: Path) -> None:
    clip = encode(tmp_path / "raw.h264", pictures(10), even_ms(10), bf="2", preset="veryfast")
    with pytest.raises(NoFrames, match="carry no times"):
        FileSource(clip)


def test_closing_in_the_middle_ends_the_frames(tmp_path: Path) -> None:
    source = FileSource(encode(tmp_path / "a.mp4", pictures(40), even_ms(40)))
    frames = source.frames()
    next(frames)
    next(frames)
    source.close()
    assert len(list(frames)) <= 1

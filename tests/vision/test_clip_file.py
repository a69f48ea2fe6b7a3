"""Time stamps for muxing, and files that appear only when they are whole."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.vision.clips import encode, even_ms, pictures
from vision.clip_file import decoding_order_stamps
from vision.errors import RecordingNotWritten
from vision.packet import EncodedPacket
from vision.source_file import FileSource


def _packets(*stamps: tuple[int | None, int | None]) -> list[EncodedPacket]:
    return [EncodedPacket(b"x", pts, dts, 40, i == 0) for i, (pts, dts) in enumerate(stamps)]


def test_stamps_of_a_file_stay_as_they_are() -> None:
    given = [(0, -80), (120, -40), (40, 0), (80, 40)]
    assert decoding_order_stamps(_packets(*given)) == given


def test_camera_without_decoding_times_gets_them_from_the_order_of_presentation() -> None:
    # Shown 0 40 80 120, decoded 0 120 40 80: the picture at 80 comes last, two places late, so all move back by 40.
    stamps = decoding_order_stamps(_packets((0, None), (120, None), (40, None), (80, None)))
    assert stamps == [(0, -40), (120, 0), (40, 40), (80, 80)]


def test_camera_that_reorders_nothing_decodes_when_it_shows() -> None:
    assert decoding_order_stamps(_packets((0, None), (40, None), (80, None))) == [(0, 0), (40, 40), (80, 80)]


@pytest.mark.parametrize(
    "stamps",
    [
        [(0, 0), (40, 40), (40, 40), (80, 80)],
        [(0, 0), (None, None), (80, 80)],
        [(0, None), (0, None), (0, None)],
        [(0, 0), (40, 90), (80, 80)],
    ],
)
def test_broken_stamps_are_made_fit_for_a_container(stamps: list[tuple[int | None, int | None]]) -> None:
    made = decoding_order_stamps(_packets(*stamps))
    assert all(before[1] < after[1] for before, after in pairwise(made))
    assert all(dts <= pts for pts, dts in made)


def test_recording_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    source = FileSource(encode(tmp_path / "a.mp4", pictures(10), even_ms(10)))
    list(source.frames())
    folder = tmp_path / "out"
    (folder / "clip.mp4").mkdir(parents=True)
    with pytest.raises(RecordingNotWritten, match=r"clip\.mp4: the recording could not be written"):
        source.recording(0.0, 1.0).write_to(folder)
    assert [path.name for path in folder.iterdir()] == ["clip.mp4"]


def test_codec_that_mp4_cannot_hold_goes_into_another_container(tmp_path: Path) -> None:
    source = FileSource(encode(tmp_path / "a.mkv", pictures(10), even_ms(10), codec="libvpx", deadline="realtime"))
    frames = list(source.frames())
    written = source.recording(0.0, 1.0).write_to(tmp_path / "out")
    assert [path.name for path in written] == ["clip.mkv"]
    again = list(FileSource(written[0]).frames())
    assert all((a.luma == b.luma).all() for a, b in zip(again, frames, strict=True))

"""Folders of images."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.clips import pictures
from vision.errors import BadTimes, NoFrames, NotHeld, SizeChanged, SourceNotFound
from vision.source_images import ImagesSource


def _folder(tmp_path: Path, names: list[str]) -> Path:
    for name, picture in zip(names, pictures(len(names)), strict=True):
        cv2.imwrite(str(tmp_path / name), picture)
    return tmp_path


def test_images_come_in_the_natural_order_of_their_names(tmp_path: Path) -> None:
    names = ["frame_2.png", "frame_10.png", "frame_1.png"]
    frames = list(ImagesSource(_folder(tmp_path, names)).frames())
    tops = [int(np.argwhere(frame.luma > 190)[0][0]) for frame in frames]
    assert tops == [8, 4, 6]  # drawn in the order of `names`, 2 px lower each


def test_times_follow_the_rate_that_is_given(tmp_path: Path) -> None:
    source = ImagesSource(_folder(tmp_path, ["1.bmp", "2.jpg", "3.tif"]), fps=29.97)
    assert [frame.time_s for frame in source.frames()] == pytest.approx([0, 100 / 2997, 200 / 2997])


def test_times_come_from_the_table_beside_the_images(tmp_path: Path) -> None:
    _folder(tmp_path, ["1.png", "2.png", "3.png"])
    (tmp_path / "times.csv").write_text("name,time_s\n1.png,100.25\n3.png,100.75\n2.png,100.350001\n")
    frames = list(ImagesSource(tmp_path).frames())
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.100001, 0.5], abs=1e-9)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,time_s\n1.png,0\n", r"no time for 2\.png"),
        ("name,time_s\n1.png,1.0\n2.png,0.5\n", r"2\.png is not later than 1\.png"),
        ("name,time_s\n1.png,0\n2.png,soon\n", "line 3: needs the columns name and time_s"),
        ("file,seconds\n1.png,0\n2.png,1\n", "line 2: needs the columns"),
    ],
)
def test_table_of_times_that_is_wrong_says_where(tmp_path: Path, table: str, message: str) -> None:
    _folder(tmp_path, ["1.png", "2.png"])
    (tmp_path / "times.csv").write_text(table)
    with pytest.raises(BadTimes, match=message):
        ImagesSource(tmp_path)


def test_broken_image_is_left_out_and_counted_and_the_others_keep_their_times(tmp_path: Path) -> None:
    _folder(tmp_path, ["1.png", "2.png", "3.png"])
    (tmp_path / "2.png").write_bytes(b"no image")
    source = ImagesSource(tmp_path)
    assert [frame.time_s for frame in source.frames()] == pytest.approx([0, 0.08])
    assert source.counts.damaged_packets == 1
    assert [frame.time_s for frame in source.recording(0.0, 1.0).frames()] == pytest.approx([0, 0.08])


def test_broken_first_image_does_not_shift_recordings(tmp_path: Path) -> None:
    _folder(tmp_path, ["1.png", "2.png", "3.png"])
    (tmp_path / "1.png").write_bytes(b"no image")
    source = ImagesSource(tmp_path)
    times_s = [frame.time_s for frame in source.frames()]
    assert times_s == pytest.approx([0, 0.04])
    recording = source.recording(0.0, 1.0)
    assert recording.start_s == 0
    assert [frame.time_s for frame in recording.frames()] == times_s


def test_images_of_two_sizes_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    _folder(tmp_path, ["1.png", "2.png"])
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((50, 60), np.uint8))
    with pytest.raises(SizeChanged, match=r"2\.png: 60 x 50 pixels, but the images before it have 160 x 96"):
        list(ImagesSource(tmp_path).frames())


def test_recording_that_runs_into_an_image_of_another_size_says_so_too(tmp_path: Path) -> None:
    _folder(tmp_path, ["1.png", "2.png"])
    cv2.imwrite(str(tmp_path / "3.png"), np.zeros((10, 20), np.uint8))
    source = ImagesSource(tmp_path)
    with pytest.raises(SizeChanged):
        list(source.frames())
    with pytest.raises(SizeChanged, match=r"3\.png: 20 x 10 pixels"):
        list(source.recording(0.0, 10.0).frames())


def test_folder_without_images_has_no_frames(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(NoFrames, match=r"\.jpg"):
        ImagesSource(tmp_path)
    with pytest.raises(SourceNotFound, match="no such folder"):
        ImagesSource(tmp_path / "gone")


def test_originals_are_the_very_files(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    source = ImagesSource(_folder(folder, [f"{i}.jpg" for i in range(10)]))
    written = source.recording(0.1, 0.2).write_to(tmp_path / "evidence")
    assert [path.relative_to(tmp_path / "evidence").as_posix() for path in written] == [
        f"originals/{i}.jpg" for i in (2, 3, 4, 5)
    ]
    assert all(path.read_bytes() == (folder / path.name).read_bytes() for path in written)
    with pytest.raises(NotHeld, match=r"ends at 0\.36 s"):
        source.recording(1.0, 2.0)


def test_colour_is_read_from_the_file_when_asked_for(tmp_path: Path) -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    image[:, :, 2] = 200
    cv2.imwrite(str(tmp_path / "red.png"), image)
    frame = next(ImagesSource(tmp_path).frames())
    assert np.array_equal(frame.to_bgr(), image)
    (tmp_path / "red.png").unlink()
    with pytest.raises(SourceNotFound, match=r"red\.png: the image is gone"):
        frame.to_bgr()

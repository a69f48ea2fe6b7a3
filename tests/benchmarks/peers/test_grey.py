"""Pictures as the peers decode them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.errors import DatasetError
from benchmarks.peers.grey import grey_frames
from tests.benchmarks.made import square_path, write_clip
from tests.vision.clips import encode, even_ms, pictures


def test_pictures_have_the_frames_size_and_times_from_zero(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", width=162, height=120)
    frames = list(grey_frames(tmp_path / "a.mp4"))
    assert [frame.time_s for frame in frames] == pytest.approx([point.time_s for point in square_path()])
    assert {frame.grey.shape for frame in frames} == {(120, 162)}
    rows, columns = np.nonzero(frames[3].grey > 150)
    assert (rows.mean(), columns.mean()) == pytest.approx((43.5, 79.5), abs=1.0)


@pytest.mark.parametrize("display_deg", [0, -90, 90, 180])
def test_turned_recording_is_seen_upright(display_deg: int, tmp_path: Path) -> None:
    drawn = pictures(4)
    frames = list(grey_frames(encode(tmp_path / "a.mp4", drawn, even_ms(4), rotation_deg=display_deg)))
    upright = np.rot90(drawn[2], display_deg // 90)
    assert frames[2].grey.shape == upright.shape
    assert np.abs(frames[2].grey.astype(int) - upright).mean() < 12


def test_folder_of_images_is_read_in_order(tmp_path: Path) -> None:
    for n in range(3):
        cv2.imwrite(str(tmp_path / f"{n}.png"), np.full((48, 64), 60 * n, np.uint8))
    frames = list(grey_frames(tmp_path))
    assert [int(frame.grey[0, 0]) for frame in frames] == [0, 60, 120]
    assert [frame.time_s for frame in frames] == pytest.approx([0.0, 0.04, 0.08])


def test_file_without_video_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "words.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nnothing to see\n")
    with pytest.raises(DatasetError, match=r"words\.srt: holds no video"):
        list(grey_frames(tmp_path / "words.srt"))

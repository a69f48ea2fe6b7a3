"""Crops along a path show the thing before, at and after each time."""

import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest

from droptrace.cut_child import cut_apart
from droptrace.cutting import CutJob, cut_path
from droptrace.errors import CutFailedError
from models.crop import CROP_PX
from tests.droptrace.processes import wait_until
from tests.journeys import clip
from vision.errors import NotAVideo

FRAME_PX = (clip.WIDTH, clip.HEIGHT)
MIDDLE = CROP_PX // 2


@pytest.fixture(scope="module")
def falling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    clip.write_clip(path)
    return path


def job_of(path: Path, points: list[list[float]] | None = None, start_s: float = clip.START_S) -> CutJob:
    points = clip.path() if points is None else points
    return CutJob(path, start_s, FRAME_PX, tuple((t, x, y) for t, x, y in points))


def test_thing_is_in_the_middle_now_above_before_and_below_after(falling: Path) -> None:
    cuttings = cut_path(job_of(falling))
    assert len(cuttings) == 12
    for cutting in cuttings[6:]:  # by then it falls further in a frame than it is large
        before, now, after = (cutting.crop[:, :, channel].astype(int) for channel in range(3))
        assert now[MIDDLE - 1 : MIDDLE + 2, MIDDLE - 1 : MIDDLE + 2].min() > 200
        assert max(before[MIDDLE, MIDDLE], after[MIDDLE, MIDDLE]) < 190
        # What was light before, and is no longer, is above; what will be is below.
        assert np.argmax((before - now).max(axis=1)) < MIDDLE - 3
        assert np.argmax((after - now).max(axis=1)) > MIDDLE + 3


def test_crops_are_spread_over_the_path_from_its_first_to_its_last_point(falling: Path) -> None:
    cuttings = cut_path(job_of(falling))
    heights_px = [cutting.centre_px[1] for cutting in cuttings]
    path = clip.path()
    assert heights_px == sorted(heights_px)
    assert heights_px[0] == pytest.approx(path[0][2], abs=1.5)
    assert heights_px[-1] == pytest.approx(path[-1][2], abs=1.5)


def test_size_is_that_of_what_moved_there(falling: Path) -> None:
    sizes_px = [cutting.size_px for cutting in cut_path(job_of(falling))[1:]]
    # A disc of radius 3, with soft edges.
    assert np.median(sizes_px) == pytest.approx(8.0, abs=1.5)


def test_times_of_the_path_are_those_of_the_source(falling: Path) -> None:
    moved = [[time_s + 100.0, x_px, y_px] for time_s, x_px, y_px in clip.path()]
    cuttings = cut_path(job_of(falling, moved, clip.START_S + 100.0))
    assert [cutting.window for cutting in cuttings] == [cutting.window for cutting in cut_path(job_of(falling))]
    assert cut_path(job_of(falling, moved)) == []


def test_points_outside_the_picture_or_without_a_frame_on_both_sides_are_left_out(falling: Path) -> None:
    ends_s = clip.START_S + 4.0 - 1 / clip.RATE
    points = [
        [clip.START_S, 100.0, 100.0],  # no frame before
        [clip.START_S + 0.4, 1e300, 100.0],
        [clip.START_S + 0.48, 100.0, float(clip.HEIGHT)],
        [clip.START_S + 0.5, 100.0, 100.0],  # between two frames
        [clip.START_S + 0.56, 100.0, 100.0],
        [ends_s, 100.0, 100.0],  # no frame after
    ]
    (cutting,) = cut_path(job_of(falling, points))
    assert (cutting.centre_px, cutting.size_px) == ((100.0, 100.0), 4.0)  # nothing moved there


def test_clip_of_another_size_is_refused(falling: Path) -> None:
    job = CutJob(falling, clip.START_S, (1920, 1080), job_of(falling).path)
    with pytest.raises(NotAVideo, match="pictures are 960 x 540 pixels, but the path was seen in 1920 x 1080"):
        cut_path(job)


def test_other_process_cuts_the_same(falling: Path) -> None:
    here, there = cut_path(job_of(falling)), cut_apart(job_of(falling))
    assert [one.window for one in here] == [one.window for one in there]
    np.testing.assert_array_equal([one.crop for one in here], [one.crop for one in there])


@pytest.mark.parametrize(
    ("content", "why"), [(b"no video at all\n" * 50, "cannot be read as a video"), (b"", "cannot be read")]
)
def test_file_that_is_no_clip_is_told(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(CutFailedError, match=why):
        cut_apart(job_of(path))


def test_decoder_that_dies_is_told(falling: Path) -> None:
    def kill() -> None:
        wait_until(multiprocessing.active_children)
        for child in multiprocessing.active_children():
            child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(CutFailedError, match=r"decoder's process died \(signal SIGKILL\).*leave it out"):
        cut_apart(job_of(falling))
    killer.join()


def test_decoder_that_does_not_end_is_ended(falling: Path) -> None:
    with pytest.raises(CutFailedError, match="did not come to an end within 0 s"):
        cut_apart(job_of(falling), longest_s=0.0)
    assert multiprocessing.active_children() == []

"""Boxes by hand, and the data set that is written of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.crop import CROP_PX, Window, spread
from models.errors import ModelError
from models.labels import DatasetWriter, Label, LabelledCrop, split_of, yolo_lines
from models.mosaic import CELLS, MOSAIC_PX, cell_at, corner_px
from models.motion_class import CLASSES, MotionClass

BIRD = MotionClass.BIRD


def crop_of(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (CROP_PX, CROP_PX, 3), np.uint8)


def test_speck_in_the_middle_has_the_smallest_box() -> None:
    # The window of a thing at 100 begins at 78; the middle of pixel 100 is at 22.5 of the crop.
    label = Label.of(BIRD, Window.around(100.0, 50.0, 3.0), (100.0, 50.0), (3.0, 2.0))
    assert label == Label(BIRD, (16.5, 16.5, 28.5, 28.5))


def test_box_is_the_extent_with_four_pixels_around() -> None:
    label = Label.of(BIRD, Window.around(100.0, 50.0, 12.0), (100.0, 50.0), (12.0, 6.0))
    assert label == Label(BIRD, (12.5, 15.5, 32.5, 29.5))


def test_extent_is_divided_by_the_reduction_and_the_padding_is_not() -> None:
    # 40 px go into the crop at a quarter: 10 px, 18 with the padding, about (88 + 0.5) / 4.
    window = Window.around(300.0, 200.0, 40.0)
    assert window.reduction == 4
    label = Label.of(BIRD, window, (300.0, 200.0), (40.0, 20.0))
    assert label == Label(BIRD, (13.125, 15.625, 31.125, 28.625))


def test_box_is_clipped_to_the_crop() -> None:
    # Its middle is at 40.5 of 44: of 12 px 9.5 are seen.
    label = Label.of(BIRD, Window(0, 0, 1), (40.0, 21.5), (12.0, 12.0))
    assert label == Label(BIRD, (30.5, 12.0, 44.0, 32.0))


@pytest.mark.parametrize(("x_px", "is_kept"), [(45.4, True), (45.6, False), (-2.4, True), (-2.6, False)])
def test_thing_of_which_less_than_three_tenths_are_seen_is_left_out(x_px: float, is_kept: bool) -> None:
    # A thing of 10 px with its middle 2 px beyond the border is seen to 30 %: 3 of 10 px.
    label = Label.of(BIRD, Window(0, 0, 1), (x_px, 21.5), (10.0, 10.0))
    assert (label is not None) == is_kept


def test_corner_of_a_thing_counts_by_its_area() -> None:
    # Half of each side is seen: a quarter of the area.
    assert Label.of(BIRD, Window(0, 0, 1), (-0.5, -0.5), (10.0, 10.0)) is None
    assert Label.of(BIRD, Window(0, 0, 1), (-0.5, 21.5), (10.0, 10.0)) is not None


def test_thing_without_size_has_a_box_where_it_is_and_none_where_it_is_not() -> None:
    assert Label.of(BIRD, Window(0, 0, 8), (8.0, 8.0), (0.0, 0.0)) == Label(BIRD, (0.0, 0.0, 7.0625, 7.0625))
    assert Label.of(BIRD, Window(0, 0, 1), (46.0, 21.5), (0.0, 0.0)) is None


def test_lines_are_shares_of_the_mosaic() -> None:
    # Cell 9 is in the second row and column: its crop begins at 48 + 2 of 384.
    labels: list[list[Label]] = [[] for _ in range(10)]
    labels[9] = [Label(BIRD, (18.0, 16.0, 26.0, 28.0)), Label(MotionClass.PERSON, (0.0, 0.0, 44.0, 44.0))]
    assert yolo_lines(labels) == [
        "1 0.187500 0.187500 0.020833 0.031250",
        "6 0.187500 0.187500 0.114583 0.114583",
    ]


def test_lines_lie_in_the_cells_of_their_crops() -> None:
    lines = yolo_lines([[Label(BIRD, (0.0, 0.0, 8.0, 8.0)), Label(BIRD, (36.0, 36.0, 44.0, 44.0))]] * CELLS)
    places = [[float(value) * MOSAIC_PX for value in line.split()[1:3]] for line in lines]
    assert [cell_at(*place) for place in places] == [cell for cell in range(CELLS) for _ in range(2)]


def test_crops_come_back_from_the_mosaics_with_their_channels(tmp_path: Path) -> None:
    writer = DatasetWriter(tmp_path)
    writer.add("train", [(crop_of(index), [Label(BIRD, (18.0, 18.0, 26.0, 26.0))]) for index in range(CELLS + 1)])
    writer.add("val", [(crop_of(200), [])])
    writer.close()
    assert files_of(tmp_path) == [
        "data.yaml",
        "images/train/mosaic-000000.png",
        "images/train/mosaic-000001.png",
        "images/val/mosaic-000000.png",
        "labels/train/mosaic-000000.txt",
        "labels/train/mosaic-000001.txt",
        "labels/val/mosaic-000000.txt",
    ]
    for name, cell, value in [("train/mosaic-000000", 63, 63), ("train/mosaic-000001", 0, 64)]:
        picture = cv2.imread(str(tmp_path / "images" / f"{name}.png"), cv2.IMREAD_COLOR)
        assert picture is not None
        left_px, top_px = corner_px(cell)
        cut = picture[top_px : top_px + CROP_PX, left_px : left_px + CROP_PX]
        np.testing.assert_array_equal(cut, spread(crop_of(value)))
    counts = [len((tmp_path / "labels" / "train" / f"mosaic-00000{n}.txt").read_text().splitlines()) for n in (0, 1)]
    assert counts == [CELLS, 1]
    assert (tmp_path / "labels" / "val" / "mosaic-000000.txt").read_bytes() == b""


def test_full_mosaics_are_written_at_once_and_the_description_last(tmp_path: Path) -> None:
    writer = DatasetWriter(tmp_path)
    writer.add("train", [(crop_of(0), [])] * (CELLS - 1))
    assert files_of(tmp_path) == []
    writer.add("train", [(crop_of(0), [])])
    assert files_of(tmp_path) == ["images/train/mosaic-000000.png", "labels/train/mosaic-000000.txt"]
    writer.close()
    assert len(files_of(tmp_path)) == 3


def test_description_names_all_splits_and_all_classes_and_can_be_moved(tmp_path: Path) -> None:
    DatasetWriter(tmp_path).close()
    assert (tmp_path / "data.yaml").read_text() == (
        'path: ""\ntrain: images/train\nval: images/val\ntest: images/test\nnames:\n'
        "  0: falling_object\n  1: bird\n  2: insect\n  3: leaf_or_paper\n"
        "  4: rain_or_snow\n  5: cloth\n  6: person\n  7: lamp_or_reflection\n"
    )
    assert len(CLASSES) == 8
    assert all((tmp_path / "images" / split).is_dir() for split in ("train", "val", "test"))


def test_what_an_earlier_run_left_is_gone_and_other_files_stay(tmp_path: Path) -> None:
    crops: list[LabelledCrop] = [(crop_of(0), [])]
    first = DatasetWriter(tmp_path)
    first.add("train", crops * (2 * CELLS))
    first.close()
    cache, other = tmp_path / "labels" / "train.cache", tmp_path / "images" / "train" / "mine.png"
    for path in (cache, other):
        path.touch()
    second = DatasetWriter(tmp_path)
    assert files_of(tmp_path) == ["images/train/mine.png"]
    second.add("val", crops)
    second.close()
    assert files_of(tmp_path) == [
        "data.yaml",
        "images/train/mine.png",
        "images/val/mosaic-000000.png",
        "labels/val/mosaic-000000.txt",
    ]


def test_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ModelError, match=r"out: cannot be written \(.+\); make room, or choose another folder"):
        DatasetWriter(tmp_path / "out")


def test_one_name_in_five_is_for_validation_and_always_the_same() -> None:
    splits = [split_of(f"incident-{number}") for number in range(2000)]
    assert splits.count("val") == pytest.approx(400, abs=60)
    # Another order of bytes or another digest would move things to the other side.
    assert [number for number, split in enumerate(splits[:20]) if split == "val"] == [12, 17, 19]


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

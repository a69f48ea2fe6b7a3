"""FADE's form and FADE's measures, worked by hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.dataset import read_datasets
from benchmarks.errors import DatasetError
from benchmarks.fade import count_hits, iou, measure_fade, read_fade, temporal_overlap
from benchmarks.found import parse_found
from benchmarks.scoring import score_clip
from benchmarks.summary import summarise
from benchmarks.truth import TrueBox
from tests.benchmarks.made import HD, along, clip_truth, line, true_fall, true_path

OBJECT = (
    "<object><name>{name}</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox>"
    "</object>"
)


def write_video(folder: Path, boxes: dict[int, list[tuple[str, tuple[int, int, int, int]]]], frames: int = 12) -> Path:
    (folder / "JPEGImages").mkdir(parents=True)
    (folder / "Annotations").mkdir()
    for number in range(1, frames + 1):
        cv2.imwrite(str(folder / "JPEGImages" / f"frame{number}.jpg"), np.full((48, 64), 90, np.uint8))
    for number, labelled in boxes.items():
        objects = "".join(OBJECT.format(*corners, name=name) for name, corners in labelled)
        (folder / "Annotations" / f"frame{number}.xml").write_text(f"<annotation>{objects}</annotation>")
    return folder


def test_boxes_become_a_path_in_the_order_of_frame_numbers(tmp_path: Path) -> None:
    boxes = {n: [("bottle", (10, 2 * n, 14, 2 * n + 6))] for n in (2, 9, 10, 11)}
    clip = read_fade(write_video(tmp_path / "7", boxes), "fade")
    assert (clip.name, clip.clip.name, clip.site) == ("7", "JPEGImages", None)
    assert [fall.kind for fall in clip.falls] == ["bottle"]
    assert [(p.time_s, p.x_px, p.y_px, p.size_px) for p in clip.falls[0].path] == [
        pytest.approx(expected)
        for expected in [(0.04, 12, 7, 6), (0.32, 12, 21, 6), (0.36, 12, 23, 6), (0.4, 12, 25, 6)]
    ]


def test_two_objects_of_a_frame_become_two_falls(tmp_path: Path) -> None:
    boxes = {n: [("cup", (50, n, 52, n + 2)), ("cup", (10, n, 12, n + 2))] for n in (1, 2, 3)}
    falls = read_fade(write_video(tmp_path / "8", boxes), "fade").falls
    assert sorted((fall.path[0].x_px, len(fall.path)) for fall in falls) == [(11.0, 3), (51.0, 3)]


def test_dataset_of_fade_folders_is_found_below_a_folder(tmp_path: Path) -> None:
    write_video(tmp_path / "fade" / "1", {1: [("cup", (1, 1, 3, 3))]})
    write_video(tmp_path / "fade" / "2", {})
    assert [(clip.suite, clip.name, len(clip.falls)) for clip in read_datasets([tmp_path])] == [
        ("fade", "1", 1),
        ("fade", "2", 0),
    ]


def test_wrong_annotation_names_the_file(tmp_path: Path) -> None:
    folder = write_video(tmp_path / "9", {1: [("cup", (5, 5, 3, 3))]})
    with pytest.raises(DatasetError, match=r"frame1\.xml: object\[0\]\.bndbox: ends before it begins"):
        read_fade(folder, "fade")
    (folder / "Annotations" / "frame1.xml").write_text("<annotation>")
    with pytest.raises(DatasetError, match=r"frame1\.xml: is not an annotation"):
        read_fade(folder, "fade")


def test_annotation_of_a_frame_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    folder = write_video(tmp_path / "9", {99: [("cup", (1, 1, 3, 3))]})
    with pytest.raises(DatasetError, match="names frame 99, but the recording has frames 1 to 12"):
        read_fade(folder, "fade")


def test_overlap_in_time_is_shared_frames_over_covered_frames() -> None:
    truth = clip_truth(true_fall(true_path(10)))  # frames 0..9
    found = parse_found(line(along(true_path(16)[6:])))  # frames 6..15
    assert temporal_overlap(truth, [found], 0.1) == pytest.approx(4 / 16)


def test_overlap_in_time_spans_all_falls_of_a_clip() -> None:
    truth = clip_truth(true_fall(true_path(2)), true_fall(true_path(10)[8:]))
    found = [parse_found(line(along(true_path(2)))), parse_found(line(along(true_path(10)[8:])))]
    assert temporal_overlap(truth, found, 0.1) == pytest.approx(1.0)


def test_nothing_found_overlaps_by_zero_and_nothing_falling_is_not_measured() -> None:
    assert temporal_overlap(clip_truth(true_fall(true_path(5))), [], 0.1) == 0.0
    assert temporal_overlap(clip_truth(), [], 0.1) is None
    early = parse_found(line([(-9.0, 1.0, 1.0), (-8.0, 1.0, 2.0)]))
    assert temporal_overlap(clip_truth(true_fall(true_path(5))), [early], 0.1) == 0.0


def test_intersection_over_union_of_boxes_shifted_by_half() -> None:
    assert iou(TrueBox(0, 0, 0, 4, 4), TrueBox(0, 2, 0, 6, 4)) == pytest.approx(1 / 3)
    assert iou(TrueBox(0, 0, 0, 4, 4), TrueBox(0, 5, 0, 6, 4)) == 0.0
    assert iou(TrueBox(0, 0, 0, 0, 0), TrueBox(0, 0, 0, 0, 0)) == 0.0


def test_boxes_hit_from_three_tenths_on_in_their_own_frame_and_once() -> None:
    labelled = [TrueBox(1.0, 0, 0, 10, 10)]
    just_enough, too_little = TrueBox(1.0, 0, 0, 10, 3), TrueBox(1.0, 0, 0, 10, 2.9)
    assert count_hits(labelled, [just_enough], 0.1) == 1
    assert count_hits(labelled, [too_little], 0.1) == 0
    assert count_hits(labelled, [labelled[0], labelled[0]], 0.1) == 1
    assert count_hits(labelled, [TrueBox(1.1, 0, 0, 10, 10)], 0.1) == 0


def test_boxes_are_measured_only_where_sizes_were_printed() -> None:
    path = true_path(10)
    truth = clip_truth(true_fall(path))
    with_sizes = parse_found(line(along(path), path_size_px=[4.0] * 10))
    without = parse_found(line(along(path)))
    measured = measure_fade(truth, [with_sizes], 0.1)
    assert (measured.box_hits, measured.boxes_found) == (10, 10)
    assert measure_fade(truth, [with_sizes, without], 0.1).box_hits is None


def test_box_totals_are_told_only_where_every_size_is_known() -> None:
    path = true_path(10)
    sized = score_clip(clip_truth(true_fall(path)), [parse_found(line(along(path), path_size_px=[4.0] * 10))], HD)
    unsized = score_clip(clip_truth(), [parse_found(line(along(path)))], HD)
    assert summarise([sized]).fade.box_recall.value == 1.0
    assert summarise([sized, unsized]).fade.box_recall.value is None

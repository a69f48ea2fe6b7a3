"""Plots, pictures, table and page."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.found import FoundFall, parse_found
from benchmarks.gallery import false_alarms, misses
from benchmarks.heat_map import heat_map, shade, size_by_contrast, suite_by_class
from benchmarks.pictures import choose_points, miss_thumbnail, package_thumbnail
from benchmarks.plots import Bar, bar_chart, histogram, reliability_plot, stacked_bars
from benchmarks.rates import rate_text, wilson
from benchmarks.report import make_report
from benchmarks.results import Results, gather
from benchmarks.run_facts import RunFacts, collect_facts
from benchmarks.scoring import score_clip, score_failure
from benchmarks.summary import reliability
from benchmarks.table import make_table
from benchmarks.throughput import Cost, Throughput
from tests.benchmarks.made import HD, along, clip_truth, line, origin, square_path, true_fall, true_path, write_clip
from tracking.fall import PathPoint
from vision.clock import ManualClock

FACTS = RunFacts("0.1.0", "abc123", "2026-11-23T00:00:00+00:00", "Linux", "a processor", 2, 8.0, "3.11")
SPEED = Throughput("a.mp4", 1920, 1080, 10, (Cost(1.0, 1.0),), (Cost(1.25, 2.0),), 0.8, 0.5, 125.0)


def made_results() -> Results:
    path = true_path(20)
    truth = clip_truth(true_fall(path, floor=16, unit="03"), suite="clear", name="a<b")
    lines: list[FoundFall] = [
        parse_found(line(along(path), "good", origin=origin(17, "03"))),
        parse_found(line(along(path, dx_px=300.0), "bad", reasons=["it is a bird & more"])),
    ]
    failed = score_failure(clip_truth(true_fall(path), suite="night", name="n"), "decoder died")
    return gather(FACTS, [score_clip(truth, lines, HD), failed], [SPEED])


def decoded(jpeg: bytes | None) -> NDArray[np.uint8]:
    assert jpeg is not None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def test_page_needs_no_other_file_and_escapes_what_it_is_told(tmp_path: Path) -> None:
    results = made_results()
    page = make_report(results, [false_alarms(results.scores, lambda truth: tmp_path)])
    assert "a&lt;b" in page
    assert "it is a bird &amp; more" in page
    assert "a<b" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "url(" not in page
    assert "@import" not in page


def test_page_shows_figures_suites_plots_and_failures(tmp_path: Path) -> None:
    results = made_results()
    page = make_report(results, [misses(results.scores, ManualClock())])
    for words in (
        "1 of 2",
        "0.500",
        "night",
        "decoder died",
        "abc123",
        "1920 x 1080",
        "the clip failed",
        "1 clip failed",
    ):
        assert words in page
    assert page.count("<svg") == 7


def test_page_tells_recall_by_suite_size_and_kind() -> None:
    page = make_report(made_results(), [])
    for row in ("suite: clear", "size: 4-8 px", "kind: bottle"):
        assert f"<tr><td>{row}</td>" in page
    assert "Peers on the same clips" not in page


def test_page_of_nothing_at_all_is_still_a_page() -> None:
    page = make_report(gather(FACTS, []), [])
    assert "nothing to score" in page


def test_table_has_a_line_for_each_suite_and_one_for_all() -> None:
    lines = make_table(made_results()).splitlines()
    assert [one.split()[0] for one in lines[2:4]] == ["clear", "night"]
    assert lines[5].startswith("all")
    assert "0.500 1/2" in lines[5]
    assert (
        "throughput 1920 x 1080: 0.800 of decoding alone (CPU), 0.500 (wall), 125.00 ms a frame, median of 1" in lines
    )
    assert lines[-1] == "FAILED night/n: decoder died"
    assert len({len(one) for one in (lines[0], *lines[2:4], lines[5])}) == 1


def test_rate_of_nothing_is_a_dash() -> None:
    assert rate_text(wilson(0, 0)) == "-"
    assert rate_text(wilson(1, 3)) == "0.333 1/3"


def test_bar_is_as_long_as_its_share_and_its_label_is_escaped() -> None:
    svg = bar_chart({"a<b": [Bar(0.5, 0.25, 0.75, "red", "half")]}, 1.0, "t")
    assert 'width="150.0"' in svg
    assert "a&lt;b" in svg
    assert "M205.0" in svg
    assert "H355.0" in svg


def test_bars_without_value_or_scale_draw_no_bar() -> None:
    assert "<rect" not in bar_chart(
        {"x": [Bar(None, None, None, "red", "-"), Bar(0.0, None, None, "red", "0")]}, 0.0, "t"
    )


def test_highest_column_fills_the_histogram_and_half_is_half() -> None:
    svg = histogram({"-1": 2, "0": 4}, "t")
    assert re.findall(r'height="([\d.]+)" fill="(#\w+)"', svg) == [("65.0", "#dd8a1a"), ("130.0", "#2b6cb0")]


def test_honest_claim_lies_on_the_diagonal() -> None:
    svg = reliability_plot(reliability([(0.5, True), (0.5, False)]), "t")
    assert 'cx="150.0" cy="120.0"' in svg
    assert ">2</text>" in svg


def test_stacked_bar_is_made_of_its_parts_one_after_the_other() -> None:
    svg = stacked_bars({"9": [(3, "blue"), (1, "red")], "8": [(2, "blue")]}, "t")
    assert re.findall(r'x="([\d.]+)" y="2" width="([\d.]+)"', svg) == [("50.0", "150.0"), ("200.0", "50.0")]
    assert ">4</text>" in svg


def test_heat_map_has_a_cell_for_each_class_with_falls_and_its_sums() -> None:
    grid = size_by_contrast(made_results().strata)
    assert grid.columns == ("?", "all")
    assert [(name, [(rate.count, rate.total) for rate in rates]) for name, rates in grid.rows if rates[-1].total] == [
        ("4-8 px", [(1, 2), (1, 2)]),
        ("all", [(1, 2), (1, 2)]),
    ]
    svg = heat_map(grid)
    assert svg.count("<rect") == 4
    assert svg.count(">1/2</text>") == 4


def test_heat_map_of_suites_has_a_row_each() -> None:
    grid = suite_by_class(made_results().strata)
    assert [(name, rates[2].count, rates[2].total) for name, rates in grid.rows] == [("clear", 1, 1), ("night", 0, 1)]


def test_shades_run_from_red_over_yellow_to_green() -> None:
    assert (shade(0.2), shade(0.5), shade(0.85), shade(1.0)) == ("#cc423a", "#cc423a", "#eebd50", "#388e54")


def test_miss_is_shown_at_each_of_its_places(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", width=320, height=240)
    picture = decoded(miss_thumbnail(tmp_path / "a.mp4", true_fall(square_path()), ManualClock()))
    bright = np.flatnonzero(picture.mean(axis=2).max(axis=1) > 200)
    assert bright.max() - bright.min() > 80


def test_miss_in_a_clip_that_does_not_open_has_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    assert miss_thumbnail(tmp_path / "a.mp4", true_fall(square_path()), ManualClock()) is None


def test_miss_beyond_the_frame_is_shown_all_the_same(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4")
    outside = [PathPoint(i / 10, -900.0, -900.0, 4.0) for i in range(5)]
    assert miss_thumbnail(tmp_path / "a.mp4", true_fall(outside), ManualClock()) is not None


def test_points_are_chosen_evenly_along_the_way_and_not_in_time() -> None:
    slow_then_fast = [PathPoint(i / 10, 0.0, float(y), 4.0) for i, y in enumerate([*range(10), 100, 200, 300, 400])]
    chosen = choose_points(slow_then_fast)
    assert [p.y_px for p in chosen] == [0.0, 9.0, 100.0, 200.0, 300.0, 400.0]


def test_strobe_of_a_package_is_shrunk_and_found_where_the_packages_lie(tmp_path: Path) -> None:
    (tmp_path / "p1").mkdir()
    cv2.imwrite(str(tmp_path / "p1" / "strobe.jpg"), np.full((1080, 1920, 3), 90, np.uint8))
    assert decoded(package_thumbnail("elsewhere/p1", tmp_path)).shape == (236, 420, 3)
    assert package_thumbnail("elsewhere/p2", tmp_path) is None
    assert package_thumbnail(None, tmp_path) is None


def test_false_alarm_carries_its_picture_and_reasons(tmp_path: Path) -> None:
    (tmp_path / "p1").mkdir()
    cv2.imwrite(str(tmp_path / "p1" / "strobe.jpg"), np.full((10, 10, 3), 90, np.uint8))
    lines = [parse_found(line(along(true_path(5)), package="p1"))]
    gallery = false_alarms([score_clip(clip_truth(), lines, HD)], lambda truth: tmp_path)
    assert gallery.count == 1
    assert gallery.shots[0].note == "matches nothing, 0.00 to 0.40 s, score 0.90; it accelerates"
    assert base64.b64decode(gallery.shots[0].jpeg or "")[:2] == b"\xff\xd8"


def test_facts_of_a_run_name_time_and_machine() -> None:
    facts = collect_facts("0.1.0", ManualClock(datetime(2026, 11, 23, 12, tzinfo=UTC)))
    assert facts.started_utc == "2026-11-23T12:00:00+00:00"
    assert facts.cores >= 1

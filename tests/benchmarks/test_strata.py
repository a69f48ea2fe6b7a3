"""Recall by size, contrast and suite."""

from typing import Any

import pytest

from benchmarks.found import parse_found
from benchmarks.scoring import ClipScore, score_clip
from benchmarks.strata import contrast_class, pool, size_class, stratify
from tests.benchmarks.made import HD, along, clip_truth, line, true_fall, true_path


def score(suite: str, *, found: bool, size_px: float = 4.0, **changes: Any) -> ClipScore:
    path = true_path(20, size_px=size_px)
    lines = [parse_found(line(along(path)))] if found else []
    return score_clip(clip_truth(true_fall(path, **changes), suite=suite), lines, HD)


@pytest.mark.parametrize(
    ("size_px", "name"), [(1.99, "<2"), (2.0, "2-4"), (3.9, "2-4"), (4.0, "4-8"), (15.9, "8-16"), (16.0, ">16")]
)
def test_edge_of_a_size_belongs_to_the_larger_class(size_px: float, name: str) -> None:
    assert size_class(true_fall(true_path(5, size_px=size_px))) == name


@pytest.mark.parametrize(
    ("contrast", "name"), [(None, "?"), (0.0, "<20"), (20.0, "20-40"), (79.9, "40-80"), (80.0, ">80")]
)
def test_edge_of_a_contrast_belongs_to_the_larger_class(contrast: float | None, name: str) -> None:
    assert contrast_class(true_fall(true_path(5), contrast=contrast)) == name


def test_each_suite_size_and_contrast_is_counted_by_itself() -> None:
    strata = stratify(
        [
            score("night", found=False, contrast=30.0),
            score("clear", found=True, contrast=90.0),
            score("clear", found=True, contrast=30.0),
            score("clear", found=False, contrast=30.0),
            score("clear", found=True, size_px=1.0),
        ]
    )
    counted = [(one.suite, one.size, one.contrast, one.recall.count, one.recall.total) for one in strata]
    assert counted == [
        ("clear", "<2", "?", 1, 1),
        ("clear", "4-8", "20-40", 1, 2),
        ("clear", "4-8", ">80", 1, 1),
        ("night", "4-8", "20-40", 0, 1),
    ]
    assert (pool(strata, contrast="20-40").count, pool(strata, contrast="20-40").total) == (1, 3)
    assert pool(strata, suite="clear", size="4-8").value == pytest.approx(2 / 3)
    assert pool(strata, suite="rain").value is None

"""How long a disk lasts, worked by hand."""

import pytest

from droptrace.disk_trend import DiskTrend

DAY_S = 86_400


def seen(*, start_mb: float, fall_mb_h: float, hours: float) -> DiskTrend:
    """Look every minute while a disk fills."""
    trend = DiskTrend()
    for minute in range(round(hours * 60) + 1):
        trend.add(start_mb - fall_mb_h * minute / 60, minute * 60.0)
    return trend


def test_disk_that_falls_evenly_lasts_what_is_left_over_its_fall() -> None:
    # 24 GB less a day; 76 GB are left after the first one.
    assert seen(start_mb=100_000, fall_mb_h=1000, hours=24).left_days() == pytest.approx(76 / 24)


def test_nothing_is_known_within_the_first_hour() -> None:
    assert DiskTrend().left_days() is None
    assert seen(start_mb=100_000, fall_mb_h=1000, hours=0.9).left_days() is None
    assert seen(start_mb=100_000, fall_mb_h=1000, hours=1).left_days() == pytest.approx(99 / 24)


@pytest.mark.parametrize("fall_mb_h", [0.0, -10.0, 0.001])
def test_disk_that_does_not_fall_or_lasts_for_ever_has_no_end(fall_mb_h: float) -> None:
    assert seen(start_mb=100_000, fall_mb_h=fall_mb_h, hours=24).left_days() is None


def test_only_the_last_day_counts() -> None:
    trend = DiskTrend()
    for step in range(3 * 144 + 1):
        fallen_days = min(step / 144, 1.0) * 50 + max(step / 144 - 1.0, 0.0) * 2
        trend.add(100_000 - 1000 * fallen_days, step * 600.0)
    # 54 GB gone, and 2 GB a day since the second.
    assert trend.left_days() == pytest.approx(46 / 2)


def test_files_that_come_and_go_do_not_hide_the_fall() -> None:
    trend = DiskTrend()
    for step in range(145):
        trend.add(50_000 - 1000 * step / 144 + (300 if step % 2 else 0), step * 600.0)
    assert trend.left_days() == pytest.approx(49, rel=0.02)

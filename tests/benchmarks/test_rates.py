"""Intervals against published and hand-worked values."""

import pytest

from benchmarks.rates import per_hour, wilson


def test_wilson_interval_agrees_with_a_case_worked_by_hand() -> None:
    # 8 of 10: centre (0.8 + 0.19207) / 1.38415, half width 1.95996 sqrt(0.016 + 0.0096036) / 1.38415
    rate = wilson(8, 10)
    assert (rate.count, rate.total, rate.value) == (8, 10, 0.8)
    assert (rate.low, rate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_all_of_some_reaches_one_but_keeps_a_lower_end() -> None:
    rate = wilson(56, 56)
    assert rate.high == 1.0
    assert rate.low == pytest.approx(56 / (56 + 1.959964**2), abs=1e-6)


def test_none_of_some_starts_at_zero() -> None:
    assert wilson(0, 20).low == 0.0


def test_nothing_of_nothing_has_no_value() -> None:
    assert wilson(0, 0).value is None


def test_poisson_interval_agrees_with_tables() -> None:
    # Garwood's limits for a count of 3: 0.6187 and 8.7673
    frequency = per_hour(3, 2.0)
    assert frequency.value == 1.5
    assert (frequency.low, frequency.high) == pytest.approx((0.6187 / 2, 8.7673 / 2), abs=1e-3)


def test_no_false_alarm_still_allows_three_point_seven() -> None:
    frequency = per_hour(0, 1.0)
    assert frequency.low == 0.0
    assert frequency.high == pytest.approx(3.6889, abs=1e-3)


def test_no_time_watched_has_no_frequency() -> None:
    assert per_hour(0, 0.0).value is None

"""How many candidates an hour there are."""

import pytest

from tracking.candidates import CandidateRate


def test_rate_before_anything_was_seen_is_one_in_twenty_seconds() -> None:
    assert CandidateRate().an_hour == pytest.approx(180.0)


def test_rate_of_snow_is_learnt_in_seconds() -> None:
    rate = CandidateRate()
    for index in range(200):
        rate.add(index * 0.05)
    # Twenty a second for ten seconds, of an exposure of ten seconds and a belief of twenty.
    assert rate.an_hour == pytest.approx(20 * 3600 * 10 / 30, rel=0.1)


def test_rate_settles_at_what_comes() -> None:
    rate = CandidateRate()
    for index in range(600):
        rate.add(float(index))
    assert rate.an_hour == pytest.approx(3600 * 61 / 80, rel=0.03)


def test_storm_is_forgotten_after_some_minutes() -> None:
    rate = CandidateRate()
    for index in range(2000):
        rate.add(index * 0.05)
    rate.add(100.0 + 600.0)
    assert rate.an_hour < 100.0


def test_late_candidate_counts_without_turning_time_back() -> None:
    rate = CandidateRate()
    rate.add(10.0)
    rate.add(9.5)
    assert rate.an_hour == pytest.approx(3600 * 3 / 20)

"""What a fall looks like is weighed against how it moves."""

from dataclasses import replace

import pytest

from tests.tracking.test_merge import fall_at
from tracking.fall import Verdict
from tracking.second_opinion import weigh


@pytest.mark.parametrize(
    ("before", "nats", "after"),
    [
        ("confirmed", 6.0, "confirmed"),
        ("confirmed", -5.0, "confirmed"),
        ("confirmed", -5.1, "suspected"),
        ("suspected", 2.9, "suspected"),
        ("suspected", 3.0, "confirmed"),
        ("suspected", -4.0, "suspected"),
        ("suspected", -4.1, "rejected"),
        ("rejected", 6.0, "rejected"),
    ],
)
def test_odds_of_motion_and_looks_are_added(before: Verdict, nats: float, after: Verdict) -> None:
    fall = replace(fall_at(300.0, verdict=before), evidence_nats=20.0)
    assert weigh(fall, nats, "looks like a thing").verdict == after


def test_looks_confirm_nothing_whose_motion_may_be_chance() -> None:
    doubted = replace(fall_at(300.0, verdict="suspected"), evidence_nats=19.9)
    assert weigh(doubted, 6.0, "looks like a thing").verdict == "suspected"
    assert weigh(doubted, -4.1, "looks like a thing").verdict == "rejected"
    assert weigh(replace(doubted, verdict="confirmed"), -5.0, "looks like a thing").verdict == "confirmed"


def test_reason_says_what_it_looks_like_and_what_that_counts() -> None:
    fall = weigh(fall_at(300.0), -2.25, "looks like bird in 9 of 12 pictures")
    assert fall.reasons[-1] == "failed: looks like bird in 9 of 12 pictures, which changes the odds by -2.2 nats"


def test_score_is_above_a_half_where_it_is_confirmed_alone() -> None:
    confirmed, suspected = fall_at(300.0), replace(fall_at(300.0, verdict="suspected"), score=0.4, evidence_nats=30.0)
    assert weigh(confirmed, -6.0, "").score == pytest.approx(0.45)
    assert weigh(suspected, 6.0, "").score == pytest.approx(0.8)


def test_what_sinks_like_cloth_stays_for_a_person_to_see() -> None:
    cloth = replace(fall_at(300.0, verdict="suspected"), label="light_object")
    assert weigh(cloth, 6.0, "") == cloth

"""What a reading is worth, measured on tracks whose truth is known."""

import math

import pytest

from models.likelihood import MOST_NATS, Likelihood, measure
from models.motion_class import CLASSES, MotionClass
from models.reading import NOTHING, Reading

FALLING = Reading(MotionClass.FALLING_OBJECT, 0.9)
BIRD = Reading(MotionClass.BIRD, 0.9)


def test_ratios_are_those_of_the_counts() -> None:
    # Of 4 readings of thrown objects 3 say so, of 5 others 1. Of all, (4 + 0.5) / 10 are of thrown objects; five more
    # of each kind are thought of, shared in that way. What found nothing is not counted.
    thrown = [(True, [FALLING, FALLING]), (True, [FALLING, BIRD])]
    nats = measure([*thrown, (False, [BIRD] * 3), (False, [FALLING, NOTHING, BIRD])]).nats
    share = 4.5 / 10
    prior = math.log(share / (1 - share))
    assert nats["falling_object"][3] == pytest.approx(math.log((3 + 5 * share) / (1 + 5 * (1 - share))) - prior)
    assert nats["bird"][3] == pytest.approx(math.log((1 + 5 * share) / (4 + 5 * (1 - share))) - prior)
    assert set(nats) == set(CLASSES)


def test_what_was_never_read_says_nothing() -> None:
    tracks = [(True, [FALLING] * 50), (False, [BIRD] * 400)]
    assert measure(tracks).nats["cloth"] == pytest.approx((0.0,) * 4)


def test_confidence_has_four_classes() -> None:
    nats = {name: (1.0, 2.0, 3.0, 4.0) for name in map(str, CLASSES)}
    likelihood = Likelihood(nats, share=1.0)
    for confidence, expected in [(0.1, 1.0), (0.25, 2.0), (0.5, 3.0), (0.75, 4.0), (1.0, 4.0)]:
        assert likelihood.of([Reading(MotionClass.BIRD, confidence)]) == expected


def test_readings_of_a_track_count_by_their_share_and_are_no_proof() -> None:
    nats = {name: (0.0, 0.0, 0.0, 2.0) for name in map(str, CLASSES)}
    assert Likelihood(nats, share=0.25).of([FALLING] * 4) == pytest.approx(2.0)
    assert Likelihood(nats, share=1.0).of([FALLING] * 40) == MOST_NATS
    assert Likelihood(nats, share=1.0).of([]) == Likelihood(nats, share=1.0).of([NOTHING] * 12) == 0.0


def test_readings_that_repeat_each_other_have_a_small_share() -> None:
    """Tracks of twelve readings that are all right or all wrong tell no more than one reading."""
    alike = [(True, [FALLING] * 12)] * 7 + [(True, [BIRD] * 12)] * 3
    alike += [(False, [BIRD] * 12)] * 7 + [(False, [FALLING] * 12)] * 3
    mixed = [(True, [FALLING] * 8 + [BIRD] * 4)] * 10 + [(False, [BIRD] * 8 + [FALLING] * 4)] * 10
    assert measure(alike).share <= 0.1
    assert measure(mixed).share == 1.0

"""Each test of a track at its limit."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from floors.ballistics import BallisticFit
from floors.camera import Camera
from floors.throw_prior import DRAG, RIGHT, ThrowPrior
from tests.tracking.scenes import dot
from tracking.image_fall import ImageFall
from tracking.physics_tests import (
    Limits,
    Motion,
    Seen,
    cheap_tests,
    evidence,
    far_enough,
    fit_tests,
    is_thrown,
    needed_evidence,
)

# Written out, so that the limits may be tuned without these cases: each is worked by hand for the numbers here.
LIMITS = Limits(
    least_points=7,
    least_hit_share=0.55,
    least_travel=0.15,
    longest_s=5.0,
    largest_size=0.11,
    sideways=0.5,
    worst_chi=2.2,
    least_inliers=0.75,
    least_ratio=1.35,
    sure_ratio=3.0,
    doubtful_ratio=1.2,
    least_evidence=6.0,
    false_alarms_an_hour=0.2,
    least_floors=1.5,
)
COUNT = 20
FIT = ImageFall(
    chi=1.0,
    residual_px=1.0,
    top_s=0.0,
    approach=0.0,
    along_y=np.array([0.0, 1.0]),
    along_x=np.zeros(3),
    inliers=np.ones(COUNT, bool),
)


def seen(
    *,
    count: int = COUNT,
    frames: int = COUNT,
    down_px: float = 400.0,
    across_px: float = 0.0,
    lasts_s: float = 1.0,
    size_px: float = 6.0,
    floors_down: float | None = None,
    watched: int = 1000,
) -> Seen:
    """See a thing in a frame 1000 px high, which passes all tests unless told otherwise."""
    share = np.linspace(0, 1, count)
    return Seen(
        detections=tuple(dot(float(s * lasts_s), 0.0, 0.0) for s in share),
        frames=frames,
        watched_frames=watched,
        height_px=1000,
        times_s=share * lasts_s,
        points_px=np.column_stack([across_px * share, down_px * share]),
        sizes_px=np.full(count, size_px),
        sigma_px=np.ones(count),
        floors=None if floors_down is None else 10.0 - floors_down * share,
    )


@pytest.mark.parametrize(("watched", "passed"), [(24, False), (25, True)])
def test_what_falls_in_the_first_second_is_doubted(watched: int, *, passed: bool) -> None:
    outcomes = cheap_tests(seen(watched=watched), LIMITS)
    assert all(one.passed for one in outcomes) == passed
    assert all(one.passed or one.doubtful for one in outcomes)


def failed(thing: Seen) -> list[str]:
    return [result.reason for result in cheap_tests(thing, LIMITS) if not result.passed]


def failed_fits(thing: Seen, fall: ImageFall = FIT, even_chi: float = 2.5) -> list[str]:
    motion = Motion(thing, fall, replace(FIT, chi=even_chi))
    return [result.reason for result in fit_tests(motion, LIMITS) if not result.passed]


def test_plain_fall_passes_all() -> None:
    assert failed(seen()) == []
    assert failed_fits(seen()) == []


@pytest.mark.parametrize(
    ("at_limit", "beyond", "words"),
    [
        (seen(count=10, frames=10), seen(count=9, frames=9), "seen in 9 of 9 frames"),
        (seen(count=26, frames=40), seen(count=25, frames=40), "seen in 25 of 40 frames"),
        (seen(down_px=150.0), seen(down_px=149.0), "moves down 15% of the picture's height"),
        (seen(down_px=400.0), seen(down_px=-400.0), "moves down -40% of the picture's height"),
        (seen(lasts_s=5.0), seen(lasts_s=5.1), "takes 5.10 s"),
        (seen(size_px=110.0), seen(size_px=112.0), "is 112 px large"),
        (seen(floors_down=1.5, down_px=10.0), seen(floors_down=1.4), "moves down 1.4 floors"),
    ],
)
def test_what_is_seen_is_held_to_its_limits(at_limit: Seen, beyond: Seen, words: str) -> None:
    assert failed(at_limit) == []
    assert failed(beyond) == [words]


@pytest.mark.parametrize(
    ("count", "frames", "doubtful"), [(9, 9, True), (7, 7, True), (6, 6, False), (22, 40, True), (21, 40, False)]
)
def test_few_sights_cast_doubt_and_fewer_refuse(count: int, frames: int, doubtful: bool) -> None:
    outcome = cheap_tests(seen(count=count, frames=frames), LIMITS)[0]
    assert not outcome.passed
    assert outcome.doubtful is doubtful


def test_going_sideways_needs_a_fit_that_is_sure() -> None:
    assert failed_fits(seen(across_px=200.0)) == []
    assert failed_fits(seen(across_px=-240.0)) == ["goes 0.60 px sideways for each px down"]
    assert failed_fits(seen(across_px=-240.0), even_chi=3.0) == []


def test_with_floors_sideways_in_the_picture_is_no_matter() -> None:
    assert failed_fits(seen(across_px=240.0, floors_down=4.0)) == []


def test_path_that_disagrees_with_gravity_fails() -> None:
    (words,) = failed_fits(seen(), replace(FIT, chi=2.3, residual_px=2.3), even_chi=9.0)
    assert words == "path agrees with a fall under gravity to 2.3 px, 100% of its points"
    some = np.arange(COUNT) >= 6
    (words,) = failed_fits(seen(), replace(FIT, inliers=some))
    assert words.endswith("70% of its points")


def test_even_motion_must_fit_clearly_worse() -> None:
    assert "fits 1.3 times as badly" in failed_fits(seen(), even_chi=1.3)[0]
    assert failed_fits(seen(), even_chi=1.4) == []


def test_few_points_are_little_evidence() -> None:
    # 6 are needed: 20 ln 1.4 = 6.7, 17 ln 1.4 = 5.7.
    few = replace(seen(), times_s=np.linspace(0, 1, 17))
    assert failed_fits(few, even_chi=1.4) == ["gravity is likelier by 6 nats, where 6 are needed"]


def test_even_motion_that_fits_a_little_worse_only_casts_doubt() -> None:
    def outcome(even_chi: float) -> tuple[bool, bool]:
        result = fit_tests(Motion(seen(), FIT, replace(FIT, chi=even_chi)), LIMITS)[-2]
        return result.passed, result.doubtful

    assert outcome(1.1) == (False, False)
    assert outcome(1.25) == (False, True)
    assert outcome(1.6)[0]


def test_evidence_is_worked_by_hand() -> None:
    # Twice as badly over 20 points: 20 ln 2 = 13.86.
    assert evidence(Motion(seen(), FIT, replace(FIT, chi=2.0))) == pytest.approx(13.86, abs=0.01)


def test_more_candidates_ask_for_more_evidence() -> None:
    # In snow 72000 an hour for 0.2 false alarms an hour: ln 360000 = 12.79. In peace the least is enough.
    assert needed_evidence(LIMITS, 72_000.0, 0.0) == pytest.approx(12.79, abs=0.01)
    assert needed_evidence(LIMITS, 1.0, 0.0) == 6.0
    assert needed_evidence(replace(LIMITS, false_alarms_an_hour=2.0), 72_000.0, 0.0) == pytest.approx(10.49, abs=0.01)


@pytest.mark.parametrize(("unseen_s", "passed"), [(0.5, True), (1.2, False)])
def test_hidden_first_second_asks_for_more_evidence(unseen_s: float, passed: bool) -> None:
    # 20 ln 1.5 = 8.1 of 6, and of 9 where the start was hidden.
    result = fit_tests(Motion(seen(), FIT, replace(FIT, chi=1.5)), LIMITS, 0.0, unseen_s)[-1]
    assert (result.passed, result.doubtful) == (passed, True)


def test_tiny_residual_does_not_make_an_even_motion_look_bad() -> None:
    # 0.4 against 0.01 is a ratio of 40 on paper; both are far below the error of a measurement.
    assert failed_fits(seen(), replace(FIT, chi=0.01), even_chi=0.4) != []


@pytest.mark.parametrize(
    ("size_px", "terminal_m_s", "along_m_s", "passed"),
    [(3.0, 9.0, 0.02, False), (20.0, 9.0, 0.02, True), (3.0, 30.0, 0.02, True), (3.0, 9.0, -0.5, True)],
    ids=["drop", "large", "heavy", "thrown along the wall"],
)
def test_drop_is_small_and_light_and_falls_from_rest(
    size_px: float, terminal_m_s: float, along_m_s: float, passed: bool
) -> None:
    parameters = np.zeros(11)
    parameters[[RIGHT, DRAG]] = along_m_s, terminal_m_s**-2
    fit = BallisticFit(parameters, np.eye(11), 0.5, 1.0, 0.2, cast(Camera, None), ThrowPrior())
    count = 10
    seen = Seen(
        (),
        count,
        1000,
        1080,
        np.arange(count) / 25,
        np.zeros((count, 2)),
        np.full(count, size_px),
        np.ones(count),
        None,
    )
    outcome = is_thrown(fit, seen, LIMITS)
    assert (outcome.passed, outcome.doubtful) == (passed, True)


@pytest.mark.parametrize(
    ("travel_floors", "an_hour", "unseen_s", "outcomes"),
    [(3.0, 900.0, 1.0, []), (3.0, 10_000.0, 1.0, [False]), (5.0, 10_000.0, 1.0, [True]), (3.0, 10_000.0, 0.1, [True])],
    ids=["little else", "a few floors amid much", "many floors", "from the hand"],
)
def test_more_floors_are_asked_for_amid_much_else(
    travel_floors: float, an_hour: float, unseen_s: float, outcomes: list[bool]
) -> None:
    floors = np.linspace(20.0, 20.0 - travel_floors, 10)
    seen = Seen((), 10, 1000, 1080, np.arange(10) / 25, np.zeros((10, 2)), np.full(10, 6.0), np.ones(10), floors)
    assert [one.passed for one in far_enough(seen, LIMITS, an_hour, unseen_s)] == outcomes

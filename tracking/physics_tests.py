"""Tests that a track must pass to be a fall, each with its reason in words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.ballistics import BallisticFit
from floors.projection import Facade
from floors.throw_prior import RIGHT, UP
from floors.tracing import Traced
from floors.trajectory import GRAVITY_M_S2
from tracking.image_fall import ImageFall
from vision.detection import Detection

Array = NDArray[np.float64]

_LEAST_CHI = 0.35


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of one test: whether it was passed, whether failing it only casts doubt, and why in words."""

    passed: bool
    doubtful: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a track.

    Attributes:
        detections: N detections in order of time.
        frames: Frames looked at from the first to the last of them.
        watched_frames: Frames watched until the last of them; where they are many, at least so many.
        height_px: Height of the frame.
        times_s: (N,) when each detection was taken.
        points_px: (N, 2).
        sizes_px: (N,) larger side of each detection's box.
        sigma_px: (N,) expected error of each coordinate.
        floors: (N,) floor number behind each point, with its fraction; None without geometry.
    """

    detections: tuple[Detection, ...]
    frames: int
    watched_frames: int
    height_px: int
    times_s: Array
    points_px: Array
    sizes_px: Array
    sigma_px: Array
    floors: Array | None


@dataclass(frozen=True, slots=True)
class Motion:
    """A track with its two fits: as a fall under gravity, and as an even motion in perspective."""

    seen: Seen
    fall: ImageFall
    even: ImageFall


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a fall ends and something else begins; lengths are shares of the frame's height.

    Measured on six recordings: throws have ratios of 1.5 to 1.8 and travel 0.45 and more; among 200 cars and leaves
    with as much travel the few with such a ratio go sideways, are larger than a tenth of the frame, or take too long.
    """

    least_points: int = 7
    least_watched: int = 25
    least_hit_share: float = 0.55
    faint_points: int = 5
    looks_along_an_hour: float = 400.0
    looks_again_an_hour: float = 1500.0
    sure_points: int = 10
    sure_hit_share: float = 0.65
    least_travel: float = 0.15
    longest_s: float = 8.0
    largest_size: float = 0.11
    sideways: float = 0.5
    worst_chi: float = 2.2
    least_inliers: float = 0.75
    least_ratio: float = 1.35
    gappy_share: float = 0.78
    gappy_ratio: float = 1.8
    sure_ratio: float = 3.0
    doubtful_ratio: float = 1.2
    slight_ratio: float = 1.1
    false_alarms_an_hour: float = 0.2
    least_evidence: float = 4.0
    most_doubts: int = 1
    hidden_s: float = 0.8
    hidden_costs: float = 3.0
    least_floors: float = 1.0
    storm_an_hour: float = 1000.0
    floors_a_decade: float = 3.0
    most_floors_asked: float = 6.0
    from_the_hand_s: float = 0.4
    from_the_hand_floors: float = 2.2
    least_gravity: float = 0.7
    most_gravity: float = 1.3
    fastest_up_m_s: float = 4.0
    drop_size: float = 0.0075
    drop_terminal_m_s: float = 12.0
    drop_along_m_s: float = 0.12
    longest_unseen_s: float = 1.8
    least_terminal_m_s: float = 5.0
    beside_m: float = 3.0
    fastest_along_m_s: float = 5.0


def cheap_tests(seen: Seen, limits: Limits) -> list[Outcome]:
    """Run the tests that need no fit: in rain they end nearly all tracks for a thousandth of the cost."""
    tests = [_enough_points(seen, limits), _travel(seen, limits), _duration(seen, limits), _size(seen, limits)]
    return tests if seen.watched_frames >= limits.least_watched else [*tests, _is_early(seen)]


def fit_tests(motion: Motion, limits: Limits, candidates_an_hour: float = 0.0, unseen_s: float = 0.0) -> list[Outcome]:
    """Run the tests on the fitted path in the picture.

    Args:
        motion: What was seen, and its fits.
        limits: Where a fall ends.
        candidates_an_hour: Tracks that come as far as these tests, falls or not: the more there are, the likelier one
            of them looks like a fall by chance.
        unseen_s: Time from release to first sight, where it is known.
    """
    # With metres the fit in space tells sideways from down.
    sideways = [] if motion.seen.floors is not None else [_sideways(motion, limits)]
    needed = needed_evidence(limits, candidates_an_hour, unseen_s)
    return [
        *sideways,
        *far_enough(motion.seen, limits, candidates_an_hour, unseen_s),
        fits_gravity(motion, limits),
        _even_is_worse(motion, limits),
        _is_likelier(motion, needed),
    ]


def space_tests(traced: Traced | None, first_s: float, facade: Facade, limits: Limits) -> list[Outcome]:
    """Run the tests that a fit in space with measured metres allows.

    Args:
        traced: Where the path began; None where no fit in space was found.
        first_s: When it was first seen.
        facade: The wall.
        limits: Where a fall ends.
    """
    if traced is None or traced.gravity_ratio is None or traced.terminal_velocity_m_s is None:
        return [Outcome(passed=False, doubtful=False, reason="no throw from this facade leads along its path")]
    fit = traced.fit
    starts = [] if fit is None else [_starts_at_the_wall(fit, facade, limits), _leaves_a_hand(fit, first_s, limits)]
    unseen_s = first_s - traced.release_s
    is_pulled = limits.least_gravity <= traced.gravity_ratio <= limits.most_gravity
    is_heavy = traced.terminal_velocity_m_s >= limits.least_terminal_m_s
    return [
        *starts,
        Outcome(is_pulled, doubtful=False, reason=f"accelerates with {traced.gravity_ratio:.2f} of gravity"),
        # What is light may be a leaf as well as a thrown cloth: a person looks at it.
        Outcome(is_heavy, doubtful=True, reason=f"would fall at {traced.terminal_velocity_m_s:.0f} m/s in the end"),
        # A streak of rain is a piece of some fall too, of one that began seconds before in the sky.
        Outcome(
            unseen_s <= limits.longest_unseen_s, doubtful=False, reason=f"first seen {unseen_s:.1f} s after release"
        ),
    ]


def _starts_at_the_wall(fit: BallisticFit, facade: Facade, limits: Limits) -> Outcome:
    """Ask whether a hand at the wall can have thrown it: birds dive in from beside it, and faster along it."""
    left_m, right_m = facade.extent_m
    along_m_s = abs(float(fit.parameters[RIGHT]))
    is_before = left_m - limits.beside_m <= fit.x_m <= right_m + limits.beside_m
    words = (
        f"begins at {fit.x_m:.1f} m along the wall, which is from {left_m:.1f} to {right_m:.1f} m, and moves at "
        f"{along_m_s:.1f} m/s along it"
    )
    return Outcome(is_before and along_m_s <= limits.fastest_along_m_s, doubtful=False, reason=words)


def _leaves_a_hand(fit: BallisticFit, first_s: float, limits: Limits) -> Outcome:
    """Ask how fast it rose when it was first seen: a ball that comes up from below falls back by the same physics."""
    up_m_s = float(fit.parameters[UP]) + GRAVITY_M_S2 * max(0.0, fit.release_s - first_s)
    return Outcome(up_m_s <= limits.fastest_up_m_s, doubtful=False, reason=f"leaves upwards at {up_m_s:.1f} m/s")


def is_thrown(fit: BallisticFit, seen: Seen, limits: Limits) -> Outcome:
    """Ask whether it is more than a drop: larger, heavier, or moving along the wall, as what is thrown does.

    Amid much else, and where they are all but lost in the noise, the next drops of a leak are not all seen, and do not
    tell (`tracking.recurrence`).
    """
    size = float(np.median(seen.sizes_px)) / seen.height_px
    along_m_s = abs(float(fit.parameters[RIGHT]))
    is_more = (
        size > limits.drop_size
        or fit.terminal_velocity_m_s > limits.drop_terminal_m_s
        or along_m_s > limits.drop_along_m_s
    )
    words = f"is more than a drop of water by size, weight or speed along the wall ({along_m_s:.2f} m/s)"
    return Outcome(is_more, doubtful=True, reason=words)


def _enough_points(seen: Seen, limits: Limits) -> Outcome:
    """Count the sights: a few of them in line may be snowflakes that never met, so a person looks first."""
    count, of = len(seen.times_s), seen.frames
    passed = count >= limits.sure_points and count >= limits.sure_hit_share * of
    doubtful = count >= limits.least_points and count >= limits.least_hit_share * of
    return Outcome(passed, doubtful=doubtful, reason=f"seen in {count} of {of} frames")


def is_faint(seen: Seen, cheap: list[Outcome], limits: Limits) -> bool:
    """Tell whether a track fails the cheap tests in nothing but that it was seen now and then only."""
    _, *others = cheap
    count = len(seen.times_s)
    is_gappy = limits.faint_points <= count < limits.sure_hit_share * seen.frames
    return is_gappy and all(other.passed or other.doubtful for other in others)


def _travel(seen: Seen, limits: Limits) -> Outcome:
    if seen.floors is not None:
        floors = float(seen.floors[0] - seen.floors[-1])
        return Outcome(floors >= limits.least_floors, doubtful=False, reason=f"moves down {floors:.1f} floors")
    share = float(seen.points_px[-1, 1] - seen.points_px[0, 1]) / seen.height_px
    words = f"moves down {share:.0%} of the picture's height"
    return Outcome(share >= limits.least_travel, doubtful=False, reason=words)


def far_enough(seen: Seen, limits: Limits, candidates_an_hour: float, unseen_s: float) -> list[Outcome]:
    """Ask for more floors amid much else: the bend of a flake's way may be that of a fall for one floor or three.

    Arguments as of `fit_tests`; less is asked of what was seen from the hand on, for flakes come into view anywhere.
    """
    decades = float(np.log10(max(candidates_an_hour / limits.storm_an_hour, 1.0)))
    if seen.floors is None or not decades:
        return []
    asked = min(limits.least_floors + limits.floors_a_decade * decades, limits.most_floors_asked)
    if unseen_s <= limits.from_the_hand_s:
        asked = min(asked, limits.from_the_hand_floors)
    words = f"is followed down {asked:.1f} floors and more, as is asked for amid so much else"
    return [Outcome(float(seen.floors[0] - seen.floors[-1]) >= asked, doubtful=True, reason=words)]


def _is_early(seen: Seen) -> Outcome:
    """Cast doubt on what falls in the first second: nobody knows yet whether it snows."""
    return Outcome(
        passed=False, doubtful=True, reason=f"the scene was watched for {seen.watched_frames} frames until then"
    )


def _duration(seen: Seen, limits: Limits) -> Outcome:
    span_s = float(seen.times_s[-1] - seen.times_s[0])
    return Outcome(span_s <= limits.longest_s, doubtful=False, reason=f"takes {span_s:.2f} s")


def _size(seen: Seen, limits: Limits) -> Outcome:
    size_px = float(np.median(seen.sizes_px))
    is_small = size_px <= limits.largest_size * seen.height_px
    return Outcome(is_small, doubtful=False, reason=f"is {size_px:.0f} px large")


def _sideways(motion: Motion, limits: Limits) -> Outcome:
    step = motion.seen.points_px[-1] - motion.seen.points_px[0]
    share = abs(float(step[0])) / max(float(step[1]), 1.0)
    # Seen from the side a fall goes sideways too; then the fit alone must tell it from a car.
    is_sure = _even_ratio(motion) >= limits.sure_ratio
    words = f"goes {share:.2f} px sideways for each px down"
    return Outcome(share <= limits.sideways or is_sure, doubtful=False, reason=words)


def fits_gravity(motion: Motion, limits: Limits, *, slack: float = 1.0) -> Outcome:
    """Ask whether the path in the picture is one of a fall, with some slack for what was hardly seen."""
    fall = motion.fall
    agreeing = float(fall.inliers.mean())
    words = f"path agrees with a fall under gravity to {fall.residual_px:.1f} px, {agreeing:.0%} of its points"
    passed = fall.chi <= slack * limits.worst_chi and slack * agreeing >= limits.least_inliers
    return Outcome(passed, doubtful=False, reason=words)


def is_clear(motion: Motion, limits: Limits) -> bool:
    """Tell whether the fit in the picture alone shows a fall, as it does unless what falls is light."""
    return fits_gravity(motion, limits).passed and _even_ratio(motion) >= limits.doubtful_ratio


def _even_ratio(motion: Motion) -> float:
    """Tell how much worse an even motion fits; a fit far below the expected errors proves no more than a good one."""
    return motion.even.chi / max(motion.fall.chi, _LEAST_CHI)


def evidence(motion: Motion) -> float:
    """Tell how much likelier gravity is than an even motion: the logarithm of their likelihood ratio.

    With the error of the points unknown, as it is for what swings or flutters, that is N times the logarithm of the
    ratio of the two errors (Burnham & Anderson, Model Selection and Multimodel Inference, 2002, section 1.2.2).
    """
    return len(motion.seen.times_s) * float(np.log(max(_even_ratio(motion), 1e-3)))


def needed_evidence(limits: Limits, candidates_an_hour: float, unseen_s: float) -> float:
    """Tell the evidence with which so many candidates make no more false alarms than are wanted.

    More is asked for where the first second was not seen: few throws are hidden, and all flakes seem to be.
    """
    by_rate = float(np.log(max(candidates_an_hour, 1e-9) / limits.false_alarms_an_hour))
    return max(limits.least_evidence, by_rate) + limits.hidden_costs * (unseen_s > limits.hidden_s)


def _even_is_worse(motion: Motion, limits: Limits) -> Outcome:
    ratio = _even_ratio(motion)
    words = f"an even motion (car, bird, gondola) fits {ratio:.1f} times as badly"
    if motion.seen.floors is not None:
        # The fit in space asks more, and what falls for long all but stops gaining speed.
        return Outcome(ratio >= limits.doubtful_ratio, doubtful=ratio >= limits.slight_ratio, reason=words)
    # Without geometry a car that was seen now and then only is all but a fall.
    is_gappy = len(motion.seen.times_s) < limits.gappy_share * motion.seen.frames
    least_ratio = limits.gappy_ratio if is_gappy else limits.least_ratio
    return Outcome(ratio >= least_ratio, doubtful=ratio >= limits.doubtful_ratio, reason=words)


def _is_likelier(motion: Motion, needed: float) -> Outcome:
    found = evidence(motion)
    words = f"gravity is likelier by {found:.0f} nats, where {needed:.0f} are needed"
    return Outcome(found >= needed, doubtful=found >= needed / 2, reason=words)

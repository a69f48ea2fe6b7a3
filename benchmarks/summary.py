"""The numbers over many clips."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.rates import Frequency, Rate, per_hour, wilson
from benchmarks.scoring import ClipScore, OriginResult
from benchmarks.strata import SIZES, size_class
from benchmarks.truth import TrueFall

RELIABILITY_BINS = 10


@dataclass(frozen=True, slots=True)
class GroupRecall:
    """Recall of the true falls of one kind or size."""

    group: str
    recall: Rate


@dataclass(frozen=True, slots=True)
class FloorRow:
    """The true falls of one floor: how many, how many found, and how right the floor named for those is."""

    floor: int
    recall: Rate
    exact: Rate
    within_one: Rate
    errors: dict[str, int]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Origins whose claimed probability lies in one tenth: how many, the mean claim, and the share that is right."""

    low: float
    high: float
    count: int
    mean_probability: float | None
    share_right: float | None
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True, slots=True)
class FadeSummary:
    """FADE's measures over many clips: mean overlap in time, and boxes at IoU 0.3 where all sizes are known."""

    tro: float | None
    box_precision: Rate
    box_recall: Rate


@dataclass(frozen=True, slots=True)
class Summary:
    """All that is counted over a suite, or over everything.

    Attributes:
        clips: Clips taken in.
        failed: Clips whose detection failed.
        hours: Hours of video watched.
        falls: True falls.
        recall: True falls matched by a confirmed one.
        precision: Confirmed ones that match.
        suspected: Suspected ones.
        suspected_recall: True falls that only a suspected one matches.
        told_recall: True falls that a confirmed or a suspected one matches.
        told_within_one: Those of them with the right floor or the next.
        false_alarms: Confirmed ones that are not the match of a true fall, duplicates among them, per hour.
        duplicates: How many of those are duplicates.
        floor_exact: Matched falls with the right floor.
        floor_within_one: Matched falls with the right floor or the next.
        unit_exact: Matched falls with the right unit.
        interval: Matched falls whose true floor is inside the 90 % interval.
        no_origin: Matched falls whose truth knows a floor but that were given no origin.
        floor_errors: How often floor found - true floor has each value.
        by_floor: A row for each true floor.
        by_size: Recall by median size of the true fall.
        by_kind: Recall by kind.
        reliability: Claimed probability against share right.
        brier: Mean squared difference of claim and outcome; None without a claim.
        release_error_s: Median of |release found - release true|; None where neither is known.
        fade: FADE's own measures.
    """

    clips: int
    failed: int
    hours: float
    falls: int
    recall: Rate
    precision: Rate
    suspected: int
    suspected_recall: Rate
    told_recall: Rate
    told_within_one: Rate
    false_alarms: Frequency
    duplicates: int
    floor_exact: Rate
    floor_within_one: Rate
    unit_exact: Rate
    interval: Rate
    no_origin: int
    floor_errors: dict[str, int]
    by_floor: tuple[FloorRow, ...]
    by_size: tuple[GroupRecall, ...]
    by_kind: tuple[GroupRecall, ...]
    reliability: tuple[ReliabilityBin, ...]
    brier: float | None
    release_error_s: float | None
    fade: FadeSummary


def summarise(scores: Sequence[ClipScore]) -> Summary:
    """Add up the scores of clips."""
    falls = [pair for score in scores for pair in score.falls_found]
    confirmed = [judged for score in scores for judged in score.confirmed]
    right = sum(judged.outcome == "matched" for judged in confirmed)
    origins = [origin for score in scores for origin in score.origins]
    on_floor = [origin for origin in origins if origin.true_floor is not None]
    doubted = [origin for score in scores for origin in score.suspected_origins if origin.true_floor is not None]
    units = [origin.unit_right for origin in origins if origin.unit_right is not None]
    claims = [(o.probability, o.claim_right) for o in origins if o.probability is not None]
    hours = sum(score.duration_s for score in scores) / 3600
    only_suspected = sum(missed.seen_as == "suspected" for score in scores for missed in score.missed)
    found = sum(matched for _, matched in falls)
    return Summary(
        clips=len(scores),
        failed=sum(score.failure is not None for score in scores),
        hours=hours,
        falls=len(falls),
        recall=wilson(found, len(falls)),
        precision=wilson(right, len(confirmed)),
        suspected=sum(len(score.suspected) for score in scores),
        suspected_recall=wilson(only_suspected, len(falls)),
        told_recall=wilson(found + only_suspected, len(falls)),
        told_within_one=_within([*on_floor, *doubted], 1),
        false_alarms=per_hour(len(confirmed) - right, hours),
        duplicates=sum(judged.outcome == "duplicate" for judged in confirmed),
        floor_exact=_within(on_floor, 0),
        floor_within_one=_within(on_floor, 1),
        unit_exact=wilson(sum(units), len(units)),
        interval=wilson(sum(origin.in_interval is True for origin in on_floor), len(on_floor)),
        no_origin=sum(origin.found_floor is None for origin in on_floor),
        floor_errors=_errors(on_floor),
        by_floor=_by_floor(scores, on_floor),
        by_size=_by_group(falls, _size_group),
        by_kind=_by_group(falls, lambda fall: (0, fall.kind)),
        reliability=reliability(claims),
        brier=fmean((claim - holds) ** 2 for claim, holds in claims) if claims else None,
        release_error_s=_release_error_s(scores),
        fade=_fade(scores),
    )


def summarise_suites(scores: Sequence[ClipScore]) -> dict[str, Summary]:
    """Add up the scores of the clips of each suite, by name."""
    names = sorted({score.truth.suite for score in scores})
    return {name: summarise([score for score in scores if score.truth.suite == name]) for name in names}


def reliability(claims: Iterable[tuple[float, bool]]) -> tuple[ReliabilityBin, ...]:
    """Compare claimed probabilities with outcomes, a tenth at a time; a claim of 1 belongs to the last tenth."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(RELIABILITY_BINS)]
    for claim, holds in claims:
        members[min(int(claim * RELIABILITY_BINS), RELIABILITY_BINS - 1)].append((claim, holds))
    return tuple(_bin(i, inside) for i, inside in enumerate(members))


def _bin(index: int, inside: Sequence[tuple[float, bool]]) -> ReliabilityBin:
    right = wilson(sum(holds for _, holds in inside), len(inside))
    return ReliabilityBin(
        low=index / RELIABILITY_BINS,
        high=(index + 1) / RELIABILITY_BINS,
        count=len(inside),
        mean_probability=fmean(claim for claim, _ in inside) if inside else None,
        share_right=right.value,
        share_low=right.low,
        share_high=right.high,
    )


def _within(origins: Sequence[OriginResult], floors: int) -> Rate:
    near = sum(abs(error) <= floors for error in map(_error, origins) if error is not None)
    return wilson(near, len(origins))


def _error(origin: OriginResult) -> int | None:
    if origin.found_floor is None or origin.true_floor is None:
        return None
    return origin.found_floor - origin.true_floor


def _errors(origins: Iterable[OriginResult]) -> dict[str, int]:
    counts = Counter(error for error in map(_error, origins) if error is not None)
    return {f"{error:+d}" if error else "0": counts[error] for error in sorted(counts)}


def _by_floor(scores: Sequence[ClipScore], origins: Sequence[OriginResult]) -> tuple[FloorRow, ...]:
    falls = [pair for score in scores if score.truth.site is not None for pair in score.falls_found]
    rows = []
    for floor in sorted({fall.floor for fall, _ in falls if fall.floor is not None}):
        matched = [was_matched for fall, was_matched in falls if fall.floor == floor]
        here = [origin for origin in origins if origin.true_floor == floor]
        rows.append(
            FloorRow(floor, wilson(sum(matched), len(matched)), _within(here, 0), _within(here, 1), _errors(here))
        )
    return tuple(rows)


def _by_group(
    falls: Sequence[tuple[TrueFall, bool]], group_of: Callable[[TrueFall], tuple[int, str]]
) -> tuple[GroupRecall, ...]:
    """Tell the recall of each group, which has a place in the order and a name."""
    groups: dict[tuple[int, str], list[bool]] = {}
    for fall, matched in falls:
        groups.setdefault(group_of(fall), []).append(matched)
    return tuple(GroupRecall(group[1], wilson(sum(groups[group]), len(groups[group]))) for group in sorted(groups))


def _size_group(fall: TrueFall) -> tuple[int, str]:
    name = size_class(fall)
    return SIZES.index(name), f"{name} px"


def _release_error_s(scores: Iterable[ClipScore]) -> float | None:
    errors_s = [
        abs(judged.found.release_s - release_s)
        for score in scores
        for judged in score.confirmed
        if judged.outcome == "matched"
        and judged.true_index is not None
        and judged.found.release_s is not None
        and (release_s := score.truth.falls[judged.true_index].release_s) is not None
    ]
    return median(errors_s) if errors_s else None


def _fade(scores: Sequence[ClipScore]) -> FadeSummary:
    """Add up FADE's measures; boxes only where the sizes of everything found are known, so that none is left out."""
    overlaps = [score.fade.tro for score in scores if score.fade.tro is not None]
    hits = [score.fade.box_hits for score in scores if score.fade.box_hits is not None]
    found = [score.fade.boxes_found for score in scores if score.fade.boxes_found is not None]
    is_known = len(hits) == len(scores)
    return FadeSummary(
        tro=fmean(overlaps) if overlaps else None,
        box_precision=wilson(sum(hits), sum(found)) if is_known else wilson(0, 0),
        box_recall=wilson(sum(hits), sum(len(score.truth.boxes) for score in scores)) if is_known else wilson(0, 0),
    )

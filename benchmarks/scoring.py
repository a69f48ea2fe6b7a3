"""What was right and what was wrong in one clip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.clip_info import ClipInfo
from benchmarks.fade import FadeMeasures, measure_fade
from benchmarks.found import FoundFall
from benchmarks.matching import Agreement, agree, assign
from benchmarks.truth import ClipTruth, TrueFall
from floors.origin import Origin
from tracking.fall import Verdict

Outcome = Literal["matched", "duplicate", "false"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A fall found, and what it turned out to be.

    Attributes:
        found: The fall found.
        outcome: "matched"; "duplicate" of a true fall that a better one got; or "false", matching nothing.
        true_index: Which true fall; None if false.
        agreement: How well it follows that; None if false.
    """

    found: FoundFall
    outcome: Outcome
    true_index: int | None
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class OriginResult:
    """How right the origin of one matched confirmed fall is.

    Attributes:
        true_floor: The truth's floor; None where it names none.
        found_floor: The floor named; None where it has no origin, which counts as wrong.
        in_interval: Whether the true floor lies in the 90 % interval; None where no true floor is known.
        unit_right: Whether the unit is exact; None where no true unit is known.
        probability: What the program claimed for what it named (floor and unit, or the floor alone where the truth
            knows no unit); None without an origin.
        claim_right: Whether that claim holds.
    """

    true_floor: int | None
    found_floor: int | None
    in_interval: bool | None
    unit_right: bool | None
    probability: float | None
    claim_right: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """A true fall that no confirmed one matches, and what the program made of it instead.

    Attributes:
        true_index: Which one.
        seen_as: Verdict of a fall found that does match it, or None where there is none.
        reasons: That one's reasons.
    """

    true_index: int
    seen_as: Verdict | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClipScore:
    """The outcome of one clip.

    Attributes:
        truth: The clip and its truth.
        duration_s: How long it plays; 0 where detection failed, since nothing was watched.
        failure: Why detection failed, or None; then every true fall is missed.
        confirmed: The confirmed falls, judged.
        suspected: The suspected ones, judged against the true falls that no confirmed one got.
        missed: The true falls that no confirmed one got.
        origins: One entry for each matched confirmed fall whose truth knows floor or unit, in clips with a site.
        suspected_origins: The same for each matched suspected fall.
        fade: FADE's own measures.
    """

    truth: ClipTruth
    duration_s: float
    failure: str | None
    confirmed: tuple[Judged, ...]
    suspected: tuple[Judged, ...]
    missed: tuple[Missed, ...]
    origins: tuple[OriginResult, ...]
    suspected_origins: tuple[OriginResult, ...]
    fade: FadeMeasures

    @property
    def falls_found(self) -> tuple[tuple[TrueFall, bool], ...]:
        """Tell of each true fall whether a confirmed one matches it."""
        missed = {one.true_index for one in self.missed}
        return tuple((fall, index not in missed) for index, fall in enumerate(self.truth.falls))


def score_clip(truth: ClipTruth, found: Sequence[FoundFall], info: ClipInfo) -> ClipScore:
    """Judge what was found in a clip.

    The confirmed ones are matched first and alone, so that a suspected one neither takes a true fall from them nor
    adds to them; then the suspected ones are matched to what is left.

    Args:
        truth: What truly falls.
        found: What was found, of any verdict.
        info: Height and length of the clip.
    """
    height_px = info.height_px
    everything = frozenset(range(len(truth.falls)))
    confirmed = judge(with_verdict(found, "confirmed"), truth.falls, everything, height_px)
    left = everything - _matched(confirmed)
    suspected = judge(with_verdict(found, "suspected"), truth.falls, left, height_px)
    rejected = judge(with_verdict(found, "rejected"), truth.falls, left - _matched(suspected), height_px)
    return ClipScore(
        truth=truth,
        duration_s=info.duration_s,
        failure=None,
        confirmed=confirmed,
        suspected=suspected,
        missed=tuple(_missed(index, (*suspected, *rejected)) for index in sorted(left)),
        origins=tuple(_origin_results(truth, confirmed)),
        suspected_origins=tuple(_origin_results(truth, suspected)),
        fade=measure_fade(truth, with_verdict(found, "confirmed"), info.frame_s),
    )


def score_failure(truth: ClipTruth, message: str) -> ClipScore:
    """Count a clip whose detection failed: all that falls in it is missed, and no time was watched."""
    missed = tuple(Missed(index, None, ()) for index in range(len(truth.falls)))
    return ClipScore(truth, 0.0, message, (), (), missed, (), (), measure_fade(truth, (), 0.0))


def with_verdict(found: Iterable[FoundFall], verdict: Verdict) -> list[FoundFall]:
    """Pick the falls of one verdict, whether or not they began below the site's `min_floor`."""
    return [fall for fall in found if fall.verdict == verdict]


def judge(
    found: Sequence[FoundFall], falls: Sequence[TrueFall], free: frozenset[int], height_px: int
) -> tuple[Judged, ...]:
    """Match the falls found to the true ones that are free; one that matches only what another got is a duplicate."""
    agreements = {
        (i, j): agreement
        for i, one in enumerate(found)
        for j, fall in enumerate(falls)
        if (agreement := agree(one.path, fall.path, height_px)) is not None
    }
    true_of_found = assign({pair: agreement for pair, agreement in agreements.items() if pair[1] in free})
    judged = []
    for i, one in enumerate(found):
        likely = [j for j in range(len(falls)) if (i, j) in agreements]
        if i in true_of_found:
            j = true_of_found[i]
            judged.append(Judged(one, "matched", j, agreements[i, j]))
        elif likely:
            j = max(likely, key=lambda j: agreements[i, j].hits)
            judged.append(Judged(one, "duplicate", j, agreements[i, j]))
        else:
            judged.append(Judged(one, "false", None, None))
    return tuple(judged)


def score_origin(fall: TrueFall, origin: Origin | None) -> OriginResult:
    """Compare the origin of a matched fall with the truth; no origin counts as wrong."""
    if origin is None:
        in_interval = None if fall.floor is None else False
        unit_right = None if fall.unit is None else False
        return OriginResult(fall.floor, None, in_interval, unit_right, None, claim_right=False)
    floor_right = fall.floor is None or origin.floor == fall.floor
    unit_right = None if fall.unit is None else origin.unit == fall.unit
    return OriginResult(
        true_floor=fall.floor,
        found_floor=origin.floor,
        in_interval=None if fall.floor is None else origin.floor_low <= fall.floor <= origin.floor_high,
        unit_right=unit_right,
        probability=_floor_probability(origin) if fall.unit is None else origin.probability,
        claim_right=floor_right and unit_right is not False,
    )


def _floor_probability(origin: Origin) -> float:
    """Sum over the units of the floor named, which is what a truth without units can check."""
    listed = sum(candidate.probability for candidate in origin.candidates if candidate.floor == origin.floor)
    return min(1.0, max(origin.probability, listed))


def _origin_results(truth: ClipTruth, told: Iterable[Judged]) -> Iterable[OriginResult]:
    if truth.site is None:
        return
    for judged in told:
        if judged.outcome == "matched" and judged.true_index is not None:
            fall = truth.falls[judged.true_index]
            if fall.floor is not None or fall.unit is not None:
                yield score_origin(fall, judged.found.origin)


def _matched(judged: Iterable[Judged]) -> frozenset[int]:
    return frozenset(j.true_index for j in judged if j.outcome == "matched" and j.true_index is not None)


def _missed(true_index: int, others: Iterable[Judged]) -> Missed:
    for judged in others:
        if judged.outcome == "matched" and judged.true_index == true_index:
            return Missed(true_index, judged.found.verdict, judged.found.reasons)
    return Missed(true_index, None, ())

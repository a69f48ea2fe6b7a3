"""All numbers of a run, in the form of results.json."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.comparison import Contender, contender, counted
from benchmarks.run_facts import RunFacts
from benchmarks.scoring import ClipScore, Judged
from benchmarks.sensitivity import ideal_snr_50, measure_sensitivity, ratio_to_best, typical_frames
from benchmarks.strata import Stratum, stratify
from benchmarks.summary import Summary, summarise, summarise_suites
from benchmarks.throughput import Throughput

RESULTS_FORM = 1


@dataclass(frozen=True, slots=True)
class Results:
    """What a run measured.

    Attributes:
        facts: Where, when and from what.
        scores: Each clip.
        total: Over all clips but probes, which ask how faint an object may be.
        suites: Over the clips of each suite, by name.
        strata: Recall by suite, size and contrast.
        throughput: One for each size of frame; empty where not measured.
        peers: Other ways to find falls, on the same clips; empty where not measured.
    """

    facts: RunFacts
    scores: tuple[ClipScore, ...]
    total: Summary
    suites: dict[str, Summary]
    strata: tuple[Stratum, ...]
    throughput: tuple[Throughput, ...]
    peers: tuple[Contender, ...]

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Give this program and its peers, to be set side by side."""
        return (contender("droptrace", "this program", self.scores, self.throughput), *self.peers)


def gather(
    facts: RunFacts,
    scores: Sequence[ClipScore],
    throughput: Sequence[Throughput] = (),
    peers: Sequence[Contender] = (),
) -> Results:
    """Add up scores over everything and over each suite."""
    return Results(
        facts,
        tuple(scores),
        summarise(counted(scores)),
        summarise_suites(scores),
        stratify(counted(scores)),
        tuple(throughput),
        tuple(peers),
    )


def as_json(results: Results) -> dict[str, Any]:
    """Lay results out as results.json has them."""
    return {
        "form": RESULTS_FORM,
        "run": asdict(results.facts),
        "total": asdict(results.total),
        "suites": {name: asdict(summary) for name, summary in results.suites.items()},
        "strata": [asdict(one) for one in results.strata],
        "sensitivity": _sensitivity(results),
        "clips": [_clip(score) for score in results.scores],
        "throughput": [asdict(one) for one in results.throughput],
        "peers": {peer.name: peer.as_json() for peer in results.peers},
    }


def _sensitivity(results: Results) -> dict[str, Any] | None:
    """Tell this program's sensitivity beside the bound; that of a peer stands with the peer."""
    ours = measure_sensitivity(results.scores)
    if ours is None:
        return None
    frames = typical_frames(ours.trials)
    ratio = ratio_to_best(ours, (peer.sensitivity for peer in results.peers))
    return {**asdict(ours), "ideal_snr_50": ideal_snr_50(frames), "ideal_frames": frames, "ratio_to_best_peer": ratio}


def _clip(score: ClipScore) -> dict[str, Any]:
    truth = score.truth
    return {
        "suite": truth.suite,
        "name": truth.name,
        "clip": truth.clip.name,
        "site": truth.site.name if truth.site else None,
        "seed": truth.seed,
        "duration_s": round(score.duration_s, 4),
        "failure": score.failure,
        "falls": len(truth.falls),
        "confirmed": [_judged(judged) for judged in score.confirmed],
        "suspected": [_judged(judged) for judged in score.suspected],
        "missed": [
            {
                "fall": missed.true_index,
                "kind": truth.falls[missed.true_index].kind,
                "first_s": truth.falls[missed.true_index].first_s,
                "floor": truth.falls[missed.true_index].floor,
                "seen_as": missed.seen_as,
                "reasons": list(missed.reasons),
            }
            for missed in score.missed
        ],
        "origins": [asdict(origin) for origin in score.origins],
        "fade": asdict(score.fade),
    }


def _judged(judged: Judged) -> dict[str, Any]:
    found = judged.found
    return {
        "incident_id": found.incident_id,
        "outcome": judged.outcome,
        "fall": judged.true_index,
        "hits": judged.agreement.hits if judged.agreement else None,
        "median_px": round(judged.agreement.median_px, 2) if judged.agreement else None,
        "first_s": found.path[0][0],
        "last_s": found.path[-1][0],
        "score": found.score,
        "origin": asdict(found.origin) if found.origin else None,
        "package": found.package,
    }

"""How much likelier the readings of a network are of a thrown object than of anything else."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.motion_class import CLASSES
from models.reading import Reading

CONFIDENCES = (0.25, 0.5, 0.75)
"""Where one class of confidence ends and the next begins."""
MOST_NATS = 6.0
"""No picture is proof: the truth may be what no network was ever shown."""
_PRIOR_READINGS = 5.0
_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)

_Kind = tuple[str, int]
"""What a reading says: name of the class, and class of confidence."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood ratios, nats, measured on things whose truth is known.

    A crop in which nothing was found says nothing: mostly it is faint, which its motion has been weighed with already.

    Attributes:
        nats: Of each class's name, one for each class of confidence, the least sure first.
        share: How much of a reading's ratio is new beside the others of its track: they show the same thing.
    """

    nats: Mapping[str, tuple[float, ...]]
    share: float

    def of(self, readings: Sequence[Reading]) -> float:
        """Add up the readings of one track; positive speaks for a thrown object, `MOST_NATS` at most either way."""
        total = self.share * sum(self.nats[name][grade] for name, grade in _kinds(readings))
        return min(max(total, -MOST_NATS), MOST_NATS)


def measure(tracks: Sequence[tuple[bool, Sequence[Reading]]]) -> Likelihood:
    """Measure ratios on tracks that were not learnt from.

    Each reading alone is counted: of those of one kind, how many are of thrown objects, against how many there are of
    all. A Beta prior about the latter lets kinds that are rare say little, and one that never came nothing (Gelman et
    al., Bayesian Data Analysis, 3rd ed., 2.4). How much less many of one track tell is the share with which the sums
    tell thrown objects from the rest best, by the likelihood of the truth with even odds.

    Args:
        tracks: Whether each was a thrown object, and its readings; some of both.
    """
    counts = {
        is_thrown: Counter(kind for each, readings in tracks if each is is_thrown for kind in _kinds(readings))
        for is_thrown in (False, True)
    }
    grades = range(len(CONFIDENCES) + 1)
    nats = {
        name: tuple(_nats(counts[True], counts[False], (name, grade)) for grade in grades) for name in map(str, CLASSES)
    }
    return max((Likelihood(nats, share) for share in _SHARES), key=lambda each: _fit(each, tracks))


def _kinds(readings: Sequence[Reading]) -> Iterator[_Kind]:
    """Yield name and class of confidence of each reading that found something."""
    for reading in readings:
        if reading.label is not None:
            yield str(reading.label), sum(reading.confidence >= edge for edge in CONFIDENCES)


def _nats(thrown: Counter[_Kind], others: Counter[_Kind], kind: _Kind) -> float:
    """Tell the logarithm of the odds of a thrown object among readings of a kind, over those among all."""
    share = (thrown.total() + 0.5) / (thrown.total() + others.total() + 1)
    odds = (thrown[kind] + _PRIOR_READINGS * share) / (others[kind] + _PRIOR_READINGS * (1 - share))
    return math.log(odds) - math.log(share / (1 - share))


def _fit(likelihood: Likelihood, tracks: Sequence[tuple[bool, Sequence[Reading]]]) -> float:
    """Tell the mean log-likelihood of the truth, thrown objects and others weighing the same."""
    means = []
    for is_thrown in (False, True):
        chances = [
            -math.log1p(math.exp(-likelihood.of(readings) if is_thrown else likelihood.of(readings)))
            for each, readings in tracks
            if each is is_thrown
        ]
        means.append(sum(chances) / max(len(chances), 1))
    return sum(means)

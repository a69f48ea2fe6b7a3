"""What a network says of a fall, weighed against what its motion says."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from tracking.fall import Fall, Verdict

FALLING = "falling_object"
_ODDS_NATS: Mapping[Verdict, float] = MappingProxyType({"confirmed": 5.0, "suspected": -3.0})
"""How sure motion alone is that something was thrown: the logarithm of the odds."""
_CLEAR_NATS = 20.0
"""Below that evidence of gravity a path may be that of a fall by chance, and what has such a path looks like a fall
too: in an hour of crowd two were confirmed for their looks, with 9 nats. Throws that are doubted mostly have 30."""
_LEAST_NATS = -7.0
"""Below these odds nobody is asked to look."""


def weigh(fall: Fall, nats: float, words: str) -> Fall:
    """Judge a fall anew, by the odds that its motion gives it and by what it looks like.

    Neither is a veto: what falls as a stone for twenty floors and looks like a bird is for a person to see. But looks
    confirm nothing whose motion may be chance.

    Args:
        fall: Confirmed or suspected as a falling object; anything else stays as it is.
        nats: How much likelier its looks are of a thrown object than of anything else: log-likelihood ratio.
        words: What it looks like, for people.
    """
    if fall.verdict not in _ODDS_NATS or fall.label != FALLING:
        return fall
    odds_nats = _ODDS_NATS[fall.verdict] + nats
    may_be_confirmed = fall.verdict == "confirmed" or fall.evidence_nats >= _CLEAR_NATS
    verdict: Verdict = "suspected" if odds_nats >= _LEAST_NATS else "rejected"
    if odds_nats >= 0 and may_be_confirmed:
        verdict = "confirmed"
    reason = f"{'passed' if nats >= 0 else 'failed'}: {words}, which changes the odds by {nats:+.1f} nats"
    # Scores of what is confirmed lie above a half.
    scale = {("suspected", "confirmed"): 2.0, ("confirmed", "suspected"): 0.5, ("confirmed", "rejected"): 0.5}
    score = fall.score * scale.get((fall.verdict, verdict), 1.0)
    return replace(fall, verdict=verdict, score=score, reasons=(*fall.reasons, reason))

"""Floors, units and probabilities, ready to be shown."""

from dataclasses import dataclass

from server.facts import Facts

_MOST_BARS = 6
_SHOWN_FROM = 0.005


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the list of candidates; `floor` is None for all others together."""

    floor: int | None
    unit: str | None
    percent: float
    text: str


def candidate_bars(facts: Facts) -> tuple[Bar, ...]:
    """Return the most probable floors and units, and the rest as one bar, so that the sum is 1."""
    if facts.origin is None:
        return ()
    ranked = sorted(facts.origin.candidates, key=lambda candidate: -candidate.probability)
    shown = [candidate for candidate in ranked[:_MOST_BARS] if candidate.probability >= _SHOWN_FROM]
    bars = [Bar(one.floor, one.unit, 100 * one.probability, percent_text(one.probability)) for one in shown]
    rest = 1.0 - sum(candidate.probability for candidate in shown)
    if rest >= _SHOWN_FROM:
        bars.append(Bar(None, None, 100 * rest, percent_text(rest)))
    return tuple(bars)


def percent_text(probability: float) -> str:
    """Write a probability for people; it never says 0 % or 100 %, which nothing seen by a camera is."""
    percent = round(100 * probability)
    if percent >= 100:
        return "> 99 %"
    return f"{percent} %" if percent >= 1 else "< 1 %"

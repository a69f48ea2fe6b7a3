"""Spans of time, and how much of one others cover."""

from collections.abc import Iterable

Span = tuple[float, float]
"""From when to when, seconds."""


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or touch; those of no length are left out."""
    joined: list[Span] = []
    for start_s, end_s in sorted(span for span in spans if span[1] > span[0]):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
        else:
            joined.append((start_s, end_s))
    return joined


def covered_s(span: Span, by: Iterable[Span]) -> float:
    """Tell how many seconds of a span the others cover."""
    return sum(max(0.0, min(span[1], end_s) - max(span[0], start_s)) for start_s, end_s in merged(by))

"""What is done to a box and its cameras in a soak, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Deed = Literal[
    "cut",
    "silent",
    "away",
    "jump",
    "kill server",
    "start server",
    "SIGKILL",
    "SIGSEGV",
    "SIGSTOP",
    "SIGCONT",
    "reload",
    "reload changed",
    "remove",
    "add",
    "reload wrong",
    "set clock",
]

_FIRST_S = 15.0
_CALM_S = 60.0
_LEAST_CALM_SHARE = 0.35
# One trouble, how often it is chosen, the span of its length in seconds, and what ends it.
_TROUBLES: tuple[tuple[Deed, int, tuple[float, float], Deed | None], ...] = (
    ("cut", 4, (0.0, 0.0), None),
    ("silent", 2, (1.0, 25.0), None),
    ("away", 3, (2.0, 45.0), None),
    ("jump", 2, (-3600.0, 3600.0), None),
    ("kill server", 1, (0.0, 15.0), "start server"),
    ("SIGKILL", 3, (0.0, 0.0), None),
    ("SIGSEGV", 2, (0.0, 0.0), None),
    ("SIGSTOP", 2, (2.0, 60.0), "SIGCONT"),
    ("reload", 1, (0.0, 0.0), None),
    ("reload changed", 2, (0.0, 0.0), None),
    ("remove", 2, (5.0, 40.0), "add"),
    ("reload wrong", 1, (0.0, 0.0), None),
)
_OF_ALL = frozenset({"kill server", "start server", "reload", "reload wrong", "set clock"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        at_s: When, seconds from the beginning.
        deed: What.
        camera: To which camera; None for what befalls all.
        seconds: How long it is to last, or how far a clock is set.
    """

    at_s: float
    deed: Deed
    camera: str | None = None
    seconds: float = 0.0


def make_plan(rng: Random, *, length_s: float, cameras: Sequence[str], every_s: float, set_clock: bool) -> list[Step]:
    """Draw what happens, in order of time; the same generator gives the same.

    The last minute (a third of what is shorter) is calm, so that what was broken can come back.

    Args:
        rng: Draws.
        length_s: Of the soak.
        cameras: Names.
        every_s: Mean time from one trouble to the next.
        set_clock: Whether the wall clock is set, half-way.
    """
    end_s = length_s - min(_CALM_S, _LEAST_CALM_SHARE * length_s)
    weights = [weight for _, weight, _, _ in _TROUBLES]
    steps = [Step(length_s / 2, "set clock", seconds=rng.choice((-900.0, 900.0)))] if set_clock else []
    at_s = _FIRST_S
    while at_s < end_s:
        deed, _, (least_s, most_s), undo = rng.choices(_TROUBLES, weights)[0]
        seconds = round(rng.uniform(least_s, most_s), 1)
        camera = None if deed in _OF_ALL else rng.choice(cameras)
        steps.append(Step(at_s, deed, camera, seconds))
        if undo is not None:
            steps.append(Step(min(at_s + seconds, end_s), undo, camera))
        at_s += rng.expovariate(1 / every_s)
    return sorted(steps, key=lambda step: step.at_s)

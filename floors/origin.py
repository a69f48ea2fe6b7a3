"""Which floor and unit something fell from, and how sure that is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One floor and unit (None where the site names no units) and its probability, 0..1."""

    floor: int
    unit: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Posterior over where the object came from.

    Attributes:
        floor: Most probable floor, counted from 1 at the ground.
        floor_low: Lower end of the 90 % interval of floors.
        floor_high: Upper end.
        unit: Most probable unit on that floor; None where the site names none.
        probability: Of this floor and unit together.
        candidates: Most probable first; together 0.99 or more.
    """

    floor: int
    floor_low: int
    floor_high: int
    unit: str | None
    probability: float
    candidates: tuple[Candidate, ...]

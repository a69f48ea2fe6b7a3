"""The tower: floors and units, in facade metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Unit:
    """A column of windows: its name and its left and right edge, metres."""

    name: str
    left_m: float
    right_m: float


@dataclass(frozen=True, slots=True)
class Building:
    """A facade with floors and units.

    Attributes:
        ident: Short id, such as "b3".
        name: Name for people.
        boundaries_m: Height of the lower edge of each floor from the first, and of the roof last; floors + 1 values.
        units: Columns, left to right.
    """

    ident: str
    name: str
    boundaries_m: tuple[float, ...]
    units: tuple[Unit, ...]

    @property
    def floor_count(self) -> int:
        """Count the floors."""
        return len(self.boundaries_m) - 1

    @property
    def width_m(self) -> float:
        """Tell the width of the facade."""
        return self.units[-1].right_m

    @property
    def height_m(self) -> float:
        """Tell the height of the roof."""
        return self.boundaries_m[-1]

    @property
    def even_height_m(self) -> float | None:
        """Tell the height of a floor where all are alike, else None."""
        heights = np.diff(self.boundaries_m)
        return float(heights[0]) if np.ptp(heights) < 1e-9 else None

    def slab_m(self, floor: int) -> float:
        """Tell the height of the lower edge of a floor, counted from 1."""
        return self.boundaries_m[floor - 1]

    def storey_m(self, floor: int) -> float:
        """Tell how high a floor is."""
        return self.boundaries_m[floor] - self.boundaries_m[floor - 1]


def make_building(ident: str, floor_count: int, lobby: bool, rng: np.random.Generator) -> Building:
    """Lay out a tower.

    Args:
        ident: Short id.
        floor_count: Number of floors.
        lobby: Whether the first floor is higher than the others.
        rng: Source of chance.

    Returns:
        The building, six to nine units wide.
    """
    storey_m = round(float(rng.uniform(2.8, 3.1)), 2)
    first_m = round(storey_m + float(rng.uniform(1.0, 1.8)), 2) if lobby else storey_m
    boundaries_m = (0.0, *(round(first_m + storey_m * index, 3) for index in range(floor_count)))
    widths_m = rng.choice([3.3, 3.6, 3.9, 4.5], size=int(rng.integers(6, 10)))
    edges_m = np.round(np.concatenate([[0.0], np.cumsum(widths_m)]), 3)
    units = tuple(
        Unit(f"{index + 1:02d}", float(edges_m[index]), float(edges_m[index + 1])) for index in range(len(widths_m))
    )
    return Building(ident, f"Tower {ident.removeprefix('b')}", boundaries_m, units)

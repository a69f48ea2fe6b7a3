"""A suite of scenes, and the towers that scenes are set at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from samples.spec import SceneSpec


@dataclass(frozen=True, slots=True)
class Suite:
    """Scenes that ask one question of a detector.

    Attributes:
        name: As the command line takes it.
        purpose: One line for people.
        scenes: What is in it.
    """

    name: str
    purpose: str
    scenes: tuple[SceneSpec, ...]


# Floors, distance to the wall in metres, lowest floor in view, floors that something is thrown from.
_TOWERS: tuple[tuple[int, float, int, tuple[int, ...]], ...] = (
    (18, 24.0, 5, (14,)),
    (12, 20.0, 3, (9, 6)),
    (24, 30.0, 8, (19, 14)),
    (33, 36.0, 14, (28,)),
    (15, 22.0, 4, (12, 8)),
    (18, 28.0, 5, (17, 10)),
    (27, 34.0, 10, (22, 16)),
    (12, 18.0, 3, (11,)),
    (30, 38.0, 12, (26, 18)),
    (21, 26.0, 6, (16, 11)),
    (16, 25.0, 4, (13, 7)),
    (33, 40.0, 12, (31, 20)),
)


def on_towers(name: str, seed: int, conditions: Iterable[SceneSpec]) -> tuple[SceneSpec, ...]:
    """Set each condition at the next tower of a fixed round of twelve.

    Args:
        name: Of the suite; scenes are numbered after it.
        seed: Of the first scene; the others have the next ones.
        conditions: What is alike or different about the scenes, place and throws apart.

    Returns:
        The scenes.
    """
    scenes = []
    for index, condition in enumerate(conditions):
        floors, distance_m, lowest_floor, throw_floors = _TOWERS[index % len(_TOWERS)]
        scenes.append(
            replace(
                condition,
                name=f"{name}_{index + 1:02d}",
                seed=seed + index,
                floors=floors,
                lobby=index % 3 == 2,
                distance_m=distance_m,
                lowest_floor=lowest_floor,
                throw_floors=throw_floors,
            )
        )
    return tuple(scenes)

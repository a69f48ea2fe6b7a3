"""What accuracy is aimed at, suite by suite."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """Least shares for the suites of one group; None where nothing is aimed at.

    Attributes:
        suites: Names of the suites.
        recall: Of confirmed falls; with `told`, of confirmed or suspected ones.
        precision: Of confirmed falls.
        floor_exact: Right floor.
        floor_within_one: Right floor or the next.
        unit_exact: Right unit.
        told: Whether a suspected fall counts as found.
    """

    suites: tuple[str, ...]
    recall: float
    precision: float | None
    floor_exact: float | None
    floor_within_one: float
    unit_exact: float | None
    told: bool = False


GOALS: tuple[Goal, ...] = (
    Goal(
        (
            *("clear", "shake", "clouds", "drips", "gondola", "mirror"),
            *("birds", "laundry", "lamps", "fourk", "fps15", "fps30"),
        ),
        *(0.98, 0.99, 0.99, 0.998, 0.98),
    ),
    Goal(("night", "insects", "rain", "snow", "trees", "faint", "lowrate"), 0.95, 0.98, 0.97, 0.995, 0.96),
    Goal(("hidden", "offset"), 0.95, 0.98, 0.95, 0.99, 0.93),
    Goal(("small",), 0.90, 0.97, 0.90, 0.98, 0.90),
    Goal(("light",), 0.90, None, None, 0.85, None, told=True),
)
FALSE_ALARMS_AN_HOUR = 0.2
INTERVAL_SHARE = (0.88, 0.95)
SENSITIVITY_RATIO = 0.5
"""Signal to noise at which half is found, by that of the best peer."""
PROBES = "sensitivity"
"""The suite that goes below what can be seen; it has no share to reach."""
EMPTY_SUITES = ("crowded", "crowded_short", "quiet")


def goal_of(suite: str) -> Goal | None:
    """Find the goal of a suite; None where there is none."""
    return next((goal for goal in GOALS if suite in goal.suites), None)

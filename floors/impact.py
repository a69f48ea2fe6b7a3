"""How and where a fall meets the ground: where to look for the object, and how hard it hit."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

DragClass = Literal["heavy", "light_solid", "flutters"]

_HEAVY_M_S = 15.0
_SOLID_M_S = 5.0


@dataclass(frozen=True, slots=True)
class Impact:
    """A fall's end, computed from its fit in space, with standard deviations.

    Attributes:
        time_s: When it meets the ground, presentation seconds.
        speed_m_s: How fast it is then.
        speed_sigma_m_s: Standard deviation of that.
        distance_m: Where it lands, metres out of the wall.
        distance_sigma_m: Standard deviation of that.
        along_m: Where along the facade, metres of the site.
        along_sigma_m: Standard deviation of that.
        terminal_velocity_m_s: The speed at which drag would balance its weight.
        drag_class: "heavy" (stone, bottle, metal), "light_solid" (can, box, fruit) or "flutters" (cloth, paper).
        drag_class_probability: How sure that class is.
    """

    time_s: float
    speed_m_s: float
    speed_sigma_m_s: float
    distance_m: float
    distance_sigma_m: float
    along_m: float
    along_sigma_m: float
    terminal_velocity_m_s: float
    drag_class: DragClass
    drag_class_probability: float


def classify_drag(terminal_velocity_m_s: float, log_sigma: float) -> tuple[DragClass, float]:
    """Tell the likeliest drag class and its probability.

    Bottles and stones fall at 20 m/s and more in the end, cans and cups at 7 to 13, paper at 2.

    Args:
        terminal_velocity_m_s: The estimate.
        log_sigma: Standard deviation of its natural logarithm.
    """
    estimate = NormalDist(math.log(terminal_velocity_m_s), max(log_sigma, 1e-6))
    solid, heavy = (estimate.cdf(math.log(border)) for border in (_SOLID_M_S, _HEAVY_M_S))
    shares: dict[DragClass, float] = {
        "flutters": solid,
        "light_solid": heavy - solid,
        "heavy": 1 - heavy,
    }
    likeliest = max(shares, key=lambda name: shares[name])
    return likeliest, shares[likeliest]

"""What is thrown: kinds, sizes, looks, and how a kind tumbles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from samples.coverage import Shape
from samples.errors import SceneError
from samples.trajectory import Trajectory


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: longer and shorter side in metres, terminal velocity and slowest and fastest spin."""

    name: str
    length_m: float
    width_m: float
    shape: Shape
    terminal_m_s: float
    spin_hz: tuple[float, float]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("cigarette_end", 0.05, 0.012, "box", 7.0, (1.0, 4.0)),
            Kind("can", 0.12, 0.066, "box", 13.0, (1.0, 4.0)),
            Kind("cup", 0.11, 0.085, "box", 9.0, (0.5, 3.0)),
            Kind("bottle", 0.25, 0.07, "ellipse", 16.0, (0.5, 3.0)),
            Kind("full_bottle", 0.32, 0.09, "ellipse", 38.0, (0.5, 2.0)),
            Kind("ball", 0.22, 0.22, "ellipse", 18.0, (0.0, 1.0)),
            Kind("shoe", 0.30, 0.12, "ellipse", 26.0, (0.5, 3.0)),
            Kind("brick", 0.24, 0.115, "box", 48.0, (0.3, 2.0)),
            Kind("flowerpot", 0.24, 0.22, "box", 40.0, (0.2, 1.0)),
            Kind("rubbish_bag", 0.42, 0.34, "ellipse", 22.0, (0.1, 0.8)),
            Kind("takeaway", 0.20, 0.15, "box", 14.0, (0.3, 1.5)),
            Kind("box", 0.40, 0.30, "box", 13.0, (0.2, 1.5)),
        )
    }
)

# What sinks more than it falls. Apart from the others, which a scene that names no kinds chooses from.
LIGHT_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("napkin", 0.33, 0.20, "box", 1.7, (0.3, 1.2)),
            Kind("paper", 0.297, 0.21, "box", 2.1, (0.4, 1.5)),
            Kind("cloth", 0.50, 0.35, "box", 3.0, (0.1, 0.6)),
            Kind("shirt", 0.65, 0.45, "ellipse", 3.6, (0.1, 0.5)),
        )
    }
)


def find_kind(name: str) -> Kind:
    """Find a kind of object by its name.

    Raises:
        SceneError: There is none.
    """
    for kinds in (KINDS, LIGHT_KINDS):
        if name in kinds:
            return kinds[name]
    raise SceneError(f"no kind of object is called {name!r}: choose from {', '.join((*KINDS, *LIGHT_KINDS))}")


@dataclass(frozen=True, slots=True)
class Look:
    """What the camera makes of an object: luma and chroma in video levels (16..235, 128 is no colour)."""

    luma: float
    blue_chroma: float
    red_chroma: float


@dataclass(frozen=True, slots=True)
class Tumble:
    """How an object turns: turns a second, and phases in radians of tumbling and of turning in the picture."""

    spin_hz: float
    tumble_phase: float
    turn_phase: float

    def foreshortening(self, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far the long side is turned to the camera, (n,) in 0..1."""
        return np.abs(np.cos(2.0 * np.pi * self.spin_hz * elapsed_s + self.tumble_phase))

    def visible_sides_m(self, length_m: float, width_m: float, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n, 2) sides that the camera sees of a body of that length and width, metres."""
        facing = self.foreshortening(elapsed_s)
        visible_m = np.hypot(length_m * facing, width_m * np.sqrt(1.0 - facing**2))
        return np.stack([visible_m, np.full_like(visible_m, width_m)], axis=1)

    def angle(self, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the direction of the long side in the picture, (n,) radians."""
        return 2.0 * np.pi * 0.37 * self.spin_hz * elapsed_s + self.turn_phase


@dataclass(frozen=True, slots=True)
class Throw:
    """One object thrown from one window.

    Attributes:
        kind: What it is.
        length_m: Longer side of this very object.
        width_m: Shorter side.
        tumble: How it turns.
        release_s: When it leaves the hand, presentation seconds.
        floor: Floor it comes from, counted from 1.
        unit: Name of the unit it comes from.
        flight: Its flight from the release on.
        look: Its brightness and colour.
        contrast: Median difference to the wall behind its path, grey levels.
    """

    kind: Kind
    length_m: float
    width_m: float
    tumble: Tumble
    release_s: float
    floor: int
    unit: str
    flight: Trajectory
    look: Look
    contrast: float

    @property
    def end_s(self) -> float:
        """Tell when it reaches the ground, presentation seconds."""
        return self.release_s + self.flight.duration_s

    def sides_m(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n, 2) visible sides, metres, at (n,) presentation seconds."""
        return self.tumble.visible_sides_m(self.length_m, self.width_m, time_s - self.release_s)

    def position_m(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (n, 3) position, metres, at (n,) presentation seconds."""
        return self.flight.at(time_s - self.release_s)

    def is_flying(self, time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which of (n,) presentation seconds it is in the air."""
        flying: NDArray[np.bool_] = (time_s >= self.release_s) & (time_s < self.end_s)
        return flying

"""The last hits of many tracks, each in one place from its start to its end."""

import numpy as np
from numpy.typing import NDArray

from tracking.sighting import Sightings

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
NONE = -1


class HitHistory:
    """What the last hits of up to so many tracks were.

    Tracks come and go by the hundred a frame, and a history is most of what is known of one; moved along with the rest
    they cost more than everything else about them.
    """

    KEEP = 24
    """Hits remembered of each track."""

    def __init__(self, capacity: int) -> None:
        """Have places for `capacity` tracks."""
        self._hits = np.full((capacity, self.KEEP, 2), NONE, np.int64)
        # Time and position down of each hit.
        self._trace = np.zeros((capacity, self.KEEP, 2))
        self._free = np.arange(capacity)

    def take(self, count: int) -> Indices:
        """Take (count,) places, empty."""
        taken, self._free = self._free[:count], self._free[count:]
        self._hits[taken] = NONE
        self._trace[taken] = 0.0
        return taken

    def give_back(self, places: Indices) -> None:
        """Give (K,) places back."""
        self._free = np.concatenate([self._free, places])

    def add(self, places: Indices, chosen: Indices, serial: int, sightings: Sightings) -> None:
        """Note that the tracks at (K,) places were hit by the (K,) `chosen` detections of frame `serial`."""
        self._hits[places, 1:] = self._hits[places, :-1]
        self._hits[places, 0, 0] = serial
        self._hits[places, 0, 1] = chosen
        self._trace[places, 1:] = self._trace[places, :-1]
        self._trace[places, 0, 0] = sightings.time_s
        self._trace[places, 0, 1] = sightings.position[chosen, 1]

    def hits(self, places: Indices) -> Indices:
        """Tell (K, KEEP, 2) frame serials and detections, newest first; NONE where there were no more."""
        return self._hits[places]

    def trace(self, places: Indices) -> Array:
        """Tell (K, KEEP, 2) times and positions down of the same hits."""
        return self._trace[places]

"""The last hits of many tracks, each in one place from its start to its end."""

import numpy as np
from numpy.typing import NDArray

from tracking.pairs import Pairs
from tracking.sighting import DOWN, Sightings

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

    def start(self, pairs: Pairs, later: Sightings, serial: int) -> Indices:
        """Note that tracks start with (P,) pairs, whose later ones are of frame `serial`; tell (P,) places."""
        places, self._free = self._free[: len(pairs.second)], self._free[len(pairs.second) :]
        self._hits[places] = NONE
        self._put(places, 0, serial, pairs.second_index, later.time_s, pairs.second[:, DOWN])
        self._put(places, 1, pairs.first_serial, pairs.first_index, pairs.first_s, pairs.first[:, DOWN])
        return places

    def give_back(self, places: Indices) -> None:
        """Give (K,) places back."""
        self._free = np.concatenate([self._free, places])

    def add(self, places: Indices, chosen: Indices, serial: int, sightings: Sightings) -> None:
        """Note that the tracks at (K,) places were hit by the (K,) `chosen` detections of frame `serial`."""
        self._hits[places, 1:] = self._hits[places, :-1]
        self._trace[places, 1:] = self._trace[places, :-1]
        self._put(places, 0, serial, chosen, sightings.time_s, sightings.position[chosen, 1])

    def _put(
        self, places: Indices, at: int, serial: Indices | int, chosen: Indices, time_s: Array | float, down: Array
    ) -> None:
        self._hits[places, at, 0] = serial
        self._hits[places, at, 1] = chosen
        self._trace[places, at, 0] = time_s
        self._trace[places, at, 1] = down

    def hits(self, places: Indices) -> Indices:
        """Tell (K, KEEP, 2) frame serials and detections, newest first; NONE where there were no more."""
        return self._hits[places]

    def trace(self, places: Indices) -> Array:
        """Tell (K, KEEP, 2) times and positions down of the same hits; anything where there were no more."""
        return self._trace[places]

"""Three-frame difference and nearest neighbour, with a downward rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from pathlib import Path
from typing import Any

from benchmarks.peers.blob import Blob, Trail
from benchmarks.peers.downward import goes_down
from benchmarks.peers.foreground import three_frame_foreground
from benchmarks.peers.pipeline import Recipe

REACH_PX = 50.0
MAX_AGE = 2


@dataclass(slots=True)
class _Chain:
    trail: Trail = field(default_factory=Trail)
    missed: int = 0


class NearestTracker:
    """Joins each blob to the nearest end of a trail, nearest pairs first."""

    def __init__(self, reach_px: float = REACH_PX, max_age: int = MAX_AGE) -> None:
        """Start without trails: none reaches farther than `reach_px`, nor lives `max_age` pictures without a blob."""
        self._reach_px = reach_px
        self._max_age = max_age
        self._chains: list[_Chain] = []

    def step(self, time_s: float, blobs: Sequence[Blob]) -> list[Trail]:
        """Take in a picture's blobs; give the trails that ended."""
        free = set(range(len(blobs)))
        waiting = set(range(len(self._chains)))
        for _, i, j in sorted(self._pairs(blobs)):
            if i in waiting and j in free:
                waiting.discard(i)
                free.discard(j)
                self._chains[i].trail.add(time_s, blobs[j])
                self._chains[i].missed = 0
        for i in waiting:
            self._chains[i].missed += 1
        ended = [chain.trail for chain in self._chains if chain.missed > self._max_age]
        self._chains = [chain for chain in self._chains if chain.missed <= self._max_age]
        self._chains += [_Chain(Trail([time_s], [blobs[j]])) for j in sorted(free)]
        return ended

    def finish(self) -> list[Trail]:
        """Give the trails that had not ended."""
        ended, self._chains = [chain.trail for chain in self._chains], []
        return ended

    def _pairs(self, blobs: Sequence[Blob]) -> list[tuple[float, int, int]]:
        pairs = []
        for i, chain in enumerate(self._chains):
            last = chain.trail.blobs[-1]
            for j, blob in enumerate(blobs):
                distance_px = hypot(blob.x_px - last.x_px, blob.y_px - last.y_px)
                if distance_px <= self._reach_px:
                    pairs.append((distance_px, i, j))
        return pairs


def three_frame(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    """Find falls by three-frame difference, nearest neighbour and a downward rule; nothing is written."""
    del out
    return Recipe("three_frame", three_frame_foreground, NearestTracker, goes_down).find(clip, site)

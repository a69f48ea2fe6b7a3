"""What all peers share: pictures to masks to blobs to trails to the form of `detect`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers.blob import Blob, Trail, blobs_of
from benchmarks.peers.foreground import Foreground
from benchmarks.peers.grey import grey_frames
from floors.projection import Facade, make_facade
from floors.site import load_site

Rule = Callable[[Trail, int], bool]
"""Tells of (trail, frame height in pixels) whether it is a fall."""


class Tracker(Protocol):
    """Joins blobs into trails; asked once for every picture, also without blobs."""

    def step(self, time_s: float, blobs: Sequence[Blob]) -> list[Trail]:
        """Take in a picture's blobs; give the trails that ended."""

    def finish(self) -> list[Trail]:
        """Give the trails that had not ended."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A peer: its name, the way to see what moves, the tracker, and the rule."""

    name: str
    foreground: Foreground
    make_tracker: Callable[[], Tracker]
    is_fall: Rule

    def find(self, clip: Path, site: Path | None) -> list[dict[str, Any]]:
        """Find falls in a clip.

        Raises:
            BenchmarkError: The clip holds no video.
            FFmpegError: The clip cannot be decoded.
            VisionError: The folder of images cannot be read.
            SiteError: The site file is wrong.
        """
        tracker = self.make_tracker()
        trails: list[Trail] = []
        height_px = width_px = 0
        for time_s, mask in self.foreground(grey_frames(clip)):
            height_px, width_px = mask.shape
            trails += tracker.step(time_s, blobs_of(mask))
        trails += tracker.finish()
        falls = [trail for trail in trails if self.is_fall(trail, height_px)]
        facade = make_facade(load_site(site).scaled_to(width_px, height_px)) if site and falls else None
        return [_line(f"{self.name}-{index}", trail, facade) for index, trail in enumerate(falls, start=1)]


def _line(incident_id: str, trail: Trail, facade: Facade | None) -> dict[str, Any]:
    path = [[t_s, blob.x_px, blob.y_px] for t_s, blob in zip(trail.times_s, trail.blobs, strict=True)]
    return {
        "incident_id": incident_id,
        "verdict": "confirmed",
        "label": "falling_object",
        "score": 1.0,
        "release_s": path[0][0],
        "first_s": path[0][0],
        "last_s": path[-1][0],
        "release_px": path[0][1:],
        "path": path,
        "path_size_px": [blob.size_px for blob in trail.blobs],
        "origin": _origin(facade, trail.blobs[0]) if facade else None,
        "reasons": ["it goes down"],
        "package": None,
    }


def _origin(facade: Facade, first: Blob) -> dict[str, Any]:
    """Name the floor at the pixel where it is seen first, as if that were where it came from."""
    highest = len(facade.boundaries_m) - 1
    floor = min(max(int(facade.floor_of_pixel(first.x_px, first.y_px)), 1), highest)
    named = {"floor": floor, "unit": facade.unit_at(first.x_px, first.y_px), "probability": 1.0}
    return {**named, "floor_low": floor, "floor_high": floor, "candidates": [named]}

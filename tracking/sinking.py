"""What sinks instead of falling: cloth and paper from a window, told from leaves, scraps, flakes and birds.

It reaches its terminal velocity at once, so no acceleration proves a throw. What is left is where it began, how large
it is, and that it goes down steadily; that is worth a look by a person and never an order by itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.floor_map import ASSUMED_FLOOR_M
from floors.projection import Facade
from tracking.physics_tests import Outcome
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]

LABEL = "light_object"


@dataclass(frozen=True, slots=True)
class SinkingLimits:
    """What is held to be a light object. Measured on rendered cloth and paper, and on leaves, birds and snow.

    Attributes:
        least_s: Shortest time in view.
        longest_s: Longest.
        least_points: Sights.
        least_hit_share: Share of frames in which it was seen.
        least_floors: Travel.
        slowest_m_s: Least mean speed down the wall; a gondola is slower.
        fastest_m_s: Greatest; what is before the wall seems faster than it is.
        sideways: Width of its way along the wall, in metres for each metre down.
        least_size_m: Root of the visible area at the distance of the wall; leaves are smaller.
        rising_share: Share of its way that it may go up.
        border: Share of the frame's height next to its borders where nothing is known to begin.
        watched_frames: Frames that had been watched before it was first seen: what was there from the start did
            not begin.
    """

    least_s: float = 1.2
    longest_s: float = 40.0
    least_points: int = 20
    least_hit_share: float = 0.7
    least_floors: float = 2.0
    slowest_m_s: float = 0.8
    fastest_m_s: float = 6.0
    sideways: float = 0.5
    least_size_m: float = 0.15
    rising_share: float = 0.1
    border: float = 0.03
    watched_frames: int = 8


def may_sink(track: Track, limits: SinkingLimits) -> bool:
    """Tell whether a track is worth the tests: in rain and snow nearly none is."""
    span_s = track.detections[-1].taken_s - track.detections[0].taken_s
    return span_s >= limits.least_s and len(track.detections) >= limits.least_points


def sinking_tests(
    detections: tuple[Detection, ...], frames: int, watched: int, facade: Facade, limits: SinkingLimits
) -> list[Outcome]:
    """Run the tests for a light object.

    Args:
        detections: In order of time.
        frames: Looked at from the first to the last of them.
        watched: Frames that were remembered before the first.
        facade: Geometry of the site.
        limits: What is held to be a light object.
    """
    points_px = np.array([(d.x_px, d.y_px) for d in detections])
    floors = facade.floors_of(points_px)
    metres = facade.metres_of(points_px)
    span_s = detections[-1].taken_s - detections[0].taken_s
    down_m = float(floors[0] - floors[-1]) * ASSUMED_FLOOR_M
    steps = np.diff(floors)
    rising = float(np.maximum(steps, 0.0).sum()) / max(float(np.abs(steps).sum()), 1e-6)
    across_m = float(np.ptp(metres[:, 0]))
    speed_m_s = down_m / max(span_s, 1e-3)
    size_m = _size_m(detections, facade)
    return [
        _outcome(len(detections) >= limits.least_hit_share * frames, f"seen in {len(detections)} of {frames} frames"),
        _outcome(span_s <= limits.longest_s, f"takes {span_s:.2f} s"),
        _outcome(down_m >= limits.least_floors * ASSUMED_FLOOR_M, f"moves down {down_m / ASSUMED_FLOOR_M:.1f} floors"),
        _outcome(limits.slowest_m_s <= speed_m_s <= limits.fastest_m_s, f"sinks at {speed_m_s:.1f} m/s"),
        _outcome(rising <= limits.rising_share, f"goes up for {rising:.0%} of its way"),
        _outcome(across_m <= limits.sideways * down_m, f"moves within {across_m:.1f} m along the wall"),
        _outcome(size_m >= limits.least_size_m, f"is {size_m:.2f} m large, if it is at the wall"),
        _begins(points_px[0], float(floors[0]), watched, facade, limits),
    ]


def _size_m(detections: tuple[Detection, ...], facade: Facade) -> float:
    sizes = [
        d.area_px**0.5 / facade.px_per_m_across(d.x_px, d.y_px) for d in detections[:: max(len(detections) // 16, 1)]
    ]
    return float(np.median(sizes))


def _begins(start_px: Array, floor: float, watched: int, facade: Facade, limits: SinkingLimits) -> Outcome:
    """Tell whether it came into being before the wall, and did not come in from beyond the picture."""
    camera = facade.site.camera
    border_px = limits.border * camera.height_px
    x_px, y_px = float(start_px[0]), float(start_px[1])
    inside = border_px <= x_px <= camera.width_px - border_px and border_px <= y_px <= camera.height_px - border_px
    top = len(facade.boundaries_m)
    passed = inside and 1.0 <= floor <= top + 0.5 and watched >= limits.watched_frames
    return _outcome(passed, f"first seen at ({x_px:.0f}, {y_px:.0f}) px, before floor {floor:.1f}")


def _outcome(passed: bool, reason: str) -> Outcome:
    return Outcome(passed, doubtful=False, reason=reason)

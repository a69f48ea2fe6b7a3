"""What a track saw while its thing was still held: a hand, a rail or a curtain that then lets something go.

A thing that hardly moves in half a second is not in the air: from rest it falls 1.2 m meanwhile. The tracker cannot
know that what it follows will turn out to be two things, the one that stands and the one that falls.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tracking.track import Track

Array = NDArray[np.float64]

_WINDOW_S = 0.5
_REACH = 0.0075
"""How far a thing may move in that time, as a share of the frame's height, and still stand: 8 px of 1080."""
_REACH_BY_SIZE = 0.25
_DESCENT_LEFT = 0.6
"""What comes to rest below at last stands too; most of the way down must lie ahead."""


def cut_standstill(track: Track, height_px: int) -> Track:
    """Begin a track where its thing last stood still before it fell; as it is where it never did.

    Args:
        track: A track; what is cut off is found in its `earlier` detections from then on.
        height_px: Height of the frame.
    """
    rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in track.detections])
    last = _last_standing(rows, height_px)
    if last is None:
        return track
    held, rest = track.detections[:last], track.detections[last:]
    earlier = (*track.earlier, *((one,) for one in held))
    return replace(track, detections=rest, frames=track.frames_from(last), earlier=earlier)


def _last_standing(rows: Array, height_px: int) -> int | None:
    """Find the last of (N, 5) sights (time, x, y, width, height) before which the thing hardly moved.

    It may fall already then. Its first sights are found again by tracing back, which knows by then how it falls.
    """
    times_s, places_px, sizes_px = rows[:, 0], rows[:, 1:3], rows[:, 3:].max(axis=1)
    ago = np.searchsorted(times_s, times_s - _WINDOW_S, side="right") - 1
    moved_px = np.hypot(*(places_px - places_px[np.maximum(ago, 0)]).T)
    left = places_px[-1, 1] - places_px[:, 1] >= _DESCENT_LEFT * np.ptp(places_px[:, 1])
    stands = (ago >= 0) & left & (moved_px <= _REACH * height_px + _REACH_BY_SIZE * sizes_px)
    return int(np.flatnonzero(stands)[-1]) if stands.any() else None

"""A track whose thing was hidden for a moment, so that what was seen before may have been something else.

Leaves before a wall stir where a fall passes behind them. Two or three of their specks in line with it, and the path
accelerates as nothing does that falls.
"""

from dataclasses import replace

import numpy as np

from tracking.track import Track

_HIDDEN_S = 0.2
_DESCENT_LEFT = 0.6
"""Most of the way down must lie behind what hid it: what is judged is what was seen well."""


def cut_hidden_start(track: Track) -> Track | None:
    """Begin a track where its thing came out from behind what hid it last.

    Args:
        track: A track.

    Returns:
        The rest, with frames without detections in the place of what was cut off, which so is not found again; None
        where nothing hid it for long, or most of its way down was before that.
    """
    times_s = np.array([detection.taken_s for detection in track.detections])
    y_px = np.array([detection.y_px for detection in track.detections])
    left = y_px[-1] - y_px[1:] >= _DESCENT_LEFT * np.ptp(y_px)
    hidden = np.flatnonzero((np.diff(times_s) >= _HIDDEN_S) & left)
    if not hidden.size:
        return None
    first = int(hidden[-1]) + 1
    frames = track.frames_from(first)
    earlier = (*track.earlier, *(() for _ in range(track.frames - frames)))
    return replace(track, detections=track.detections[first:], frames=frames, earlier=earlier)

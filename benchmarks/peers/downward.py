"""The rule that makes a trail a fall: it goes down."""

import numpy as np

from benchmarks.peers.blob import Trail

MIN_POINTS = 5
MIN_DROP_SHARE = 0.08
MIN_STEPS_DOWN = 0.8
MAX_SIDEWAYS = 0.5


def goes_down(trail: Trail, frame_height_px: int) -> bool:
    """Tell whether a trail is seen five times, drops by 8 % of the frame, nearly always down and little sideways."""
    if len(trail.blobs) < MIN_POINTS:
        return False
    path_px = trail.path_px()
    aside_px, drop_px = path_px[-1] - path_px[0]
    steps_down = float(np.mean(np.diff(path_px[:, 1]) > 0))
    return bool(
        drop_px >= MIN_DROP_SHARE * frame_height_px
        and steps_down >= MIN_STEPS_DOWN
        and abs(aside_px) <= MAX_SIDEWAYS * drop_px
    )

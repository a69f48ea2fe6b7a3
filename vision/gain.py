"""Light that changes everywhere at once: a passing cloud, the camera's exposure."""

import numpy as np
from numpy.typing import NDArray

_STEP_PX = 32
_FEW = 1000
"""So many pixels are asked at least, where there are as many: fewer would call their noise a change."""
_LARGEST_CHANGE = 0.25
_DARKEST = 12
"""Grey levels below which the ratio of two numbers says nothing."""


def measure_gain(luma: NDArray[np.uint8], scene: NDArray[np.uint8]) -> float:
    """Tell by what factor a frame is brighter than the scene that is remembered.

    Every 32nd pixel of every 32nd row is asked, in small pictures more, and the median counts: a lit window changes
    nothing. Gamma-coded luma under another light is multiplied by nearly the same factor everywhere.

    Args:
        luma: (height, width) uint8 frame.
        scene: (height, width) uint8, the same without a change of light.

    Returns:
        The factor; exactly 1 where the median pixel differs by less than a grey level, or where so much changed
        from one frame to the next that it is another scene.
    """
    step = int(np.clip(np.sqrt(luma.size / _FEW), 1, _STEP_PX))
    now = luma[::step, ::step].astype(np.int16)
    then = scene[::step, ::step].astype(np.int16)
    difference = now - then
    # A cheap look first: nearly always this is all.
    if abs(float(difference.mean())) < 0.5 or np.median(difference) == 0:
        return 1.0
    bright = then >= _DARKEST
    if not bright.any():
        return 1.0
    gain = float(np.median(now[bright] / then[bright]))
    return gain if abs(gain - 1.0) <= _LARGEST_CHANGE else 1.0

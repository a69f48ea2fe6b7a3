"""One picture of a camera, with its time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded picture.

    Attributes:
        index: Count of frames decoded since the source was opened, from 0.
        pts: Presentation time stamp, in units of `time_base`.
        time_base: Seconds per unit of `pts`.
        time_s: Presentation time in seconds from the first frame of the source.
        utc: Wall-clock time of the exposure, or None where nothing tells it.
        luma: (height, width) uint8, read-only, brightness 0..255; a view of the decoder's memory, valid as long as
            this frame is kept.
        is_repeat: Whether the picture repeats the one before it (re-timed recordings do that).
        to_bgr: Makes the (height, width, 3) uint8 colour picture; costs a conversion, so only when asked.
        arrived_s: When it came from a camera, by the monotonic clock; None where it was read from a recording.
    """

    index: int
    pts: int
    time_base: Fraction
    time_s: float
    utc: datetime | None
    luma: NDArray[np.uint8]
    is_repeat: bool
    to_bgr: Callable[[], NDArray[np.uint8]]
    arrived_s: float | None = None

"""When a picture was really taken, in recordings that were re-timed to another rate by repeating frames."""

from collections import deque

import numpy as np


class Retimer:
    """Straightens the times of a recording whose frames were repeated to fill a higher rate.

    A 20 fps camera written at 30 fps shows pictures at 0, 33 and 100 ms that were taken at 0, 50 and 100: at
    1,500 px a second that is an error of 25 px. The camera's own rate is even, so a line through the presentation
    times of the distinct frames gives back when they were taken. Without repeats the presentation time is the truth.
    """

    def __init__(self, window: int = 30, least: int = 8, share: float = 0.1) -> None:
        """Look at the last `window` distinct frames; act on `least` or more when `share` of all frames repeats."""
        self._times_s: deque[float] = deque(maxlen=window)
        self._repeats: deque[bool] = deque(maxlen=window)
        self._least = least
        self._share = share
        self.sigma_s = 0.0
        """Error of the last time told: a third of the camera's period where the recording was re-timed; such
        recordings lose pictures too."""

    def taken_s(self, time_s: float, *, is_repeat: bool) -> float:
        """Tell when the picture presented at `time_s` was taken. Call it for each frame, repeats too."""
        self._repeats.append(is_repeat)
        if is_repeat:
            return time_s
        self._times_s.append(time_s)
        count = len(self._times_s)
        if count < self._least or sum(self._repeats) < self._share * len(self._repeats):
            self.sigma_s = 0.0
            return time_s
        ordinal = np.arange(count) - (count - 1)
        slope, now_s = np.polyfit(ordinal, np.array(self._times_s) - time_s, 1)
        self.sigma_s = 0.35 * float(slope)
        # The line is only as good as the assumption that the camera is even: never further than one period.
        return time_s + float(np.clip(now_s, -slope, slope))

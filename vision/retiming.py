"""When a picture was really taken, in recordings that were re-timed to another rate by repeating frames."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_RATES = 81
_RATE_REACH = 0.12
_PHASES = 24


class Retimer:
    """Straightens the times of a recording whose frames were repeated to fill a higher rate.

    A 20 fps camera written at 30 fps shows pictures at 0, 33 and 100 ms that were taken at 0, 50 and 100: at
    1,500 px a second that is an error of 25 px. The camera's own rate is even, and each written frame shows the last
    picture taken, so rate and phase follow from which frames repeat: the pair is taken that explains most of them.
    Single frames that were wrongly held for repeats, or were not, do not move it, as they would a line through the
    times of the distinct frames. Without repeats the presentation time is the truth.
    """

    def __init__(self, window: int = 45, least: int = 12, share: float = 0.1, every: int = 10) -> None:
        """Look at the last `window` frames every so many; act on `least` or more when `share` of them repeats."""
        self._times_s: deque[float] = deque(maxlen=window)
        self._repeats: deque[bool] = deque(maxlen=window)
        self._least = least
        self._share = share
        self._every = every
        self._count = 0
        self._clock: tuple[float, float] | None = None
        self.sigma_s = 0.0
        """Error of the last time told: a share of the camera's period where the recording was re-timed, the larger
        the fewer frames the rate explains; such recordings lose pictures too."""

    def taken_s(self, time_s: float, *, is_repeat: bool) -> float:
        """Tell when the picture presented at `time_s` was taken. Call it for each frame, repeats too.

        Two frames of which the same time is told show the same picture.
        """
        self._times_s.append(time_s)
        self._repeats.append(is_repeat)
        self._count += 1
        if len(self._times_s) < self._least or sum(self._repeats) < self._share * len(self._repeats):
            self._clock, self.sigma_s = None, 0.0
            return time_s
        if self._clock is None or self._count % self._every == 0:
            self._clock = self._read_clock()
        rate, phase_s = self._clock
        return phase_s + float(np.floor((time_s - phase_s) * rate + 1e-6)) / rate

    def _read_clock(self) -> tuple[float, float]:
        """Find the rate (Hz) and a time of exposure that explain which frames repeat."""
        times_s = np.array(self._times_s)
        repeats = np.array(self._repeats)
        written = 1 / float(np.median(np.diff(times_s)))
        rate = written * (1 - float(repeats.mean()))
        rates = rate * np.linspace(1 - _RATE_REACH, 1 + _RATE_REACH, _RATES)
        agreement = _agreement(times_s, repeats, rates)
        best = agreement.max(axis=1) >= agreement.max() - 1e-9
        # All that explain as much are as likely: their middle is off by the least.
        rate = float(rates[best].mean())
        agreement = _agreement(times_s, repeats, np.array([rate]))[0]
        turns = np.exp(2j * np.pi * np.flatnonzero(agreement >= agreement.max() - 1e-9) / _PHASES)
        phase = float(np.angle(turns.mean())) / (2 * np.pi)
        self.sigma_s = (0.1 + float(1 - agreement.max())) / rate
        return rate, float(times_s[-1]) + phase / rate


def _agreement(times_s: Array, repeats: NDArray[np.bool_], rates: Array) -> Array:
    """Tell (R, P) shares of frames whose repeating each rate explains, with exposures at each of P phases."""
    phases = np.arange(_PHASES) / _PHASES
    since = (times_s - times_s[-1]) * rates[:, None, None]
    picture = np.floor(since - phases[None, :, None] + 1e-6)
    shown_again = np.diff(picture, axis=2) == 0
    return np.asarray((shown_again == repeats[1:]).mean(axis=2))

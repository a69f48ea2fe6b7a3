"""How many tracks come near to being a fall: each of them is a chance of a false alarm."""

import math


class CandidateRate:
    """Candidates an hour, learnt with a memory of a minute and a belief for the time before anything was seen."""

    MEMORY_S = 60.0
    PRIOR_COUNT = 1.0
    PRIOR_S = 20.0

    def __init__(self) -> None:
        """Know nothing yet."""
        self._count = 0.0
        self._exposure_s = 0.0
        self._last_s: float | None = None

    def add(self, time_s: float) -> None:
        """Count a candidate that ended at `time_s`; times may come a little out of order."""
        step_s = 0.0 if self._last_s is None else max(0.0, time_s - self._last_s)
        self._last_s = time_s if self._last_s is None else max(time_s, self._last_s)
        keep = math.exp(-step_s / self.MEMORY_S)
        self._count = self._count * keep + 1.0
        self._exposure_s = self._exposure_s * keep + self.MEMORY_S * (1.0 - keep)

    @property
    def an_hour(self) -> float:
        """Tell the rate: the posterior mean of a Poisson rate under a Gamma prior."""
        return 3600.0 * (self._count + self.PRIOR_COUNT) / (self._exposure_s + self.PRIOR_S)

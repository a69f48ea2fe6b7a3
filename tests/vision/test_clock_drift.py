"""How a camera's clock parts from the machine's, worked out by hand."""

import numpy as np
import pytest

from vision.clock_drift import ClockDrift

FPS = 25


def fed(seconds: int, ppm: float, delays_s: np.ndarray | None = None, start_s: float = 1000.0) -> ClockDrift:
    drift = ClockDrift()
    passed_s = np.arange(seconds * FPS) / FPS
    # A picture waits for those before it.
    came_s = np.maximum.accumulate(start_s + passed_s + (0.0 if delays_s is None else delays_s))
    for time_s, at_s in zip(passed_s * (1 + ppm * 1e-6), came_s, strict=True):
        drift.add(float(time_s), float(at_s))
    return drift


@pytest.mark.parametrize("ppm", [0.0, 80.0, -250.0])
def test_clock_that_is_too_fast_or_slow_is_told_in_millionths(ppm: float) -> None:
    assert fed(300, ppm).ppm == pytest.approx(ppm, abs=0.01)


def test_delays_of_single_pictures_say_nothing_of_the_clock() -> None:
    # The last picture comes 0.3 s late: 1000 ppm over the five minutes, if it were compared with the first.
    delays_s = np.random.default_rng(3).exponential(0.02, 300 * FPS)
    delays_s[-1] = 0.3
    assert fed(300, 100.0, delays_s).ppm == pytest.approx(100.0, abs=10.0)


def test_nothing_is_told_before_two_minutes_or_after_a_new_connection() -> None:
    drift = fed(121, 50.0, start_s=1000.0)  # twelve blocks of ten seconds are over
    assert drift.ppm == pytest.approx(50.0, abs=0.1)
    assert fed(120, 50.0).ppm is None
    drift.restart()
    assert drift.ppm is None


def test_what_was_longer_than_half_an_hour_ago_is_forgotten() -> None:
    drift = ClockDrift()
    for second in range(3600):
        # An hour: the first half drifts by 500 ppm, the second not at all.
        drift.add(second + 500e-6 * min(second, 1800), 5000.0 + second)
    assert drift.ppm == pytest.approx(0.0, abs=1.0)

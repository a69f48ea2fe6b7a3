"""Which picture belongs to the present, by hand."""

import math

from vision.arrival_lag import ArrivalLag


def test_frames_that_came_soonest_tell_where_time_lies() -> None:
    lag = ArrivalLag()
    assert lag.time_s(5.0) == -math.inf
    lag.note(0.0, 100.3)
    lag.note(1.0, 101.1)
    # From here on nobody keeps up: 9 s later only 4 s more were read.
    lag.note(5.0, 110.0)
    assert lag.time_s(111.1) == 11.0


def test_lag_of_more_than_ten_minutes_ago_is_forgotten_as_clocks_drift() -> None:
    lag = ArrivalLag()
    for minute in range(12):
        lag.note(60.0 * minute, 60.0 * minute + 0.5 + 0.01 * minute)
    assert abs(lag.time_s(720.0) - (720.0 - 0.52)) < 1e-9

"""What the kernel tells of its clock."""

import ctypes

import pytest

from droptrace.kernel_clock import ClockSync, judge_max_error, read_clock_sync


def test_clock_that_was_never_set_is_not_synchronised() -> None:
    # What Linux starts with, and what it comes to half a day after the time server was lost (500 ppm).
    assert judge_max_error(16_000_000) == ClockSync(is_synchronised=False, error_s=None)
    assert judge_max_error(15_999_999) == ClockSync(is_synchronised=True, error_s=15.999999)
    assert judge_max_error(20_500) == ClockSync(is_synchronised=True, error_s=0.0205)


def test_the_kernel_of_this_machine_answers() -> None:
    if not hasattr(ctypes.CDLL(None), "adjtimex"):
        pytest.skip("no adjtimex: not Linux")
    told = read_clock_sync()
    assert told.is_synchronised is not None
    assert (told.error_s is not None) == told.is_synchronised
    assert told.error_s is None or 0.0 <= told.error_s < 16.0

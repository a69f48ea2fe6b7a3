"""Whether the machine's clock follows a time server, as the kernel tells."""

import ctypes
from dataclasses import dataclass

_LOST_US = 16_000_000
"""NTP_PHASE_LIMIT: an error as large as this says that nobody has set the clock for half a day or ever."""


class _Timex(ctypes.Structure):
    """The head of `struct timex` (adjtimex(2)), and more room than the rest of it takes."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


@dataclass(frozen=True, slots=True)
class ClockSync:
    """Whether the wall clock follows a time server.

    Attributes:
        is_synchronised: None where the system does not tell.
        error_s: How wrong it is at most; None unless it is synchronised.
    """

    is_synchronised: bool | None
    error_s: float | None


def read_clock_sync() -> ClockSync:
    """Ask the kernel, which every time service tells of its work; asking takes no rights and changes nothing.

    A container shares the kernel's clock with its machine, and so has the right answer, where `timedatectl` has no
    service to ask.
    """
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    timex = _Timex()
    if adjtimex is None or adjtimex(ctypes.byref(timex)) < 0:
        return ClockSync(None, None)
    return judge_max_error(timex.maxerror)


def judge_max_error(max_error_us: int) -> ClockSync:
    """Tell from the kernel's largest error, microseconds, what it means; `timedatectl` has the same rule."""
    is_synchronised = max_error_us < _LOST_US
    return ClockSync(is_synchronised, max_error_us / 1e6 if is_synchronised else None)

"""What the system tells of processes: memory and processor time (proc(5))."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import RigError

_PROC = Path("/proc")
_HZ = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process takes.

    Attributes:
        rss_mb: Resident memory, libraries that it shares with others included, millions of bytes.
        pss_mb: The same with its share alone of what it shares.
        cpu_s: Processor time since it began.
    """

    rss_mb: float
    pss_mb: float
    cpu_s: float


def taken(pid: int) -> Taken | None:
    """Tell what a process takes; None where it is over."""
    folder = _PROC / str(pid)
    try:
        words = (folder / "stat").read_text().rpartition(")")[2].split()
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    kib = {line.partition(":")[0]: int(line.split()[1]) for line in lines[1:]}
    if not kib:
        return None
    cpu_s = (int(words[11]) + int(words[12])) / _HZ
    return Taken(round(kib["Rss"] * 1024 / 1e6, 1), round(kib["Pss"] * 1024 / 1e6, 1), cpu_s)


def parent_of(pid: int) -> int | None:
    """Tell which process another one was started by; None where it is over."""
    try:
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(words[1])


def require_proc() -> None:
    """Make sure that processes can be looked at.

    Raises:
        RigError: The system has no /proc.
    """
    if not (_PROC / "self" / "smaps_rollup").exists():
        raise RigError("no /proc/PID/smaps_rollup: processes cannot be looked at; use Linux 4.14 or newer")


def strike(pid: int, signal_name: str) -> bool:
    """Send a signal by its name, such as "SIGKILL"; tell whether somebody was there to get it."""
    try:
        os.kill(pid, signal.Signals[signal_name])
    except ProcessLookupError:
        return False
    return True

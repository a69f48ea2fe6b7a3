"""How much memory a process takes."""

import os
from pathlib import Path

_PROC = Path("/proc")


def resident_mb(pid: int) -> float | None:
    """Tell the resident memory of a process, millions of bytes, libraries that it shares with others included.

    The second number of proc(5)'s `statm`, in pages.

    Args:
        pid: The process.

    Returns:
        None where the process is over, or the system has no /proc.
    """
    try:
        pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

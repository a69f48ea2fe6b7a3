"""One core for everything that is compared."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.errors import ThroughputError


@contextmanager
def one_core(core: int | None = None) -> Iterator[int]:
    """Hold this thread, and every process that it starts meanwhile, to one core.

    That is what one thread means for programs that cannot be told: whatever threads they start share the core, and
    OpenCV and FFmpeg, which start one a core, see a single one.

    Args:
        core: Its number; None for the last of those that may be used.

    Yields:
        The core's number.

    Raises:
        ThroughputError: This process may not use the core.
    """
    allowed = os.sched_getaffinity(0)
    chosen = max(allowed) if core is None else core
    if chosen not in allowed:
        cores = ", ".join(map(str, sorted(allowed)))
        raise ThroughputError(f"core {chosen} may not be used by this process; choose one of {cores}")
    os.sched_setaffinity(0, {chosen})
    try:
        yield chosen
    finally:
        os.sched_setaffinity(0, allowed)

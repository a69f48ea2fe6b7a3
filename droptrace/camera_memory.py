"""What keeps the processes of cameras small: a box has a dozen of them. docs/design/0013-memory.md has the figures."""

import ctypes
import os
import sys

ENVIRONMENT = {
    # Every thread of OpenBLAS has buffers of its own, and nothing here is large enough to be shared among threads.
    "OPENBLAS_NUM_THREADS": "1",
    # One heap instead of one for each thread, and what is as large as a picture outside of it: glibc then hands it back
    # as soon as it is free. By itself it raises both limits up to 32 MB, and what was taken once is kept.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(2 << 20),
}
"""Read when a process begins, before any code of ours: so its parent sets it. What the user has set stands."""


def keep_children_small() -> None:
    """Let processes that are started from now on have `ENVIRONMENT`.

    To be called before any thread begins: to change the environment while another thread reads it, as whoever resolves
    a name does, kills the process (glibc, setenv(3)).
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def leave_out_rich() -> None:
    """Let imports of rich fail in this process, as if it were not installed; to be called before structlog is imported.

    structlog draws tracebacks with it where it can, and loads it for that at once: 4 MB that a camera never needs.
    """
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def give_back() -> None:
    """Hand free memory in the middle of the heap back to the system; some milliseconds, and nothing without glibc."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)

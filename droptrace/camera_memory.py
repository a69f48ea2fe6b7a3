"""What keeps the processes of cameras small: a box has a dozen of them. docs/design/0013-memory.md has the figures."""

import ctypes
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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

_SMAPS = Path("/proc/self/smaps")
_MAPPING = re.compile(r"(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) (?P<rights>\S+) \S+ \S+ (?P<inode>\d+)")
_DONTNEED = 4
"""MADV_DONTNEED of Linux; see madvise(2)."""


@contextmanager
def small_children() -> Iterator[None]:
    """Let processes that are started meanwhile have `ENVIRONMENT`."""
    added = {name: value for name, value in ENVIRONMENT.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def leave_out_rich() -> None:
    """Let imports of rich fail in this process, as if it were not installed; to be called before structlog is imported.

    structlog draws tracebacks with it where it can, and loads it for that at once: 4 MB that a camera never needs.
    """
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def give_back() -> None:
    """Hand back to the system what this process has but does not use; 5 ms, and nothing where the system has no /proc.

    That is free memory in the middle of the heap, and the code of libraries: loading runs through most of it, watching
    needs a fifth. The kernel keeps that code for all processes, and shows it to this one again where it is called.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
    for start, end in _code():
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _DONTNEED)


def _code() -> Iterator[tuple[int, int]]:
    """Yield where code of files lies, as far as it is what the files hold: see smaps in proc(5)."""
    try:
        lines = _SMAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    span: tuple[int, int] | None = None
    for line in lines:
        mapping = _MAPPING.match(line)
        if mapping is not None:
            is_code = mapping["rights"] == "r-xp" and mapping["inode"] != "0"
            span = (int(mapping["start"], 16), int(mapping["end"], 16)) if is_code else None
        elif span is not None and line.startswith("Anonymous:"):
            # What was changed since it was loaded would be lost.
            if line.split()[1] == "0":
                yield span
            span = None

"""Looking after processes, by what the system tells of them."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

_PROC = Path("/proc")
BUSY = 4.0
"""How many times longer than alone something may take: other tests run beside."""


def skip_without_proc() -> None:
    if not (_PROC / "self" / "stat").exists():
        pytest.skip("no /proc: processes cannot be looked after")


def children_of(parent: int) -> list[int]:
    """List the living processes that another one started, or had forked for it by the one that forks cameras.

    That one itself and the watcher of resources are left out.
    """
    found = []
    try:
        own_words = (_PROC / str(parent) / "cmdline").read_bytes()
    except FileNotFoundError:
        return []
    for child, words in _direct_children(parent):
        if words in (own_words, b""):
            # About to become another program.
            continue
        if b"forkserver" in words:
            found += [forked for forked, _words in _direct_children(child)]
        elif b"resource_tracker" not in words:
            found.append(child)
    return found


def end_nursery() -> None:
    """End the process that forks cameras for this one: the next one says what it has to say to the stderr of today."""
    for child, words in _direct_children(os.getpid()):
        if b"forkserver" in words:
            os.kill(child, signal.SIGKILL)
            wait_until(partial(_is_over, child))


def _is_over(child: int) -> bool:
    """Tell whether a child has ended, of which nobody has asked how yet."""
    return state_of(child) == "Z"


def _direct_children(parent: int) -> Iterator[tuple[int, bytes]]:
    """Tell the number and the command line of each."""
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            state, ppid = stat.read_text().rpartition(")")[2].split()[:2]
            words = (stat.parent / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(ppid) == parent and state != "Z":
            yield int(stat.parent.name), words


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return state_of(pid) != "Z"


def state_of(pid: int) -> str:
    """Tell the state of a process as proc(5) has it, such as "T" for one that was stopped."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]


def parent_of(pid: int) -> int:
    return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])


def wait_until(holds: Callable[[], object], *, timeout_s: float = 30.0) -> None:
    """Wait for something another process does, which takes `timeout_s` at most where nothing runs beside."""
    until_s = time.monotonic() + BUSY * timeout_s
    while not holds():
        assert time.monotonic() < until_s, f"still not so after {BUSY * timeout_s:.0f} s"
        time.sleep(0.02)

"""Turns at a machine's few cores."""

import fcntl
import os
import weakref
from pathlib import Path
from threading import Event

import structlog

from vision.clock import Clock

_LOOK_S = 0.004
_LOOKS = 125
"""Half a second, and then the work is done without a slot: whoever holds them all may hang."""
_LONG_S = 0.3


class CoreSlot:
    """A place at one of the cores, of which the processes that name the same file have as many as there are cores.

    Two that share a core take the place of each other's pictures in its cache every few milliseconds; one after the
    other each finds its own there, which saves a twentieth. A slot is a byte of a locked file: the system takes it
    back from a process that dies. It is a courtesy, not a guard: nobody waits for it for long.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        """Share `path`; with None this process has the machine to itself."""
        self._clock = clock
        self._slots = len(os.sched_getaffinity(0))
        self._held: int | None = None
        self._since_s = 0.0
        self._file: int | None = None
        if path is not None:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                weakref.finalize(self, os.close, self._file)
            except OSError as error:
                structlog.get_logger().warning("cores_not_shared", file=str(path), why=error.strerror)

    @property
    def is_held(self) -> bool:
        """Tell whether this process has a slot."""
        return self._held is not None

    def take(self, closed: Event) -> None:
        """Wait for a slot, for half a second at most and not when `closed` is set."""
        for _ in range(_LOOKS):
            if self._file is None or self._lock() or closed.wait(_LOOK_S):
                break
        self._since_s = self._clock.monotonic_s()

    def share(self, closed: Event) -> None:
        """Let others in, after some time of work, and go on when it is one's turn again."""
        if self._file is not None and self._clock.monotonic_s() - self._since_s > _LONG_S:
            self.leave()
            closed.wait(_LOOK_S)
            self.take(closed)

    def leave(self) -> None:
        """Give the slot back; safe to call without one."""
        if self._file is not None and self._held is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._held)
            self._held = None

    def _lock(self) -> bool:
        assert self._file is not None
        for slot in range(self._slots):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
            except OSError:  # taken, or this file system locks nothing
                continue
            self._held = slot
            return True
        return False

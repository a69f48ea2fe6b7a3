"""One edge box for one data folder."""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import Self

from droptrace.errors import DroptraceError


class DataDirLock:
    """Holds a data folder for one process; the lock is gone when the process is, however it ended."""

    def __init__(self, data_dir: Path) -> None:
        """Take the lock.

        Args:
            data_dir: The folder, which exists.

        Raises:
            DroptraceError: Another edge box has it.
            OSError: The folder cannot be written.
        """
        self._file = (data_dir / "edge.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise DroptraceError(
                f"data_dir {data_dir}: another droptrace edge uses it; stop that one, or give this one a folder of "
                "its own"
            ) from error

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self._file.close()

"""One server for one data_dir."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from server.errors import ServerError


class DataDirLock:
    """Holds a data_dir for one process.

    The lock is that of a tiny SQLite file: it works on every system that the database works on, and is gone when the
    process is, however it ended.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            ServerError: Another server has it, or the folder cannot be written.
        """
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._data_dir / "server.lock", timeout=0, isolation_level=None)
            self._connection.execute("BEGIN EXCLUSIVE")
        except OSError as error:
            raise ServerError(
                f"data_dir {self._data_dir}: cannot be made ({error.strerror}); make it, or give this user the right to"
            ) from error
        except sqlite3.OperationalError as error:
            self._release()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise ServerError(
                    f"data_dir {self._data_dir}: another droptrace serve uses it; stop that one, or give this one a "
                    "data_dir of its own"
                ) from error
            raise ServerError(
                f"data_dir {self._data_dir}: cannot be written ({error}); give this user the right to"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        self._release()

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

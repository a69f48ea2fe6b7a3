"""The files of evidence on disk."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from server.errors import StorageError, StorageFullError

_FULL = (errno.ENOSPC, errno.EDQUOT)


class MediaFiles:
    """Keeps files under one folder and hands out nothing from outside of it.

    A file is written to `incoming/`, flushed to the disk and only then moved to its place under `media/`: what is in
    its place is whole.
    """

    def __init__(self, data_dir: Path) -> None:
        """Make the folders.

        Args:
            data_dir: Folder for everything.

        Raises:
            StorageError: It cannot be made or written.
        """
        self._root = data_dir.resolve()
        self._incoming = self._root / "incoming"
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._incoming):
                pass
        except OSError as error:
            raise StorageError(
                f"data_dir {data_dir}: cannot be written ({error.strerror}); make it, or give this user the right to"
            ) from error

    def receive(self) -> "IncomingFile":
        """Begin to write a file that arrives.

        Raises:
            StorageError: It cannot be begun.
        """
        return IncomingFile(self._incoming)

    def place(self, incoming: "IncomingFile", path: str) -> None:
        """Move a finished file to its place, in place of one that is there.

        Args:
            incoming: The file, finished.
            path: Where to, from the folder of everything.

        Raises:
            StorageError: The path leads outside, or the disk refuses.
        """
        target = self.resolve(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            incoming.temporary.replace(target)
            for folder in target.parents:
                _flush_folder(folder)
                if folder == self._root:
                    break
        except OSError as error:
            raise _storage_error(path, error) from error

    def resolve(self, path: str) -> Path:
        """Return the full path of a file.

        Raises:
            StorageError: It leads outside the folder, through `..` or a link.
        """
        full = (self._root / path).resolve()
        if not full.is_relative_to(self._root):
            raise StorageError(f"{path}: leads outside the data_dir")
        return full

    def clear_incoming(self) -> int:
        """Delete what earlier runs left half-written; return how many. Only while no other server uses the folder."""
        left = [path for path in self._incoming.iterdir() if path.is_file()]
        for path in left:
            path.unlink()
        return len(left)


class IncomingFile:
    """A file that arrives piece by piece; closed without `finish` and `place`, it is gone."""

    def __init__(self, folder: Path) -> None:
        try:
            handle, name = tempfile.mkstemp(dir=folder, prefix="upload-")
        except OSError as error:
            raise _storage_error(str(folder), error) from error
        self.temporary = Path(name)
        self.size_bytes = 0
        self._file = os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Append a piece.

        Raises:
            StorageError: The disk refuses it.
        """
        try:
            self._file.write(piece)
        except OSError as error:
            raise _storage_error(self.temporary.name, error) from error
        self._digest.update(piece)
        self.size_bytes += len(piece)

    def finish(self) -> str:
        """Flush it to the disk and return its SHA-256 in hexadecimal digits.

        Raises:
            StorageError: The disk refuses it.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise _storage_error(self.temporary.name, error) from error
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete it where it was not moved to its place."""
        try:
            self._file.close()
        finally:
            self.temporary.unlink(missing_ok=True)


def _storage_error(path: str, error: OSError) -> StorageError:
    if error.errno in _FULL:
        return StorageFullError(f"{path}: the disk is full")
    return StorageError(f"{path}: cannot be written ({error.strerror})")


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened to be flushed
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

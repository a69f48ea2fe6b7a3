"""Writing files and folders so that a power cut leaves the old or the new, never a half."""

import errno
import os
import shutil
from pathlib import Path

TEMPORARY_ENDING = ".tmp"

DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS})
"""Numbers of the errors that are the disk's fault: full, over a quota or limit, broken, read-only."""


def write_durably(path: Path, content: bytes) -> None:
    """Write a file beside its place, bring it to the disk, and move it into its place.

    Raises:
        OSError: If it cannot be written, such as on a full disk.
    """
    temporary = path.with_name(path.name + TEMPORARY_ENDING)
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring every file and folder below `folder`, and itself, to the disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def replace_folder(new: Path, place: Path, aside: Path) -> None:
    """Move a folder into its place; what stood there is kept aside until the new one stands.

    Args:
        new: The folder to move.
        place: Where it goes, on the same disk.
        aside: Where an earlier one waits meanwhile; after a crash it is found there.
    """
    if place.exists():
        place.rename(aside)
    new.rename(place)
    sync(place.parent)
    if aside.exists():
        shutil.rmtree(aside)

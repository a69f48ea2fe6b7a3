"""A small disk of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, size_kb: int) -> Iterator[Path]:
    """Mount a disk of so many kilobytes; the test is skipped where that is not allowed."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, leave_kb: int) -> Path:
    """Take all space of a disk but so much, and return the file that does."""
    filler = disk / "filler"
    free = os.statvfs(disk)
    # Unbuffered: where somebody else has written meanwhile, less is written, and no error raised.
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(free.f_bavail * free.f_frsize - leave_kb * 1024))
    return filler

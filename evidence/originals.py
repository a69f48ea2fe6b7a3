"""The originals of a package: what the camera made, never re-encoded."""

import os
from pathlib import Path

from evidence.folder import DISK_ERRORS
from evidence.manifest import ORIGINAL_FOLDER, is_safe_name
from vision.errors import VisionError
from vision.source import Recording


def write_originals(folder: Path, recording: Recording) -> tuple[list[str], list[str]]:
    """Write a recording's files side by side into a new folder, under names that can travel.

    Args:
        folder: The package's folder for originals; it does not exist yet.
        recording: The originals.

    Returns:
        What is missing, and what is unusual, in words; both empty when all is well.

    Raises:
        OSError: If the disk does not take it.
    """
    folder.mkdir()
    try:
        recording.write_to(folder)
    except VisionError as error:
        number = getattr(error.__cause__, "errno", None)
        if number in DISK_ERRORS:
            raise OSError(number, os.strerror(number)) from error
        return [f"the original could not be written: {error}"], []
    remarks = _lay_flat(folder)
    if not any(folder.iterdir()):
        return ["the original could not be written: the recording is empty"], remarks
    return [], remarks


def _lay_flat(folder: Path) -> list[str]:
    """Bring files out of inner folders, and rename those whose names could not travel; tell of new names."""
    remarks = []
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        target = folder / path.name
        if not is_safe_name(f"{ORIGINAL_FOLDER}/{path.name}") or (target != path and target.exists()):
            suffix = path.suffix if is_safe_name(f"x{path.suffix}") else ""
            target = folder / f"{number:06d}{suffix}"
            remarks.append(f"original {path.relative_to(folder).as_posix()!r} is kept as {target.name}")
        path.rename(target)
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        inner.rmdir()
    return remarks

"""What an edge box that runs tells of itself on its own disk."""

import json
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from droptrace.errors import DroptraceError
from droptrace.kept_file import KeptFile
from droptrace.status import BoxStatus

STATUS_NAME = "status.json"


class StatusFile:
    """Keeps the newest status in a file, and takes it away when the box ends in order."""

    def __init__(self, data_dir: Path) -> None:
        """Take the folder, which exists."""
        self._file = KeptFile(data_dir / STATUS_NAME)

    def write(self, status: BoxStatus) -> None:
        """Replace the file, whole or not at all; a disk that takes nothing is told in the log, once."""
        error = self._file.replace(json.dumps(status.to_json(), ensure_ascii=False))
        if error is not None:
            structlog.get_logger("edge").warning("status_not_kept", file=str(self._file.path), why=error.strerror)

    def remove(self) -> None:
        """Take it away: nobody runs any more."""
        try:
            self._file.path.unlink(missing_ok=True)
        except OSError as error:
            structlog.get_logger("edge").warning("status_not_kept", file=str(self._file.path), why=error.strerror)


def read_status(data_dir: Path) -> BoxStatus:
    """Read what the box that uses a data folder told last.

    Raises:
        DroptraceError: No box runs there, or the file cannot be read; it says why.
    """
    path = data_dir / STATUS_NAME
    try:
        return TypeAdapter(BoxStatus).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise DroptraceError(f"data_dir {data_dir}: no box runs there; start it with droptrace edge") from error
    except OSError as error:
        raise DroptraceError(f"{path}: cannot be read ({error.strerror}); ask as the user that runs the box") from error
    except ValidationError as error:
        raise DroptraceError(
            f"{path}: is damaged, or of another version of droptrace; a box that runs replaces it within seconds"
        ) from error

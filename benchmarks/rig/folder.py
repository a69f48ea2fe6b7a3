"""Where a run of the rig writes."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.errors import RigError
from benchmarks.rig.progress import say


def add_out(parser: argparse.ArgumentParser) -> None:
    """Let the user say where."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("var/bench/rig"),
        metavar="DIR",
        help="each run has a folder of its own there, with the logs",
    )


def make_folder(out: Path, name: str) -> Path:
    """Make a new folder for one run, and say where it is.

    Raises:
        RigError: It cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=out)).resolve()
    except OSError as error:
        raise RigError(f"{out}: {error.strerror}; name a folder that can be written with --out") from error
    say(f"everything is written to {folder}")
    return folder

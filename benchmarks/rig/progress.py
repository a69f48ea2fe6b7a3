"""Progress of a run, on standard error."""

import sys


def say(what: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()

"""The program `droptrace`, which `python -m droptrace` is too: signals are held until it can obey them."""

import signal
import sys

from droptrace.signals import END, hold


def main(*, command: str | None = None, program: str = "droptrace") -> int:
    """Load the program and run its command line; return its exit status.

    It is loaded now and not before: the process of a camera loads this file too, and has no use for it.

    Args:
        command: Run this command alone: the arguments are its own.
        program: Name of the program in its help.
    """
    # While it loads, an interrupt would be a traceback, and a SIGHUP the end of a box that has just been started.
    hold((*END, signal.SIGHUP) if sys.argv[1:2] == ["edge"] else END)
    from droptrace.cli import main as run

    return run(command=command, program=program)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m droptrace` is `droptrace`."""

import sys


def main() -> int:
    """Run the command line; it is loaded now, as the process of a camera loads this file too and has no use for it."""
    from droptrace.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())

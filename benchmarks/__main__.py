"""`python -m benchmarks` is `droptrace bench`."""

import sys

from droptrace.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", *sys.argv[1:]]))

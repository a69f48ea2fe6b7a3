"""`python -m benchmarks` is `droptrace bench`."""

import sys

from droptrace.cli import main

if __name__ == "__main__":
    sys.exit(main(command="bench", program="python -m benchmarks"))

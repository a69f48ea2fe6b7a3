"""`python -m benchmarks` is `droptrace bench`."""

import sys

from droptrace.__main__ import main

if __name__ == "__main__":
    sys.exit(main(command="bench", program="python -m benchmarks"))

"""`python -m droptrace` is `droptrace`."""

import sys

from droptrace.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Throws drawn into recordings: a data set with real pictures and exact truth.

`python -m benchmarks.over_recordings CLIP... --out DIR` writes clips, sites and truths, which `droptrace bench DIR`
measures. What a recording shows itself is in no truth but its own: choose recordings in which nothing falls.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from samples.errors import SampleError
from samples.recording import Recording, draw_over


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the clips; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.over_recordings", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="recordings in which nothing falls")
    parser.add_argument("--out", type=Path, required=True, help="folder for clips, sites and truths")
    parser.add_argument("--seeds", type=int, default=4, help="clips made of each recording (4)")
    asked = parser.parse_args(arguments)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        for path in asked.clips:
            recording = Recording.open(path)
            for seed in range(asked.seeds):
                sys.stderr.write(f"{draw_over(recording, asked.out, seed)}\n")
    except (SampleError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

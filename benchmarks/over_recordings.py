"""Throws drawn into recordings: a data set with real pictures and exact truth.

`python -m benchmarks.over_recordings CLIP... --out DIR` writes clips, sites and truths, which `droptrace bench DIR`
measures. What a recording shows itself is in no truth: choose recordings in which nothing falls.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
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
            _draw(path, asked.out, asked.seeds)
    except (SampleError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenProcessPool:
        # A damaged recording can end the process that decodes it, and nothing else.
        sys.stderr.write(f"{path}: decoding it ended a process; choose another recording\n")
        return 1
    return 0


def _draw(path: Path, out: Path, seeds: int) -> None:
    """Make the clips of one recording in processes of their own, and tell each that is done."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_draw_one, path, out, seed) for seed in range(seeds)]):
            sys.stderr.write(f"{done.result()}\n")


def _draw_one(path: Path, out: Path, seed: int) -> Path:
    return draw_over(Recording.open(path), out, seed)


if __name__ == "__main__":
    sys.exit(main())

"""What a run of the rig came to, and how it is told."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one run.

    Attributes:
        result: Ready for JSON.
        folder: Where it has written.
        is_good: Whether it reached what it is for: the exit status.
        keeps_evidence: Whether somebody will want to look at the packages that the box has written.
    """

    result: Mapping[str, object]
    folder: Path
    is_good: bool
    keeps_evidence: bool = False


def report(run: Callable[[], Outcome]) -> int:
    """Do a run, write its result to standard output, and tell the exit status; what cannot be done is said."""
    try:
        outcome = run()
    except BenchmarkError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not outcome.keeps_evidence:
        shutil.rmtree(outcome.folder / "data" / "packages", ignore_errors=True)
    sys.stdout.write(json.dumps(outcome.result, indent=2) + "\n")
    return 0 if outcome.is_good else 1

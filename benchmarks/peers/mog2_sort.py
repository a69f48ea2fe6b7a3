"""Background subtraction and SORT, with a downward rule."""

from pathlib import Path
from typing import Any

from benchmarks.peers.downward import goes_down
from benchmarks.peers.foreground import mog2_foreground
from benchmarks.peers.pipeline import Recipe
from benchmarks.peers.sort import SortTracker


def mog2_sort(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    """Find falls by MOG2, SORT with its paper's settings, and a downward rule; nothing is written."""
    del out
    return Recipe("mog2_sort", mog2_foreground, SortTracker, goes_down).find(clip, site)

"""The peers, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.mog2_kalman import mog2_kalman
from benchmarks.peers.mog2_sort import mog2_sort
from benchmarks.peers.three_frame import three_frame

Peer = Callable[[Path, Path | None, Path], list[dict[str, Any]]]
"""Finds falls in (clip, site or None), may write below a folder, and gives lines in the form of `detect`.

It is a function at the top of a module, so that a fresh process can import it.
"""


@dataclass(frozen=True, slots=True)
class NamedPeer:
    """A peer with its name in tables and a line that says what it is."""

    name: str
    recipe: str
    find: Peer


PEERS: tuple[NamedPeer, ...] = (
    NamedPeer("mog2_sort", "MOG2, SORT, downward rule", mog2_sort),
    NamedPeer("three_frame", "three-frame difference, nearest neighbour, downward rule", three_frame),
    NamedPeer("mog2_kalman", "MOG2, Kalman by predicted position, quadratic fit", mog2_kalman),
)

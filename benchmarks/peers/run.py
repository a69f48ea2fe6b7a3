"""Peers over the clips of a run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.code_state import code_digest
from benchmarks.peers.catalogue import NamedPeer
from benchmarks.peers.child import PeerInChild
from benchmarks.runner import ClipRun, Progress, Runner
from benchmarks.truth import ClipTruth
from vision.clock import Clock

PEERS_FOLDER = "peers"
_CODE = ("benchmarks.peers", "vision")


def run_peer(
    peer: NamedPeer,
    clips: Sequence[ClipTruth],
    out: Path,
    clock: Clock,
    progress: Progress | None = None,
    workers: int = 1,
) -> list[ClipRun]:
    """Run a peer over every clip, or take its record where nothing has changed since.

    Args:
        peer: Which one.
        clips: The clips, the same as for this program.
        out: Folder of the run; the peer keeps its records in one of its own below.
        clock: Measures how long each clip takes.
        progress: Told of each clip, under the peer's name.
        workers: Clips run at once.
    """
    runner = Runner(out / PEERS_FOLDER / peer.name, PeerInChild(peer), code_digest(_CODE), clock, workers)
    return list(runner.run(clips, None if progress is None else _under_its_name(peer, progress)))


def _under_its_name(peer: NamedPeer, progress: Progress) -> Progress:
    def tell(done: int, total: int, run: ClipRun) -> None:
        named = replace(run.truth, suite=f"{peer.name}: {run.truth.suite}")
        progress(done, total, replace(run, truth=named))

    return tell

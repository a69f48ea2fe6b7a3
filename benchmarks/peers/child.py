"""A peer in a fresh process: a clip that kills the decoder takes nothing else along."""

import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import av
import cv2

from benchmarks.errors import BenchmarkError, DetectionFailedError
from benchmarks.fresh_process import ask_fresh_process
from benchmarks.peers.catalogue import NamedPeer, Peer
from floors.errors import FloorsError
from vision.errors import VisionError


@dataclass(frozen=True, slots=True)
class PeerInChild:
    """Detects as `benchmarks.runner.Detect` does, by a peer in a process of its own."""

    peer: NamedPeer

    def __call__(self, clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
        """Find falls in a clip.

        Raises:
            DetectionFailedError: The peer failed, or its process died.
        """
        answer, status = ask_fresh_process(_answer, (self.peer.find, clip, site, out))
        if answer is None:
            raise DetectionFailedError(f"{self.peer.name}: its process died with status {status}")
        if isinstance(answer, str):
            raise DetectionFailedError(f"{self.peer.name}: {answer}")
        lines: list[dict[str, Any]] = answer
        return lines


@dataclass(frozen=True, slots=True)
class PeerWork:
    """Works through a clip as `benchmarks.throughput.Call` does, by a peer in this process."""

    find: Peer

    def __call__(self, clip: Path, site: Path | None) -> None:
        """Find falls and forget them."""
        with tempfile.TemporaryDirectory() as folder:
            self.find(clip, site, Path(folder))


def _answer(sender: "Connection[object, object]", find: Peer, clip: Path, site: Path | None, out: Path) -> None:
    cv2.setNumThreads(1)
    try:
        sender.send(find(clip, site, out))
    except (BenchmarkError, VisionError, FloorsError, av.FFmpegError, OSError) as error:
        sender.send(str(error))

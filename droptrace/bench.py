"""`droptrace bench`: the real pipeline handed to the benchmarks."""

import hashlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2

from benchmarks.code_state import code_digest
from benchmarks.errors import DetectionFailedError
from benchmarks.main import Beside, Program, run_bench
from benchmarks.peers.catalogue import PEERS
from benchmarks.progress import ProgressBar

# The pipeline is loaded with this module, so before the clock starts: throughput is that of months, not of a start.
from droptrace import pipeline as _pipeline  # noqa: F401
from droptrace.camera import watch
from droptrace.detect import detect
from droptrace.errors import DroptraceError
from droptrace.job import CameraJob
from droptrace.logs import configure_logs
from droptrace.parts import Parts
from evidence.facts import fall_line
from floors.errors import SiteError
from floors.site import load_site
from vision.clock import SystemClock
from vision.opening import open_source

_BENCH_BOX = "bench"
_PIPELINE = ("droptrace", "evidence", "floors", "models", "tracking", "vision")


def bench(
    datasets: Sequence[Path], out: Path, *, throughput: bool, peers: bool = False, without: Sequence[str] = ()
) -> int:
    """Measure this program on datasets and return the exit status; see `benchmarks.main.run_bench`.

    Args:
        datasets: Folders of clips with truth.
        out: Folder for results and evidence.
        throughput: Whether speed is measured.
        peers: Whether other ways to find falls are measured beside.
        without: Parts of the pipeline that are switched off; see `Parts`.

    Raises:
        ConfigError: There is no such part.
    """
    parts = Parts.without(*without)
    with ProgressBar() as progress:
        return run_bench(
            datasets,
            out,
            partial(detect_clip, parts=parts),
            program=Program(
                " ".join(filter(None, (program_state(), parts.label))),
                " ".join(filter(None, (code_digest(_PIPELINE), parts.label))),
            ),
            beside=Beside(watch_clip if throughput else None, PEERS if peers else (), os.cpu_count() or 1),
            progress=progress,
        )


def detect_clip(clip: Path, site: Path | None, out: Path, parts: Parts | None = None) -> list[dict[str, Any]]:
    """Detect in a process of its own, as `droptrace detect` does, perhaps without some parts of the pipeline.

    Raises:
        DetectionFailedError: The clip or its site cannot be read, or the decoder died.
        KeyboardInterrupt: Somebody stopped it.
    """
    try:
        job = CameraJob(str(clip), site, out, _BENCH_BOX, parts=parts or Parts())
        found = detect(job, lambda _progress: None)
    except (DroptraceError, SiteError) as error:
        raise DetectionFailedError(str(error)) from error
    if found.is_interrupted:
        raise KeyboardInterrupt
    if found.problems:
        raise DetectionFailedError("; ".join(found.problems))
    return [json.loads(fall_line(finding.incident, finding.package)) for finding in found.findings]


def watch_clip(clip: Path, site: Path | None) -> None:
    """Run the whole way from decoder to evidence here, as a camera's process does: what throughput is measured of."""
    configure_logs()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as packages:
        source = open_source(clip, clock=SystemClock())
        scaled = load_site(site).scaled_to(source.info.width, source.info.height) if site else None
        job = CameraJob(str(clip), site, Path(packages), _BENCH_BOX)
        watch(job, source, scaled, lambda _message: None, SystemClock(), threading.Event())


def program_state() -> str:
    """Name this state of the program: its version, and in a checkout its commit and what was changed."""
    name = version("droptrace")
    try:
        commit = _git("describe", "--always", "--abbrev=12")
        changes = _git("diff", "HEAD")
    except (OSError, subprocess.CalledProcessError):
        return name
    # Two states with changes are two programs: the digest tells them apart.
    changed = f".{hashlib.sha256(changes.encode()).hexdigest()[:8]}" if changes else ""
    return f"{name}+{commit}{changed}"


def _git(*arguments: str) -> str:
    checkout = Path(__file__).resolve().parent.parent
    told = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=True)
    return told.stdout.strip()

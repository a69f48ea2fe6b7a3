"""`droptrace bench`: the real pipeline handed to the benchmarks."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.main import run_bench
from benchmarks.progress import ProgressBar
from droptrace.camera import CameraJob, watch
from droptrace.detect import detect
from droptrace.errors import DroptraceError
from evidence.facts import fall_line
from floors.site import load_site
from vision.clock import SystemClock
from vision.opening import open_source

_BENCH_BOX = "bench"


def bench(datasets: Sequence[Path], out: Path, *, throughput: bool) -> int:
    """Measure this program on datasets and return the exit status; see `benchmarks.main.run_bench`."""
    with ProgressBar() as progress:
        return run_bench(
            datasets,
            out,
            detect_clip,
            program_version=program_state(),
            throughput=watch_clip if throughput else None,
            progress=progress,
        )


def detect_clip(clip: Path, site: Path | None, out: Path) -> list[dict[str, Any]]:
    """Detect in a process of its own, as `droptrace detect` does.

    Raises:
        DroptraceError: The clip cannot be read, or the decoder died.
    """
    found = detect(CameraJob(str(clip), site, out, _BENCH_BOX), lambda _progress: None)
    if found.problems:
        raise DroptraceError("; ".join(found.problems))
    return [json.loads(fall_line(finding.incident, finding.package)) for finding in found.findings]


def watch_clip(clip: Path, site: Path | None) -> None:
    """Run the whole way from decoder to evidence in this process: what throughput is measured of."""
    with tempfile.TemporaryDirectory() as packages:
        source = open_source(clip, clock=SystemClock())
        scaled = load_site(site).scaled_to(source.info.width, source.info.height) if site else None
        job = CameraJob(str(clip), site, Path(packages), _BENCH_BOX)
        watch(job, source, scaled, lambda _message: None, SystemClock())


def program_state() -> str:
    """Name this state of the program: its version, and in a checkout its commit and whether it was changed."""
    name = version("droptrace")
    checkout = Path(__file__).resolve().parent.parent
    try:
        told = subprocess.run(
            ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return name
    return f"{name}+{told.stdout.strip()}"

"""Where, when and from what state of the program the numbers come."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vision.clock import Clock


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What makes a run repeatable.

    Attributes:
        program_version: As the program calls itself.
        commit: Commit of the checkout, with "+changes" where files differ from it; None outside of one.
        started_utc: When the run began, RFC 3339.
        system: Operating system and machine type.
        processor: Name of the processor.
        cores: Processors that this process may use.
        memory_gb: Memory of the machine; None where the system does not tell.
        python: Version of Python.
    """

    program_version: str
    commit: str | None
    started_utc: str
    system: str
    processor: str
    cores: int
    memory_gb: float | None
    python: str


def collect_facts(program_version: str, clock: Clock) -> RunFacts:
    """Look at the machine, the checkout and the clock."""
    return RunFacts(
        program_version=program_version,
        commit=_commit(),
        started_utc=clock.utc_now().isoformat(timespec="seconds"),
        system=f"{platform.system()} {platform.release()}, {platform.machine()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=_memory_gb(),
        python=platform.python_version(),
    )


def _commit() -> str | None:
    folder = Path(__file__).parent
    head = _git(folder, "rev-parse", "--short=12", "HEAD")
    if not head:
        return None
    return f"{head}+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else head


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (OSError, ValueError):
        return None

"""The program as users run it: as a process, by its exit status and its two streams."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.droptrace.processes import BUSY
from tests.source_tree import ROOT

SAMPLES = ROOT / "samples"
DEMO, DEMO_SITE = SAMPLES / "demo.mp4", SAMPLES / "demo.site.toml"
# Wide and without colours, so that messages stay on their lines.
_ENVIRONMENT = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Outcome:
    """What a run of the program came to."""

    status: int
    stdout: str
    stderr: str

    @property
    def falls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def said(self) -> list[str]:
        """Give the lines on standard error; a traceback is never one."""
        assert "Traceback" not in self.stderr, self.stderr
        return self.stderr.splitlines()

    @property
    def complaint(self) -> str:
        """Give the one line on standard error."""
        (line,) = self.said
        return line


def start(
    *arguments: object, module: str = "droptrace", environment: Mapping[str, str] = {}, stderr: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """Start the program in a group of processes of its own, with nobody at the keyboard."""
    return subprocess.Popen(
        command(arguments, module),
        cwd=ROOT,
        env=_ENVIRONMENT | dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


@contextmanager
def running(
    *arguments: object, module: str = "droptrace", environment: Mapping[str, str] = {}
) -> Iterator[subprocess.Popen[str]]:
    """Start the program, and be sure that nothing of it is left when the test ends, whatever comes between."""
    with start(*arguments, module=module, environment=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def finish(process: subprocess.Popen[str], timeout_s: float = 60.0) -> Outcome:
    """Wait for the end of what `start` started, which takes `timeout_s` at most where nothing runs beside."""
    try:
        stdout, stderr = process.communicate(timeout=BUSY * timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Outcome(process.returncode, stdout, stderr)


def run(*arguments: object, module: str = "droptrace", timeout_s: float = 60.0) -> Outcome:
    return finish(start(*arguments, module=module), timeout_s)


def command(arguments: Sequence[object], module: str = "droptrace") -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def packages_in(folder: Path) -> list[Path]:
    """List all that stands in a folder of packages, hidden leftovers too."""
    return sorted(folder.iterdir()) if folder.exists() else []

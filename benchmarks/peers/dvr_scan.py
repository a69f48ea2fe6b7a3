"""DVR-Scan, a program that finds motion in recordings: a command line in an environment of its own.

It brings an OpenCV that cannot stand beside this program's, so it is not imported but run.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import ThroughputError

HOW_TO_INSTALL = (
    "install it by `python3 -m venv dvr && dvr/bin/pip install dvr-scan` and add `--dvr-scan dvr/bin/dvr-scan`"
)
_NAME = "dvr-scan"


@dataclass(frozen=True, slots=True)
class DvrScan:
    """An installed DVR-Scan.

    Attributes:
        executable: Its command.
        version: As it calls itself, such as "DVR-Scan 1.8.2.1".
    """

    executable: str
    version: str

    @property
    def start(self) -> tuple[str, ...]:
        """Give the command line that does all that a run does before its first frame, and no more."""
        return (self.executable, "--version")

    @property
    def scan(self) -> tuple[str, ...]:
        """Give the command line with its defaults: motion events are written as AVI. For `benchmarks.throughput.Work`.

        The user's own settings are left aside, and its bar and log are out of the way.
        """
        quiet = ("--quiet", "--ignore-user-config", "--logfile", "{folder}/log.txt")
        return (self.executable, *quiet, "--input", "{clip}", "--output-dir", "{folder}")

    @property
    def scan_only(self) -> tuple[str, ...]:
        """Give the same without writing anything."""
        return (*self.scan, "--scan-only")


def find_dvr_scan(given: str | None) -> DvrScan | None:
    """Find it where the user says, else on the path; None where it is not installed.

    Raises:
        ThroughputError: What the user named does not run, or is something else.
    """
    executable = shutil.which(given or _NAME)
    if executable is None:
        if given is None:
            return None
        raise ThroughputError(f"{given}: no such program; {HOW_TO_INSTALL}")
    # The benchmark may run elsewhere than where the name was typed.
    executable = str(Path(executable).absolute())
    try:
        told = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise ThroughputError(f"{executable}: cannot be started: {error.strerror}") from error
    version = re.search(r"DVR-Scan \d\S*", told.stdout + told.stderr)
    if told.returncode or version is None:
        raise ThroughputError(f"{executable}: does not tell its version as DVR-Scan does; {HOW_TO_INSTALL}")
    return DvrScan(executable, version[0])

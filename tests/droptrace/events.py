"""What a running edge box logs, event by event."""

import json
import subprocess
import threading
from typing import Any

from tests.droptrace.processes import BUSY, wait_until


class Events:
    """Reads the log of a process to its end, beside the test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def of(self, name: str, camera: str | None = None) -> list[dict[str, Any]]:
        """List the events of a name so far, of one camera where it is given."""
        events = [json.loads(line) for line in self.lines if line.startswith("{")]
        return [one for one in events if one["event"] == name and camera in (None, one.get("camera"))]

    def wait(self, name: str, camera: str | None = None, *, count: int = 1) -> dict[str, Any]:
        """Wait for the `count`-th event of a name, and return it."""
        wait_until(lambda: len(self.of(name, camera)) >= count, timeout_s=60.0)
        return self.of(name, camera)[count - 1]

    def finish(self, timeout_s: float = 60.0) -> int:
        """Wait for the end of the process and of its log, and return its exit status."""
        status = self._process.wait(BUSY * timeout_s)
        self._reader.join(BUSY * timeout_s)
        assert not any("Traceback" in line for line in self.lines), "".join(self.lines)
        return status

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.lines.append(line)

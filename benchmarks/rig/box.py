"""An edge box as users start it, and what it tells of itself: events, status, processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.errors import RigError
from droptrace.errors import DroptraceError
from droptrace.status import BoxStatus, CameraStatus
from droptrace.status_file import read_status

_NAP_S = 0.1


@dataclass(frozen=True, slots=True)
class Watched:
    """A camera as EDGE.toml has it."""

    name: str
    address: str
    site: Path | None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the box's log, and when it was read, monotonic seconds."""

    at_s: float
    name: str
    fields: Mapping[str, Any]


class RigBox:
    """A `droptrace edge` in a folder of its own.

    Attributes:
        config: Its EDGE.toml.
        folder: Holds that, the data folder, and the log.
    """

    def __init__(self, folder: Path, endpoint_url: str, *, limits: Mapping[str, float] = {}) -> None:
        """Take an empty folder; nothing is started yet.

        Args:
            folder: For all that it writes.
            endpoint_url: Who takes its orders.
            limits: Keys of the table `limits`.
        """
        self.folder = folder
        self.config = folder / "edge.toml"
        self._endpoint_url = endpoint_url
        self._limits = dict(limits)
        self._process: subprocess.Popen[str] | None = None
        self._events: list[Event] = []
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        """Give the box, which is not started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing of it running."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def configure(self, cameras: Sequence[Watched], *, extra: str = "") -> None:
        """Write EDGE.toml, with more lines at its end if these are given."""
        lines = ['box_id = "rig"', 'data_dir = "data"']
        for camera in cameras:
            lines += ["[[camera]]", f'id = "{camera.name}"', f'address = "{camera.address}"']
            lines += [f'site = "{camera.site.resolve()}"'] if camera.site else []
        lines += ["[endpoint]", f'url = "{self._endpoint_url}"']
        lines += ["[limits]", *(f"{key} = {value}" for key, value in self._limits.items())]
        part = self.config.with_suffix(".part")
        part.write_text("\n".join(lines) + f"\n{extra}", encoding="utf-8")
        part.replace(self.config)

    def start(self, environment: Mapping[str, str] = {}) -> None:
        """Start it, with more variables in its environment if these are given."""
        with (self.folder / "falls.jsonl").open("a", encoding="utf-8") as falls:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "droptrace", "edge", str(self.config), "--verbose"],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=falls,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        threading.Thread(target=self._hear, args=(self._process,), name="box", daemon=True).start()

    @property
    def pid(self) -> int:
        """Tell the number of the supervisor's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Tell whether it runs."""
        return self._process is not None and self._process.poll() is None

    def reload(self) -> None:
        """Have it read its file again."""
        os.kill(self.pid, signal.SIGHUP)

    def stop(self, limit_s: float = 120.0) -> int:
        """End it in order, and tell its exit status.

        Raises:
            RigError: It does not end.
        """
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise RigError(f"the box did not end within {limit_s:.0f} s; see {self.folder}/box.log") from None

    def events(self, *names: str) -> list[Event]:
        """Give what its log has so far, of some names or of all."""
        with self._news:
            return [event for event in self._events if not names or event.name in names]

    def wait_for(self, holds: Callable[[], bool], limit_s: float) -> bool:
        """Wait for something that its log tells; tell whether it came."""
        with self._news:
            return self._news.wait_for(holds, limit_s)

    def camera_pids(self) -> dict[str, int]:
        """Tell the process of each camera that was started last."""
        return {event.fields["camera"]: event.fields["pid"] for event in self.events("camera_started")}

    def status(self) -> BoxStatus | None:
        """Tell how it does, as its status file has it; None while there is none."""
        try:
            return read_status(self.folder / "data")
        except DroptraceError:
            return None

    def cameras(self) -> dict[str, CameraStatus]:
        """Tell how each camera does."""
        status = self.status()
        return {camera.camera_id: camera for camera in status.cameras} if status else {}

    def wait_until_all_see(self, names: Sequence[str], limit_s: float) -> None:
        """Wait until cameras see.

        Raises:
            RigError: One does not, or the box ended.
        """
        until_s = time.monotonic() + limit_s
        while True:
            seen = {name for name, camera in self.cameras().items() if camera.sees}
            if seen >= set(names):
                return
            blind = ", ".join(sorted(set(names) - seen))
            if not self.is_running:
                raise RigError(f"the box ended before {blind} saw anything; see {self.folder}/box.log")
            if time.monotonic() > until_s:
                raise RigError(f"{blind} saw nothing for {limit_s:.0f} s; see {self.folder}/box.log")
            time.sleep(_NAP_S)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr as said, (self.folder / "box.log").open("a", encoding="utf-8") as log:
            for line in said:
                log.write(line)
                log.flush()
                try:
                    fields = json.loads(line)
                except ValueError:
                    continue
                with self._news:
                    self._events.append(Event(time.monotonic(), str(fields.get("event")), fields))
                    self._news.notify_all()


def declared_spell(event: Event) -> tuple[float, float]:
    """Tell from when to when a camera was blind, monotonic, by its event `camera_sees`."""
    return event.at_s - float(event.fields["blind_s"]), event.at_s

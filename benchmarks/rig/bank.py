"""A bank of cameras in a process of its own, and what it tells."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.errors import RigError

_START_S = 60.0
_ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Show:
    """What one camera shows: a clip, over and over, and by how much later than the others it begins, seconds."""

    clip: Path
    shift_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What a camera has sent since its server started.

    Attributes:
        sent: Frames given whole to the network.
        unsent: Frames that were due while a viewer took nothing.
        late_s: The longest that one was sent after it was due.
    """

    sent: int
    unsent: int
    late_s: float


class CameraBank:
    """Cameras of one server process, which may be killed and started again: they show what they would have shown.

    Attributes:
        origin_s: When a camera without shift shows its first frame, monotonic seconds.
        viewers: Of each camera, when the first frame was due that its newest viewer got, and the number of that frame.
    """

    def __init__(self, shows: Sequence[Show], *, folder: Path) -> None:
        """Choose a port and a time to begin.

        Args:
            shows: One for each camera.
            folder: Where the server writes what it complains of.
        """
        self._shows = tuple(shows)
        self._log = folder / "cameras.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.origin_s = time.monotonic()
        self.viewers: dict[str, tuple[int, float]] = {}
        self._process: subprocess.Popen[str] | None = None
        self._counts: dict[str, Sent] = {}
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it."""
        self.kill()

    @property
    def names(self) -> tuple[str, ...]:
        """Name the cameras."""
        return tuple(f"cam{i}" for i in range(len(self._shows)))

    @property
    def pid(self) -> int | None:
        """Tell the number of the server's process; None while none runs."""
        return self._process.pid if self._process else None

    def address(self, name: str) -> str:
        """Tell the address of a camera."""
        return f"rtsp://127.0.0.1:{self._port}/{name}"

    def shift_s(self, name: str) -> float:
        """Tell by how much later than the others a camera begins."""
        return self._shows[self.names.index(name)].shift_s

    def start(self) -> None:
        """Start the server and wait until it listens.

        Raises:
            RigError: It does not; the message says why.
        """
        shows = [f"{show.clip.resolve()}@{show.shift_s}" for show in self._shows]
        command = [sys.executable, "-m", "benchmarks.rig.camera_server", str(self._port), str(self.origin_s), *shows]
        with self._log.open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        self._process = process
        assert process.stdout is not None
        said = json.loads(process.stdout.readline() or '{"event": "failed", "why": "the cameras\' server died"}')
        if said["event"] != "ready":
            self.kill()
            raise RigError(str(said["why"]))
        threading.Thread(target=self._hear, args=(process,), name="cameras", daemon=True).start()

    def kill(self) -> None:
        """Kill the server, as a switch that loses power does with all cameras behind it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def order(self, do: str, *, camera: str | None = None, seconds: float = 0.0) -> None:
        """Have one camera or all do something, see `benchmarks.rig.camera_server.obey`; a dead server does nothing."""
        order = {"do": do, "seconds": seconds} | ({"camera": camera} if camera else {})
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def count(self) -> dict[str, Sent]:
        """Ask each camera how much it has sent.

        Raises:
            RigError: The server does not answer.
        """
        with self._news:
            self._counts.clear()
            self.order("count")
            if not self._news.wait_for(lambda: len(self._counts) == len(self._shows), _ANSWER_S):
                raise RigError(f"the cameras' server does not answer; see {self._log}")
            return dict(self._counts)

    def wait_for(self, holds: Callable[[], bool], limit_s: float) -> bool:
        """Wait for something that the server tells; tell whether it came."""
        with self._news:
            return self._news.wait_for(holds, limit_s)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                with self._news:
                    self._note(json.loads(line))
                    self._news.notify_all()
        except ValueError:
            # It was killed in the middle of a line, or its pipe was closed meanwhile.
            return

    def _note(self, said: dict[str, Any]) -> None:
        match said["event"]:
            case "viewer":
                self.viewers[said["camera"]] = (said["first"], said["due_s"])
            case "count":
                self._counts[said["camera"]] = Sent(said["sent"], said["unsent"], said["late_s"])

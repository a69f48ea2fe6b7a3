"""Does to a box and its cameras what a plan says."""

import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.rig.bank import CameraBank
from benchmarks.rig.box import RigBox, Watched
from benchmarks.rig.plan import Step
from benchmarks.rig.processes import strike

_RELOAD_S = 60.0


class Troublemaker:
    """Does one step after the other.

    Attributes:
        offsets_s: By how much the box's wall clock was ahead of the monotonic one, each value that it ever had.
        missed: How many steps found nothing to befall, such as a process that was not there.
        environment: What the box is to be started with.
    """

    def __init__(self, bank: CameraBank, box: RigBox, site: Path | None, faketime: Path | None) -> None:
        """Take cameras and box; `faketime` is the library by which the box's wall clock is set, or None."""
        self.offsets_s = [time.time() - time.monotonic()]
        self.missed = 0
        self._bank = bank
        self._box = box
        self._site = site
        self._removed: set[str] = set()
        self._versions: dict[str, int] = {}
        self._clock = box.folder / "clock"
        self.environment: dict[str, str] = {}
        if faketime is not None:
            self._clock.write_text("+0\n", encoding="ascii")
            self.environment = {
                "LD_PRELOAD": str(faketime),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }

    def configure(self, *, extra: str = "") -> None:
        """Write EDGE.toml as it is to be now."""
        cameras = [name for name in self._bank.names if name not in self._removed]
        self._box.configure([Watched(name, self._address(name), self._site) for name in cameras], extra=extra)

    def do(self, step: Step) -> bool:
        """Do one step; tell whether there was something for it to befall."""
        did = self._to_box(step) if step.camera is None or step.deed in _OF_BOX else self._to_camera(step, step.camera)
        self.missed += not did
        return did

    def _to_camera(self, step: Step, camera: str) -> bool:
        if step.deed.startswith("SIG"):
            pid = self._box.camera_pids().get(camera)
            return pid is not None and strike(pid, step.deed)
        self._bank.order(step.deed, camera=camera, seconds=step.seconds)
        return self._bank.pid is not None

    def _to_box(self, step: Step) -> bool:
        match step.deed:
            case "kill server":
                self._bank.kill()
            case "start server":
                if self._bank.pid is None:
                    self._bank.start()
            case "set clock":
                self.offsets_s.append(self.offsets_s[-1] + step.seconds)
                self._clock.write_text(f"{step.seconds:+.0f}\n", encoding="ascii")
            case "reload wrong":
                did = self._reload(extra="nonsense = 1\n")
                # The next reload is not to find it.
                self.configure()
                return did
            case _:
                return self._change(step)
        return True

    def _change(self, step: Step) -> bool:
        camera = step.camera or ""
        if step.deed == "reload changed":
            self._versions[camera] = self._versions.get(camera, 0) + 1
        elif step.deed == "remove":
            if len(self._removed) + 1 >= len(self._bank.names):
                return False
            self._removed.add(camera)
        elif step.deed == "add":
            self._removed.discard(camera)
        return self._reload()

    def _reload(self, *, extra: str = "") -> bool:
        self.configure(extra=extra)
        before = len(self._box.events("reloaded", "reload_refused"))
        self._box.reload()
        return self._box.wait_for(lambda: _count(self._box, ("reloaded", "reload_refused")) > before, _RELOAD_S)

    def _address(self, name: str) -> str:
        version = self._versions.get(name, 0)
        return self._bank.address(name) + (f"?version={version}" if version else "")


_OF_BOX = frozenset({"reload changed", "remove", "add"})


def _count(box: RigBox, names: Iterable[str]) -> int:
    return len(box.events(*names))

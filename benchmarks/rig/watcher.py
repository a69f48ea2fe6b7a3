"""What a box says of itself while it runs: when its cameras were blind, and what its processes take."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from benchmarks.errors import RigError
from benchmarks.rig.bank import CameraBank
from benchmarks.rig.box import RigBox, declared_spell
from benchmarks.rig.ledger import monotonic_s
from benchmarks.rig.processes import Taken, parent_of, taken
from benchmarks.rig.spans import Span, merged
from droptrace.status import BoxStatus

_LOOK_S = 0.5
_MEASURE_S = 60.0


class Watcher:
    """Looks at a box twice a second, and at its processes once a minute."""

    def __init__(self, box: RigBox, bank: CameraBank, offsets_s: Sequence[float]) -> None:
        """Take the box, which runs; `offsets_s` are those of its wall clock and may grow."""
        self._box = box
        self._bank = bank
        self._offsets_s = offsets_s
        self._blind: dict[str, list[Span]] = defaultdict(list)
        self._unseeing: dict[str, float] = {}
        self._measured: list[tuple[float, dict[str, Taken]]] = []
        self._status: BoxStatus | None = None

    def watch(self, *, until_s: float) -> None:
        """Look on until a time, monotonic.

        Raises:
            RigError: The box has ended by itself.
        """
        while (now_s := time.monotonic()) < until_s:
            if not self._box.is_running:
                raise RigError(f"the box ended by itself; see {self._box.folder}/box.log")
            self._look()
            if not self._measured or now_s - self._measured[-1][0] >= _MEASURE_S:
                self.measure()
            time.sleep(min(_LOOK_S, max(0.0, until_s - time.monotonic())))

    def watch_to_the_end(self, names: Sequence[str], *, until_s: float) -> bool:
        """Look on until all that cameras have sent, who are away, was worked on; tell whether it was by then.

        Raises:
            RigError: The box has ended by itself.
        """
        while time.monotonic() < until_s:
            cameras = self._box.cameras()
            healths = [cameras[name].health if name in cameras else None for name in names]
            # Only a process to which nothing is left to do says that there is no stream.
            if all(health is not None and health.blind == "no_stream" for health in healths):
                return True
            self.watch(until_s=time.monotonic() + 2 * _LOOK_S)
        return False

    def measure(self) -> dict[str, Taken]:
        """Look at all processes now."""
        cameras = self._box.camera_pids()
        pids = {"supervisor": self._box.pid, **cameras}
        nursery = next((parent_of(pid) for pid in cameras.values()), None)
        if nursery is not None:
            pids["nursery"] = nursery
        if self._bank.pid is not None:
            pids["server"] = self._bank.pid
        found = {name: one for name, pid in pids.items() if (one := taken(pid)) is not None}
        self._measured.append((time.monotonic(), found))
        return found

    @property
    def measured(self) -> list[tuple[float, dict[str, Taken]]]:
        """Give what processes took, each time with when that was."""
        return list(self._measured)

    def blind_spans(self) -> dict[str, list[Span]]:
        """Tell when each camera was blind by the box's own word: its log, its health, and whether it sees."""
        spans = {name: list(found) for name, found in self._blind.items()}
        for event in self._box.events("camera_sees"):
            spans.setdefault(event.fields["camera"], []).append(declared_spell(event))
        for name, since_s in self._unseeing.items():
            spans.setdefault(name, []).append((since_s, time.monotonic()))
        return {name: merged(found) for name, found in spans.items()}

    def figures(self) -> dict[str, object]:
        """Tell memory at the start, in the middle and at the end, and how box and cameras do now."""
        measured = self._measured
        picked = {"start": measured[0], "middle": measured[len(measured) // 2], "end": measured[-1]}
        status = self._box.status()
        return {
            "memory_mb": {
                when: {name: {"rss": one.rss_mb, "pss": one.pss_mb} for name, one in found.items()}
                for when, (_, found) in picked.items()
            },
            "outbox_depth": status.box.outbox_depth if status else None,
            "cameras": {
                camera.camera_id: {
                    "sees": camera.sees,
                    "restarts_today": camera.restarts_today,
                    "blind_s": camera.health.blind_s if camera.health else None,
                    "dropped": camera.health.dropped if camera.health else None,
                }
                for camera in (status.cameras if status else ())
            },
            "events": dict(Counter(event.name for event in self._box.events())),
        }

    def _look(self) -> None:
        status = self._box.status()
        if status is None or status == self._status:
            return
        self._status = status
        sent_s = self._monotonic_s(status.sent_utc)
        for camera in status.cameras:
            spans = self._blind[camera.camera_id]
            if camera.health is not None and camera.health.blind is not None:
                told_s = self._monotonic_s(camera.health.told_utc)
                spans.append((told_s - camera.health.blind_for_s, told_s))
            if camera.sees is False:
                self._unseeing.setdefault(camera.camera_id, sent_s)
            elif (since_s := self._unseeing.pop(camera.camera_id, None)) is not None:
                spans.append((since_s, sent_s))

    def _monotonic_s(self, told_utc: str) -> float:
        return monotonic_s(datetime.fromisoformat(told_utc).timestamp(), time.monotonic(), self._offsets_s)

"""Many cameras at once: is each frame looked at, in time, and what do processors and memory say.

`python -m benchmarks.cameras --clip CLIP --site SITE --cameras 12 --minutes 10` writes the result to standard output as
JSON. The exit status is 0 only when every frame that was sent was looked at, and no process fell behind.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.errors import RigError
from benchmarks.rig.bank import CameraBank, Sent, Show
from benchmarks.rig.box import RigBox, Watched
from benchmarks.rig.endpoint import Endpoint
from benchmarks.rig.folder import add_out, make_folder
from benchmarks.rig.outcome import Outcome, report
from benchmarks.rig.processes import Taken, require_proc
from benchmarks.rig.progress import say
from benchmarks.rig.scene import Scene, read_scene
from benchmarks.rig.watcher import Watcher
from droptrace.messages import Health

_START_S = 600.0
_DRAIN_S = 120.0
_FOR_EVER_S = 1e6
_LOOK_S = 1.0
_GROWS_S = 0.5
"""Half-way medians of the age that differ by more than this tell of a process that falls behind."""


@dataclass
class Ages:
    """How old the newest frame of a camera was when its process had looked at it, seconds, by the cameras' schedule.

    Attributes:
        seconds: One of each look.
    """

    seconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Tell mean, worst, and the medians of both halves."""
        half = len(self.seconds) // 2
        first, second = self.seconds[:half] or [0.0], self.seconds[half:] or [0.0]
        return {
            "mean": round(statistics.fmean(self.seconds or [0.0]), 3),
            "worst": round(max(self.seconds, default=0.0), 3),
            "median_first_half": round(statistics.median(first), 3),
            "median_second_half": round(statistics.median(second), 3),
        }

    @property
    def grow(self) -> bool:
        """Tell whether they are larger in the second half."""
        halves = self.summary()
        return halves["median_second_half"] - halves["median_first_half"] > _GROWS_S


@dataclass(frozen=True, slots=True)
class Stand:
    """What was sent and looked at, of each camera, at a moment in which nothing was on its way."""

    sent: Mapping[str, Sent]
    seen: Mapping[str, Health]


def measure(scene: Scene, folder: Path, *, cameras: int, minutes: float) -> dict[str, object]:
    """Let a box watch many cameras, and tell what came of it.

    Frames are counted between two moments in which all cameras were away and all that they had sent was worked on.

    Args:
        scene: What all cameras show, each from another moment on.
        folder: An empty one, for all that is written.
        cameras: How many.
        minutes: How long.

    Raises:
        RigError: Cameras or box could not be started, or the box ended by itself.
    """
    shows = [Show(scene.clip, scene.length_s * i / cameras) for i in range(cameras)]
    with CameraBank(shows, folder=folder) as bank, Endpoint() as endpoint, RigBox(folder, endpoint.url) as box:
        box.configure([Watched(name, bank.address(name), scene.site) for name in bank.names])
        box.start()
        say(f"starting {cameras} cameras")
        box.wait_until_all_see(bank.names, _START_S)
        before = drained(bank, box)
        bank.order("away")
        box.wait_until_all_see(bank.names, _START_S)
        watcher = Watcher(box, bank, [time.time() - time.monotonic()])
        began, began_s, blind_before = watcher.measure(), time.monotonic(), blind_seconds(box)
        ages: dict[str, Ages] = {name: Ages() for name in bank.names}
        while (now_s := time.monotonic()) < began_s + 60 * minutes:
            watcher.watch(until_s=now_s + _LOOK_S)
            note_ages(ages, box, bank, before, scene)
        ended, length_s = watcher.measure(), time.monotonic() - began_s
        blind = blind_seconds(box)
        after = drained(bank, box)
        say("all that was sent is worked on")
        status = box.stop()
        orders = len(endpoint.orders)
    return {
        "cameras": {
            name: frames_of(name, before, after)
            | {"age_s": ages[name].summary(), "blind_s": less(blind[name], blind_before[name])}
            for name in bank.names
        },
        "frames_unseen": sum(frames_of(name, before, after)["unseen"] for name in bank.names),
        "cameras_that_fall_behind": [name for name in bank.names if ages[name].grow],
        "cpu_share_of_one_core": {
            name: round((ended[name].cpu_s - began[name].cpu_s) / length_s, 3) for name in began if name in ended
        },
        "memory_mb": memory(watcher.measured, began_s),
        "orders": orders,
        "box_exit_status": status,
    }


def blind_seconds(box: RigBox) -> dict[str, dict[str, float]]:
    """Tell the blind seconds of each camera so far, by reason."""
    return {name: dict(camera.health.blind_s) for name, camera in box.cameras().items() if camera.health}


def drained(bank: CameraBank, box: RigBox) -> Stand:
    """Send all cameras away, and wait until all that they sent was worked on: only then a process says `no_stream`.

    Raises:
        RigError: Some process does not come to an end with its frames.
    """
    bank.order("away", seconds=_FOR_EVER_S)
    until_s = time.monotonic() + _DRAIN_S
    while True:
        health = {name: camera.health for name, camera in box.cameras().items()}
        seen = {name: one for name, one in health.items() if one is not None and one.blind == "no_stream"}
        if seen.keys() >= set(bank.names):
            return Stand(bank.count(), seen)
        if time.monotonic() > until_s:
            raise RigError(f"{', '.join(sorted(set(bank.names) - seen.keys()))}: frames wait for {_DRAIN_S:.0f} s")
        time.sleep(0.2)


def note_ages(ages: Mapping[str, Ages], box: RigBox, bank: CameraBank, before: Stand, scene: Scene) -> None:
    """Note how old the newest frame that each process has looked at was when it said so."""
    offset_s = time.time() - time.monotonic()
    for name, camera in box.cameras().items():
        health = camera.health
        if health is None or name not in bank.viewers:
            continue
        told_s = datetime.fromisoformat(health.told_utc).timestamp() - offset_s
        number = health.frames - before.seen[name].frames
        if number > 0:
            _, first_due_s = bank.viewers[name]
            ages[name].seconds.append(told_s - first_due_s - (number - 1) * scene.frame_s)


def frames_of(name: str, before: Stand, after: Stand) -> dict[str, int]:
    """Compare what a camera sent with what was looked at."""
    sent = after.sent[name].sent - before.sent[name].sent
    seen = after.seen[name].frames - before.seen[name].frames
    dropped = round(sum(less(after.seen[name].dropped, before.seen[name].dropped).values()))
    unsent = after.sent[name].unsent - before.sent[name].unsent
    connections = after.seen[name].connections - before.seen[name].connections
    return {
        "sent": sent,
        "seen": seen,
        "unseen": sent - seen + dropped + unsent,
        "dropped": dropped,
        "unsent": unsent,
        "connections": connections,
    }


def less(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """Tell by how much each figure grew; those that did not are left out."""
    return {key: round(grown, 3) for key, value in after.items() if (grown := value - before.get(key, 0.0)) > 0}


def memory(measured: Sequence[tuple[float, Mapping[str, Taken]]], began_s: float) -> dict[str, list[dict[str, float]]]:
    """Tell the memory of each process over time, minutes and millions of bytes."""
    lines: dict[str, list[dict[str, float]]] = {}
    for at_s, found in measured:
        for name, one in found.items():
            minute = round((at_s - began_s) / 60, 1)
            lines.setdefault(name, []).append({"minute": minute, "rss": one.rss_mb, "pss": one.pss_mb})
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cameras", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clip", type=Path, required=True, help="what the cameras show: H.264, without B-frames")
    parser.add_argument("--site", type=Path, help="its site file")
    parser.add_argument("--cameras", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=10.0)
    add_out(parser)
    asked = parser.parse_args(arguments)

    def run() -> Outcome:
        require_proc()
        scene = read_scene(asked.clip, asked.site)
        folder = make_folder(asked.out, "cameras")
        result = measure(scene, folder, cameras=asked.cameras, minutes=asked.minutes)
        return Outcome(result, folder, not result["frames_unseen"] and not result["cameras_that_fall_behind"])

    return report(run)


if __name__ == "__main__":
    sys.exit(main())

"""From the last sight of an object to the answer of the endpoint that takes the facts.

`python -m benchmarks.latency --clip CLIP --site SITE --throws 20` writes the result to standard output as JSON. The
exit status is 0 only when each throw was told once.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.errors import RigError
from benchmarks.rig.bank import CameraBank, Show
from benchmarks.rig.box import RigBox, Watched
from benchmarks.rig.endpoint import Endpoint
from benchmarks.rig.folder import add_out, make_folder
from benchmarks.rig.ledger import Entry, Ledger, ledger_of
from benchmarks.rig.outcome import Outcome, report
from benchmarks.rig.progress import say
from benchmarks.rig.scene import Scene, read_scene

_START_S = 300.0
_WARM_S = 5.0
_LATE_S = 30.0
_LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of one throw.

    Attributes:
        judged_s: From the last sight until the box had judged it.
        answered_s: From the last sight until the endpoint had answered.
    """

    judged_s: float
    answered_s: float


def latency_of(entry: Entry, offset_s: float) -> Latency:
    """Tell how long a throw that was told once took; `offset_s` is by how much the wall clock was ahead."""
    (order,) = entry.orders
    return Latency(order.detected_utc_s - offset_s - entry.throw.last_s, order.answered_s - entry.throw.last_s)


def measure(scene: Scene, folder: Path, *, cameras: int, throws: int) -> dict[str, object]:
    """Show a clip with throws until there were so many of them, and tell how long each took.

    Args:
        scene: What all cameras show, each from another moment on.
        folder: An empty one, for all that is written.
        cameras: How many.
        throws: How many are waited for, of all cameras together.

    Raises:
        RigError: Cameras or box could not be started, the box ended by itself, or nothing falls in the clip.
    """
    due = sum(fall.floor is None or fall.floor >= scene.min_floor for fall in scene.falls)
    if not due:
        raise RigError(
            f"{scene.clip}: nothing falls in it of which an order is sent; name a clip with truth and throws"
        )
    shows = [Show(scene.clip, scene.length_s * i / cameras) for i in range(cameras)]
    with CameraBank(shows, folder=folder) as bank, Endpoint() as endpoint, RigBox(folder, endpoint.url) as box:
        box.configure([Watched(name, bank.address(name), scene.site) for name in bank.names])
        box.start()
        box.wait_until_all_see(bank.names, _START_S)
        offset_s = time.time() - time.monotonic()
        # What fell while processes loaded was looked at late.
        begin_s = time.monotonic() + _WARM_S
        end_s = begin_s + scene.length_s * (throws / (due * cameras) + 1)
        say(f"all cameras see; {throws} throws take {end_s - begin_s:.0f} s")
        while time.monotonic() < end_s + _LATE_S:
            if not box.is_running:
                raise RigError(f"the box ended by itself; see {folder}/box.log")
            ledger = ledger_of(scene, bank, endpoint.orders, during=(begin_s, end_s), offsets_s=[offset_s], blind={})
            if time.monotonic() >= end_s and not ledger.count("lost"):
                break
            time.sleep(_LOOK_S)
        late_s = max(sent.late_s for sent in bank.count().values())
        box.stop()
    return result_of(ledger, offset_s) | {"sent_late_worst_s": round(late_s, 3)}


def result_of(ledger: Ledger, offset_s: float) -> dict[str, object]:
    """Put the figures of all throws together."""
    told = [latency_of(entry, offset_s) for entry in ledger.entries if entry.fate == "told"]
    return {
        "throws": len(ledger.entries),
        "told": len(told),
        "lost": ledger.count("lost"),
        "twice": ledger.count("twice"),
        "orders_without_throw": len(ledger.strays),
        "last_sight_to_judged_s": percentiles([one.judged_s for one in told]),
        "last_sight_to_answer_s": percentiles([one.answered_s for one in told]),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float] | None:
    """Tell median, 95th percentile and worst; None of nothing."""
    if not seconds:
        return None
    p50, p95, worst = np.percentile(seconds, [50, 95, 100])
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "worst": round(float(worst), 3)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clip", type=Path, required=True, help="H.264, without B-frames, its truth beside it")
    parser.add_argument("--site", type=Path, help="its site file")
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--throws", type=int, default=20)
    add_out(parser)
    asked = parser.parse_args(arguments)

    def run() -> Outcome:
        scene = read_scene(asked.clip, asked.site)
        folder = make_folder(asked.out, "latency")
        result = measure(scene, folder, cameras=asked.cameras, throws=asked.throws)
        return Outcome(result, folder, not result["lost"] and not result["twice"])

    return report(run)


if __name__ == "__main__":
    sys.exit(main())

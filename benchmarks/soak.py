"""A soak: an edge box under cuts, kills, reloads and clock jumps, and a ledger of every throw before its cameras.

`python -m benchmarks.soak --minutes 60 --cameras 4 --seed 1` writes the result to standard output as JSON. The exit
status is 0 only when each throw was told exactly once, or was in time of which the box said that it saw nothing.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.latency import percentiles
from benchmarks.rig.bank import CameraBank, Show
from benchmarks.rig.box import RigBox
from benchmarks.rig.endpoint import Endpoint
from benchmarks.rig.folder import add_out, make_folder
from benchmarks.rig.ledger import FATES, Ledger, ledger_of
from benchmarks.rig.outcome import Outcome, report
from benchmarks.rig.plan import Step, make_plan
from benchmarks.rig.processes import require_proc
from benchmarks.rig.progress import say
from benchmarks.rig.scene import Scene, render_soak_scene
from benchmarks.rig.troublemaker import Troublemaker
from benchmarks.rig.watcher import Watcher

_START_S = 300.0
_LIMITS = {"silent_s": 15.0}
_DRAIN_S = 180.0
_FOR_EVER_S = 1e6


@dataclass(frozen=True, slots=True)
class Course:
    """What is asked of a soak.

    Attributes:
        minutes: How long it goes on, with a calm last minute.
        cameras: How many.
        seed: What happens, and when.
        every_s: Mean time between troubles.
        faketime: The library by which the box is shown another wall clock half-way; None where it is not.
    """

    minutes: float
    cameras: int
    seed: int
    every_s: float
    faketime: Path | None


def soak(scene: Scene, folder: Path, course: Course) -> dict[str, object]:
    """Run one soak and tell what came of it.

    Args:
        scene: What the cameras show.
        folder: An empty one, for all that is written.
        course: What is asked.

    Raises:
        RigError: Cameras or box could not be started, or the box ended by itself.
    """
    shows = [Show(scene.clip, scene.length_s * i / course.cameras) for i in range(course.cameras)]
    with CameraBank(shows, folder=folder) as bank, Endpoint() as endpoint:
        with RigBox(folder, endpoint.url, limits=_LIMITS) as box:
            trouble = Troublemaker(bank, box, scene.site, course.faketime)
            trouble.configure()
            box.start(trouble.environment)
            box.wait_until_all_see(bank.names, _START_S)
            watcher = Watcher(box, bank, trouble.offsets_s)
            begin_s = time.monotonic()
            plan = _plan(course, bank.names)
            _trouble(plan, trouble, watcher, begin_s)
            watcher.watch(until_s=begin_s + 60 * course.minutes)
            end_s = time.monotonic()
            figures = watcher.figures()
            say("what was sent is looked at to its end")
            bank.order("away", seconds=_FOR_EVER_S)
            is_drained = watcher.watch_to_the_end(bank.names, until_s=end_s + _DRAIN_S)
            blind = watcher.blind_spans()
            status = box.stop()
        orders = endpoint.orders
    ledger = ledger_of(scene, bank, orders, during=(begin_s, end_s), offsets_s=trouble.offsets_s, blind=blind)
    return {
        "throws": summary(ledger, begin_s),
        "troubles": dict(Counter(step.deed for step in plan)) | {"missed": trouble.missed},
        "wall_clock_was_set": course.faketime is not None,
        "all_was_looked_at": is_drained,
        "box_exit_status": status,
        **figures,
    }


def _plan(course: Course, names: Sequence[str]) -> list[Step]:
    return make_plan(
        Random(course.seed),
        length_s=60 * course.minutes,
        cameras=names,
        every_s=course.every_s,
        set_clock=course.faketime is not None,
    )


def _trouble(plan: Sequence[Step], trouble: Troublemaker, watcher: Watcher, begin_s: float) -> None:
    say(f"all cameras see; {len(plan)} troubles are to come")
    for step in plan:
        watcher.watch(until_s=begin_s + step.at_s)
        did = trouble.do(step)
        say(f"{step.at_s:7.1f} s  {step.deed} {step.camera or ''} {step.seconds:g}{'' if did else ': missed'}")


def summary(ledger: Ledger, begin_s: float) -> dict[str, object]:
    """Count fates, and name what must not be; times are seconds from the beginning."""
    wrong = [
        {"camera": entry.throw.camera, "at_s": round(entry.throw.release_s - begin_s, 1), "fate": entry.fate}
        | {"incidents": [order.incident_id for order in entry.orders]}
        for entry in ledger.entries
        if entry.fate in ("lost", "twice", "partly blind")
    ]
    return {
        "all": len(ledger.entries),
        **{fate: ledger.count(fate) for fate in FATES},
        # Where this is many seconds, the machine was too slow for so many cameras.
        "last_sight_to_answer_s": percentiles(
            [entry.orders[0].answered_s - entry.throw.last_s for entry in ledger.entries if entry.orders]
        ),
        "orders_without_throw": [order.incident_id for order in ledger.strays],
        "to_look_at": wrong,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a soak; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1, help="what happens, and when")
    parser.add_argument("--every", type=float, default=20.0, metavar="SECONDS", help="mean time between troubles")
    parser.add_argument(
        "--faketime", type=Path, metavar="LIB", help="libfaketime.so.1, by which the box's wall clock is set half-way"
    )
    add_out(parser)
    asked = parser.parse_args(arguments)

    def run() -> Outcome:
        require_proc()
        folder = make_folder(asked.out, "soak")
        scene = render_soak_scene(folder / "scene")
        course = Course(asked.minutes, asked.cameras, asked.seed, asked.every, asked.faketime)
        result = soak(scene, folder, course)
        throws = result["throws"]
        assert isinstance(throws, dict)
        is_clean = not throws["lost"] and not throws["twice"]
        return Outcome(result, folder, is_clean, keeps_evidence=not is_clean)

    return report(run)


if __name__ == "__main__":
    sys.exit(main())

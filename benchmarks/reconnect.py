"""From a stream that is back to the first frame that is looked at.

`python -m benchmarks.reconnect --rounds 6` cuts connections while the cameras live, and kills their server for longer
and longer times; it writes the result to standard output as JSON. The exit status is 0 only when all cameras were seen
within 5 s of their return, and all that fell from then on was told.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rig.bank import CameraBank, Show
from benchmarks.rig.box import RigBox, Watched
from benchmarks.rig.endpoint import Endpoint
from benchmarks.rig.folder import add_out, make_folder
from benchmarks.rig.ledger import Throw, ledger_of
from benchmarks.rig.outcome import Outcome, report
from benchmarks.rig.progress import say
from benchmarks.rig.scene import Scene, read_scene, render_soak_scene

GOAL_S = 5.0
_START_S = 300.0
_BACK_S = 60.0
_AWAY_S = (2.0, 10.0, 45.0)
_LATE_S = 20.0


@dataclass(frozen=True, slots=True)
class Return:
    """A camera that came back.

    Attributes:
        camera: Which.
        how: "cut" where only its connection was cut, else "killed for N s".
        back_s: When it could be connected to again, monotonic.
        seen_s: When its first frame was looked at; None where that was not within a minute.
    """

    camera: str
    how: str
    back_s: float
    seen_s: float | None

    @property
    def took_s(self) -> float:
        """Tell how long that took; a minute where it was not seen."""
        return _BACK_S if self.seen_s is None else self.seen_s - self.back_s


def measure(scene: Scene, folder: Path, *, cameras: int, rounds: int) -> dict[str, object]:
    """Let cameras go and come back, and tell how soon they were seen.

    Args:
        scene: What they show.
        folder: An empty one, for all that is written.
        cameras: How many.
        rounds: How often they go: connections cut and server killed in turns.

    Raises:
        RigError: Cameras or box could not be started.
    """
    shows = [Show(scene.clip, scene.length_s * i / cameras) for i in range(cameras)]
    with CameraBank(shows, folder=folder) as bank, Endpoint() as endpoint, RigBox(folder, endpoint.url) as box:
        box.configure([Watched(name, bank.address(name), scene.site) for name in bank.names])
        box.start()
        box.wait_until_all_see(bank.names, _START_S)
        begin_s = time.monotonic()
        offset_s = time.time() - begin_s
        returns: list[Return] = []
        watched: list[tuple[float, float]] = []
        for number in range(rounds):
            time.sleep(scene.length_s)
            away_s = None if number % 2 == 0 else _AWAY_S[number // 2 % len(_AWAY_S)]
            went_s = time.monotonic()
            watched.append((begin_s, went_s))
            came = _go(bank, box, away_s)
            begin_s = max(one.back_s for one in came) + GOAL_S
            returns += came
            say(f"{came[0].how}: seen after {', '.join(f'{one.took_s:.1f}' for one in came)} s")
        time.sleep(scene.length_s + _LATE_S)
        watched.append((begin_s, time.monotonic() - _LATE_S))
        box.stop()
        ledgers = [
            ledger_of(scene, bank, endpoint.orders, during=span, offsets_s=[offset_s], blind={}) for span in watched[1:]
        ]
    entries = [entry for ledger in ledgers for entry in ledger.entries]
    return result_of(returns, [entry.throw for entry in entries if entry.fate == "lost"]) | {
        "throws": len(entries),
        "told": sum(entry.fate == "told" for entry in entries),
    }


def _go(bank: CameraBank, box: RigBox, away_s: float | None) -> list[Return]:
    """Cut all connections, or kill the server for some time, and wait until all cameras are seen again."""
    how = "cut" if away_s is None else f"killed for {away_s:g} s"
    before = len(box.events("camera_sees"))
    back_s = time.monotonic()
    if away_s is None:
        bank.order("cut")
    else:
        bank.kill()
        time.sleep(away_s)
        bank.start()
        back_s = time.monotonic()

    def seen() -> dict[str, float]:
        return {event.fields["camera"]: event.at_s for event in box.events("camera_sees")[before:]}

    box.wait_for(lambda: seen().keys() >= set(bank.names), _BACK_S)
    found = seen()
    return [Return(name, how, back_s, found.get(name)) for name in bank.names]


def result_of(returns: Sequence[Return], lost: Sequence[Throw]) -> dict[str, object]:
    """Put the figures together."""
    kinds = dict.fromkeys(one.how for one in returns)
    took_s = {how: [one.took_s for one in returns if one.how == how] for how in kinds}
    return {
        "back_to_first_frame_s": {
            how: {"median": round(statistics.median(each), 2), "worst": round(max(each), 2)}
            for how, each in took_s.items()
        },
        "worst_s": round(max(one.took_s for one in returns), 2),
        "lost_more_than_5_s_after": len(lost),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconnect", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--clip", type=Path, help="what the cameras show, its truth beside it; left out: a small scene")
    parser.add_argument("--site", type=Path, help="its site file")
    parser.add_argument("--cameras", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=6)
    add_out(parser)
    asked = parser.parse_args(arguments)

    def run() -> Outcome:
        folder = make_folder(asked.out, "reconnect")
        scene = read_scene(asked.clip, asked.site) if asked.clip else render_soak_scene(folder / "scene")
        result = measure(scene, folder, cameras=asked.cameras, rounds=asked.rounds)
        return Outcome(result, folder, not result["lost_more_than_5_s_after"] and _worst_s(result) <= GOAL_S)

    return report(run)


def _worst_s(result: dict[str, object]) -> float:
    worst_s = result["worst_s"]
    assert isinstance(worst_s, float)
    return worst_s


if __name__ == "__main__":
    sys.exit(main())

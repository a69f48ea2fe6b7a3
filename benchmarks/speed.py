"""How fast: decoding alone, droptrace, MOG2 + SORT and DVR-Scan, in turns on the same clips and one core.

`python -m benchmarks.speed CLIP... --out FILE` prints a table and writes FILE as JSON.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clip_speed import ClipSpeed, read_clip
from benchmarks.errors import BenchmarkError, ThroughputError
from benchmarks.one_core import one_core
from benchmarks.peers.child import PeerWork
from benchmarks.peers.dvr_scan import HOW_TO_INSTALL, DvrScan, find_dvr_scan
from benchmarks.peers.mog2_sort import mog2_sort
from benchmarks.run_facts import collect_facts
from benchmarks.runner import write_whole
from benchmarks.speed_table import DECODING, DROPTRACE, SpeedResults, make_speed_table, speed_as_json
from benchmarks.throughput import Cost, Work, decode_luma, run_work
from droptrace.bench import program_state, watch_clip
from droptrace.signals import take_interrupts
from vision.clock import SystemClock

ROUNDS = 5
_DVR_SCAN = "dvr_scan"


@dataclass(frozen=True, slots=True)
class Contender:
    """Who is measured.

    Attributes:
        name: In table and data.
        recipe: What it does, and what of that is counted.
        work: The same as something to run.
        start: For a command line, one that does no more than start; its cost is taken off, since calls have none.
    """

    name: str
    recipe: str
    work: Work
    start: tuple[str, ...] | None = None

    def run(self, clip: ClipSpeed) -> Cost:
        """Work through a clip once.

        Raises:
            ThroughputError: It failed, or the clip is too short to tell its work from its start.
        """
        whole = run_work(self.work, clip.clip, clip.site)
        if self.start is None:
            return whole
        start = run_work(self.start, clip.clip, clip.site)
        cpu_s = whole.cpu_s - start.cpu_s
        if cpu_s <= 0:
            raise ThroughputError(f"{self.name} took no longer than its start: take a longer clip")
        # On one core nothing takes less time than it computes, whatever else held up the start.
        return Cost(cpu_s, max(cpu_s, whole.wall_s - start.wall_s))


def contenders(dvr_scan: DvrScan | None) -> list[Contender]:
    """List who is measured, in the order of the table; DVR-Scan where it is installed."""
    built_in = [
        Contender(DECODING, "FFmpeg decodes every picture; nothing looks at it", decode_luma),
        Contender(
            DROPTRACE,
            "decoding, detection, tracks, verdicts with network and trace-back, evidence packages on disk; "
            "not in it: delivery, health of the camera",
            watch_clip,
        ),
        Contender(
            "mog2_sort",
            "decoding, MOG2 on grey full-size pictures, opening, connected components, SORT, downward rule",
            PeerWork(mog2_sort),
        ),
    ]
    if dvr_scan is None:
        return built_in
    recipe = (
        f"{dvr_scan.version} with its defaults: decoding to colour, MOG2 on grey full-size pictures, opening, motion "
        "events written as AVI; without its start"
    )
    return [
        *built_in,
        Contender(_DVR_SCAN, recipe, dvr_scan.scan, dvr_scan.start),
        Contender(f"{_DVR_SCAN}_only", "the same, writing nothing (--scan-only)", dvr_scan.scan_only, dvr_scan.start),
    ]


def measure(
    clips: Sequence[ClipSpeed],
    everybody: Sequence[Contender],
    rounds: int,
    tell: Callable[[str], object],
    keep: Callable[[], object],
) -> None:
    """Run everybody on every clip, round after round, each in a process of its own, and note the costs with the clips.

    Who fails on a clip is not run on it again. In each round another one begins, so that none always comes first.

    Args:
        clips: Changed.
        everybody: Who is run.
        rounds: How often.
        tell: Takes a line after each run.
        keep: Called after each round.
    """
    total = rounds * len(clips) * len(everybody)
    done = 0
    for turn in range(rounds):
        first = turn % len(everybody)
        for clip in clips:
            for one in [*everybody[first:], *everybody[:first]]:
                said = _run(one, clip)
                done += 1
                tell(f"{done}/{total} round {turn + 1} of {rounds}, {clip.clip.name}, {one.name}: {said}")
        keep()


def _run(contender: Contender, clip: ClipSpeed) -> str:
    """Run one contender once, note the cost or the failure, and tell it in words."""
    if contender.name in clip.failures:
        return "left out"
    try:
        cost = contender.run(clip)
    except ThroughputError as error:
        clip.failures[contender.name] = str(error)
        return f"failed: {error}"
    clip.costs.setdefault(contender.name, []).append(cost)
    return f"{1000 * cost.cpu_s / clip.frames:.2f} ms a frame"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and write the data; see the module. Returns 1 where something failed or was stopped."""
    asked = _parser().parse_args(arguments)
    take_interrupts()
    try:
        dvr_scan = find_dvr_scan(asked.dvr_scan)
        everybody = contenders(dvr_scan)
        clips = [read_clip(clip) for clip in asked.clips]
        facts = collect_facts(program_state(), SystemClock())
        with one_core(asked.core) as core:
            results = SpeedResults(
                facts=facts,
                core=core,
                rounds=asked.rounds,
                recipes={one.name: one.recipe for one in everybody},
                missing={} if dvr_scan else {_DVR_SCAN: f"not installed; {HOW_TO_INSTALL}"},
                clips=clips,
            )
            return _measure_and_tell(results, everybody, asked.out)
    except BenchmarkError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{asked.out}: cannot be written: {error.strerror}; choose another file with --out\n")
    return 1


def _measure_and_tell(results: SpeedResults, everybody: Sequence[Contender], out: Path) -> int:
    def keep() -> None:
        write_whole(out, speed_as_json(results))

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    keep()  # before hours of measuring: whether it can be written
    is_stopped = False
    try:
        measure(results.clips, everybody, results.rounds, tell, keep)
    except KeyboardInterrupt:
        is_stopped = True
    keep()
    sys.stdout.write(make_speed_table(results))
    if is_stopped:
        sys.stdout.write("Stopped before the last round; the numbers are those of the rounds that were done.\n")
    return 0 if results.is_whole and not is_stopped else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="recording, with NAME.site.toml beside it")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON file to write")
    parser.add_argument("--rounds", type=_count, default=ROUNDS, metavar="N", help="runs of each (default %(default)s)")
    parser.add_argument("--core", type=int, metavar="N", help="core that everything runs on (default: the last)")
    parser.add_argument("--dvr-scan", metavar="COMMAND", help="DVR-Scan's command, if it is not on the path")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())

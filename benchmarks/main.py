"""The whole of `droptrace bench`: from datasets to table, results and report."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.comparison import Contender, contender
from benchmarks.dataset import read_datasets
from benchmarks.errors import ThroughputError
from benchmarks.gallery import false_alarms, misses
from benchmarks.peers.catalogue import NamedPeer
from benchmarks.peers.child import PeerWork
from benchmarks.peers.run import run_peer
from benchmarks.report import make_report
from benchmarks.results import Results, as_json, gather
from benchmarks.run_facts import collect_facts
from benchmarks.runner import ClipRun, Detect, Progress, Runner, write_whole
from benchmarks.scoring import ClipScore, score_clip, score_failure
from benchmarks.table import make_table
from benchmarks.throughput import Throughput, Work, measure_throughput
from benchmarks.truth import ClipTruth
from vision.clock import Clock, SystemClock

RESULTS_NAME, REPORT_NAME = "results.json", "report.html"
REPEATS, REPEATS_OF_PEERS = 5, 3


@dataclass(frozen=True, slots=True)
class Program:
    """What is measured.

    Attributes:
        version: As it calls itself, best with its commit; stands in results and report.
        code: Tells one state of it from another: what was measured of this state is not measured again.
    """

    version: str
    code: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a run measures beside this program's accuracy.

    Attributes:
        throughput: What to measure against decoding alone, on one clip of each size of frame; None measures no speed,
            neither this program's nor its peers'.
        peers: Other ways to find falls, measured on the same clips.
        workers: Clips on which accuracy is measured at once; speed is measured afterwards, alone.
    """

    throughput: Work | None = None
    peers: Sequence[NamedPeer] = ()
    workers: int = 1


def run_bench(
    datasets: Sequence[Path],
    out: Path,
    detect: Detect,
    *,
    program: Program,
    beside: Beside | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
    write: Callable[[str], object] | None = None,
) -> int:
    """Measure detection on datasets; write results.json and report.html; print the table.

    What was measured before of the same clips, sites, truths and program is not measured again. An interrupt ends the
    run; what is done is kept for the next.

    Args:
        datasets: Folders of clips with truth, or single truth files.
        out: Folder for results, report, records and evidence packages.
        detect: Does the work on one clip. Sites keep their `min_floor`: a verdict counts whatever the floor.
        program: Who detects.
        beside: What to measure beside accuracy; nothing by default.
        progress: Told of each clip.
        clock: Tells date and duration; the machine's own by default.
        write: Takes the table; standard output by default.

    Returns:
        Exit status: 0, or 1 where a clip or the measurement of throughput failed or the run was interrupted.

    Raises:
        DatasetError: A dataset cannot be read.
    """
    clock, write, beside = clock or SystemClock(), write or sys.stdout.write, beside or Beside()
    facts = collect_facts(program.version, clock)
    clips = read_datasets(datasets)
    runner = Runner(out, detect, program.code, clock, beside.workers)
    runs: list[ClipRun] = []
    try:
        for run in runner.run(clips, progress):
            runs.append(run)
        costs, problem = _throughput(runs, beside.throughput)
        peers = _contenders(
            beside, [run_peer(peer, clips, out, clock, progress, beside.workers) for peer in beside.peers]
        )
    except KeyboardInterrupt:
        write(f"Stopped after {len(runs)} of {len(clips)} clips. The same command goes on from there.\n")
        return 1
    results = gather(facts, [score_run(run) for run in runs], costs, peers)
    write_whole(out / RESULTS_NAME, as_json(results))
    _write_report(results, out / REPORT_NAME, runner.package_folder, clock)
    write(make_table(results))
    if problem is not None:
        write(f"FAILED throughput: {problem}\n")
    is_whole = problem is None and not results.total.failed and not any(peer.failures for peer in peers)
    return 0 if is_whole else 1


def score_run(run: ClipRun) -> ClipScore:
    """Judge what was found in one clip."""
    if run.info is None:
        return score_failure(run.truth, run.failure or "")
    return score_clip(run.truth, run.found, run.info)


def _write_report(results: Results, path: Path, folder_of: Callable[[ClipTruth], Path], clock: Clock) -> None:
    galleries = [misses(results.scores, clock), false_alarms(results.scores, folder_of)]
    path.write_text(make_report(results, galleries), encoding="utf-8")


def _contenders(beside: Beside, runs: Sequence[Sequence[ClipRun]]) -> list[Contender]:
    is_timed = beside.throughput is not None
    return [_contender(peer, its, is_timed=is_timed) for peer, its in zip(beside.peers, runs, strict=True)]


def _contender(peer: NamedPeer, runs: Sequence[ClipRun], *, is_timed: bool) -> Contender:
    costs, problem = _throughput(runs, PeerWork(peer.find) if is_timed else None, REPEATS_OF_PEERS)
    added = contender(peer.name, peer.recipe, [score_run(run) for run in runs], costs)
    return added if problem is None else replace(added, failures=(*added.failures, f"throughput: {problem}"))


def _throughput(
    runs: Sequence[ClipRun], work: Work | None, repeats: int = REPEATS
) -> tuple[list[Throughput], str | None]:
    """Measure on the longest recorded clip of each height that did not fail; tell what went wrong, if anything."""
    longest: dict[int, ClipRun] = {}
    for run in sorted(runs, key=lambda run: run.info.duration_s if run.info else 0.0):
        if run.info is not None and not run.truth.clip.is_dir() and not run.truth.is_probe:
            longest[run.info.height_px] = run
    measured: list[Throughput] = []
    if work is None:
        return measured, None
    try:
        for _, run in sorted(longest.items()):
            measured.append(measure_throughput(run.truth.clip, run.truth.site, work, repeats))
    except ThroughputError as error:
        return measured, str(error)
    return measured, None

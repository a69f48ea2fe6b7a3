"""The whole of `droptrace bench`: from datasets to table, results and report."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.dataset import read_datasets
from benchmarks.errors import ThroughputError
from benchmarks.gallery import false_alarms, misses
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


def run_bench(
    datasets: Sequence[Path],
    out: Path,
    detect: Detect,
    *,
    program_version: str,
    throughput: Work | None = None,
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
        program_version: Tells one state of the program from another, so best with its commit and configuration.
        throughput: What to measure against decoding alone, on one clip of each size of frame; None measures nothing.
        progress: Told of each clip.
        clock: Tells date and duration; the machine's own by default.
        write: Takes the table; standard output by default.

    Returns:
        Exit status: 0, or 1 where a clip or the measurement of throughput failed or the run was interrupted.

    Raises:
        DatasetError: A dataset cannot be read.
    """
    clock, write = clock or SystemClock(), write or sys.stdout.write
    facts = collect_facts(program_version, clock)
    clips = read_datasets(datasets)
    runner = Runner(out, detect, program_version, clock)
    runs: list[ClipRun] = []
    try:
        for run in runner.run(clips, progress):
            runs.append(run)
        costs, problem = _throughput(runs, throughput)
    except KeyboardInterrupt:
        write(f"Stopped after {len(runs)} of {len(clips)} clips. The same command goes on from there.\n")
        return 1
    results = gather(facts, [score_run(run) for run in runs], costs)
    write_whole(out / RESULTS_NAME, as_json(results))
    _write_report(results, out / REPORT_NAME, runner.package_folder, clock)
    write(make_table(results))
    if problem is not None:
        write(f"FAILED throughput: {problem}\n")
    return 1 if results.total.failed or problem is not None else 0


def score_run(run: ClipRun) -> ClipScore:
    """Judge what was found in one clip."""
    if run.info is None:
        return score_failure(run.truth, run.failure or "")
    return score_clip(run.truth, run.found, run.info)


def _write_report(results: Results, path: Path, folder_of: Callable[[ClipTruth], Path], clock: Clock) -> None:
    galleries = [misses(results.scores, clock), false_alarms(results.scores, folder_of)]
    path.write_text(make_report(results, galleries), encoding="utf-8")


def _throughput(runs: Sequence[ClipRun], work: Work | None) -> tuple[list[Throughput], str | None]:
    """Measure on the longest recorded clip of each height that did not fail; tell what went wrong, if anything."""
    longest: dict[int, ClipRun] = {}
    for run in sorted(runs, key=lambda run: run.info.duration_s if run.info else 0.0):
        if run.info is not None and not run.truth.clip.is_dir():
            longest[run.info.height_px] = run
    measured: list[Throughput] = []
    if work is None:
        return measured, None
    try:
        for _, run in sorted(longest.items()):
            measured.append(measure_throughput(run.truth.clip, run.truth.site, work))
    except ThroughputError as error:
        return measured, str(error)
    return measured, None

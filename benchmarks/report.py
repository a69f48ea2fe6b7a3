"""The report: one page that needs no other file."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from benchmarks.comparison import Contender, comparison_rows, recall_rows
from benchmarks.curves import COLOURS, sensitivity_plot
from benchmarks.gallery import Gallery
from benchmarks.heat_map import heat_map, size_by_contrast, suite_by_class
from benchmarks.plots import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    bar_chart,
    frequency_bar,
    histogram,
    rate_bar,
    reliability_plot,
    stacked_bars,
)
from benchmarks.rates import Rate, frequency_text, interval_text, rate_text
from benchmarks.results import Results
from benchmarks.scoring import ClipScore
from benchmarks.sensitivity import Sensitivity, half_text, ideal_snr_50, typical_frames
from benchmarks.summary import FloorRow, Summary
from benchmarks.table import COLUMNS


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the figures at the top."""

    title: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class ClipRow:
    """A line of the list of clips."""

    name: str
    falls: int
    matched: int
    missed: int
    false: int
    suspected: int
    floors: str
    notes: str
    failed: bool


def make_report(results: Results, galleries: Sequence[Gallery]) -> str:
    """Write the page.

    Args:
        results: All numbers.
        galleries: Pictures of what went wrong.

    Returns:
        HTML with style, plots and pictures inside.
    """
    template = resources.files("benchmarks").joinpath("report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(template).render(
        results=results,
        total=results.total,
        suites=results.suites,
        columns=COLUMNS,
        rate=rate_text,
        tiles=_tiles(results),
        plots=_plots(results),
        colours={"blue": BLUE, "orange": ORANGE, "red": RED},
        compared=comparison_rows(results.contenders) if results.peers else [],
        sensitivities=_sensitivities(results.contenders),
        recalls=recall_rows(results.contenders),
        galleries=galleries,
        clips=[_row(score) for score in results.scores],
    )


def _tiles(results: Results) -> list[Tile]:
    total = results.total
    tiles = [
        _rate_tile("recall", total.recall),
        _rate_tile("precision", total.precision),
        Tile(
            "false alarms an hour",
            frequency_text(total.false_alarms),
            f"{total.false_alarms.count} in {total.hours:.3g} h; {interval_text(total.false_alarms)}",
        ),
        _rate_tile("floor exact", total.floor_exact),
        _rate_tile("floor within one", total.floor_within_one),
        _rate_tile("unit exact", total.unit_exact),
        _rate_tile("floor in 90 % interval", total.interval),
    ]
    if total.release_error_s is not None:
        tiles.append(Tile("release time", f"{1000 * total.release_error_s:.0f} ms", "median error"))
    if total.fade.tro is not None:
        tiles.append(Tile("FADE: TRO", f"{total.fade.tro:.3f}", "overlap in time"))
    if total.fade.box_recall.value is not None:
        precision = rate_text(total.fade.box_precision)
        tiles.append(Tile("FADE: boxes, recall", f"{total.fade.box_recall.value:.3f}", f"precision {precision}"))
    tiles += [
        Tile(f"throughput {one.height_px} px", f"{one.cpu_ratio:.2f}", "of decoding alone (CPU)")
        for one in results.throughput
    ]
    return tiles


def _rate_tile(title: str, rate: Rate) -> Tile:
    if rate.value is None:
        return Tile(title, "-", "nothing to score")
    return Tile(title, f"{rate.value:.3f}", f"{rate.count} of {rate.total}; {interval_text(rate)}")


def _plots(results: Results) -> dict[str, Markup | None]:
    total = results.total
    named: dict[str, Summary] = {**results.suites, "all": total}
    frequencies = [summary.false_alarms for summary in named.values()]
    most = max((one.value for one in frequencies if one.value is not None), default=0.0)
    return {
        "rates": bar_chart(
            {name: [rate_bar(one.recall, BLUE), rate_bar(one.precision, ORANGE)] for name, one in named.items()},
            1.0,
            "Recall and precision of each suite",
        ),
        "false_alarms": bar_chart(
            {name: [frequency_bar(one.false_alarms, RED)] for name, one in named.items()}, most, "False alarms an hour"
        ),
        "floor_errors": histogram(total.floor_errors, "How far the floor found is from the true one"),
        "by_floor": stacked_bars({str(row.floor): _floor_bar(row) for row in total.by_floor}, "Right floors by floor"),
        "reliability": None if total.brier is None else reliability_plot(total.reliability, "Claimed and true share"),
        "sensitivity": _sensitivity_plot(results.contenders),
        "by_size": heat_map(size_by_contrast(results.strata)) if results.strata else None,
        "by_suite": heat_map(suite_by_class(results.strata), is_low=True) if results.strata else None,
    }


def _floor_bar(row: FloorRow) -> tuple[tuple[int, str], ...]:
    """Count the matched falls of a floor: exact, off by one, worse."""
    near = row.within_one.count - row.exact.count
    return (row.exact.count, BLUE), (near, ORANGE), (row.within_one.total - row.within_one.count, RED)


def _measured(contenders: Sequence[Contender]) -> dict[str, Sensitivity]:
    return {one.name: one.sensitivity for one in contenders if one.sensitivity is not None}


def _sensitivity_plot(contenders: Sequence[Contender]) -> Markup | None:
    measured = _measured(contenders)
    return sensitivity_plot(measured) if measured else None


def _sensitivities(contenders: Sequence[Contender]) -> list[tuple[str, str, str]]:
    """Tell name, colour and place of each curve."""
    measured = _measured(contenders)
    if not measured:
        return []
    frames = typical_frames(next(iter(measured.values())).trials)
    bound = f"half at {ideal_snr_50(frames):.2f}: told the path, over {frames} frames"
    rows = [(name, colour, half_text(one)) for (name, one), colour in zip(measured.items(), COLOURS, strict=False)]
    return [*rows, ("no detector better", GREY, bound)]


def _row(score: ClipScore) -> ClipRow:
    truth = score.truth
    matched = sum(judged.outcome == "matched" for judged in score.confirmed)
    floors = [f"{origin.found_floor or '-'} ({origin.true_floor or '-'})" for origin in score.origins]
    seed = "" if truth.seed is None else f"seed {truth.seed}"
    return ClipRow(
        name=f"{truth.suite}/{truth.name}",
        falls=len(truth.falls),
        matched=matched,
        missed=len(score.missed),
        false=len(score.confirmed) - matched,
        suspected=len(score.suspected),
        floors=", ".join(floors),
        notes=f"failed: {score.failure}" if score.failure is not None else seed,
        failed=score.failure is not None,
    )

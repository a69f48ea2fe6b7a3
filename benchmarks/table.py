"""The table that a run prints."""

from collections.abc import Callable, Sequence

from benchmarks.comparison import comparison_rows
from benchmarks.rates import frequency_text, interval_text, rate_text
from benchmarks.results import Results
from benchmarks.summary import Summary

Column = tuple[str, Callable[[Summary], str]]

COLUMNS: tuple[Column, ...] = (
    ("clips", lambda s: f"{s.clips}" + (f" ({s.failed} failed)" if s.failed else "")),
    ("falls", lambda s: str(s.falls)),
    ("recall", lambda s: rate_text(s.recall)),
    ("precision", lambda s: rate_text(s.precision)),
    ("suspected", lambda s: str(s.suspected)),
    ("false", lambda s: str(s.false_alarms.count) + (f" ({s.duplicates} dup.)" if s.duplicates else "")),
    ("false/h", lambda s: frequency_text(s.false_alarms)),
    ("floor", lambda s: rate_text(s.floor_exact)),
    ("floor±1", lambda s: rate_text(s.floor_within_one)),
    ("unit", lambda s: rate_text(s.unit_exact)),
    ("90% int.", lambda s: rate_text(s.interval)),
    ("TRO", lambda s: "-" if s.fade.tro is None else f"{s.fade.tro:.3f}"),
)


def make_table(results: Results) -> str:
    """Write a line for each suite and one for all, then what stands beside: FADE, throughput, peers, failures."""
    total = results.total
    rows = [["suite", *(title for title, _ in COLUMNS)]]
    named = [*results.suites.items(), ("all", total)]
    rows += [[name, *(write(summary) for _, write in COLUMNS)] for name, summary in named]
    lines = aligned(rows)
    rule = "-" * len(lines[0])
    lines = [lines[0], rule, *lines[1:-1], rule, lines[-1]]
    lines.append("")
    lines.append(
        f"95 % intervals: recall {interval_text(total.recall)}, precision {interval_text(total.precision)}, "
        f"false alarms an hour {interval_text(total.false_alarms)} in {total.hours:.3g} h of video"
    )
    fade = total.fade
    if fade.box_recall.value is not None:
        precision, recall = rate_text(fade.box_precision), rate_text(fade.box_recall)
        lines.append(f"FADE boxes at IoU 0.3: precision {precision}, recall {recall}")
    lines += [
        f"throughput {one.width_px} x {one.height_px}: {one.cpu_ratio:.3f} of decoding alone (CPU), "
        f"{one.wall_ratio:.3f} (wall), {one.cpu_ms_per_frame:.2f} ms a frame, median of {len(one.decoding)}"
        for one in results.throughput
    ]
    if results.peers:
        lines += ["", *aligned(comparison_rows(results.contenders))]
    lines += [f"FAILED {s.truth.suite}/{s.truth.name}: {s.failure}" for s in results.scores if s.failure is not None]
    lines += [f"FAILED {failure}" for peer in results.peers for failure in peer.failures]
    return "\n".join(lines) + "\n"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows of as many cells each as lines: the first cell to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]

"""This program and its peers side by side."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.rates import frequency_text, rate_text
from benchmarks.scoring import ClipScore
from benchmarks.sensitivity import Sensitivity, measure_sensitivity
from benchmarks.summary import GroupRecall, Summary, summarise, summarise_suites
from benchmarks.throughput import Throughput


@dataclass(frozen=True, slots=True)
class Contender:
    """What a run measured of one way to find falls.

    Attributes:
        name: Its name in tables.
        recipe: What it is.
        total: Over all clips but probes.
        suites: Over the clips of each suite, by name.
        throughput: One for each size of frame; empty where not measured.
        failures: Each clip that it failed on, and why.
        sensitivity: Recall over signal to noise; None where no truth tells that.
    """

    name: str
    recipe: str
    total: Summary
    suites: dict[str, Summary]
    throughput: tuple[Throughput, ...]
    failures: tuple[str, ...]
    sensitivity: Sensitivity | None

    def as_json(self) -> dict[str, Any]:
        """Lay it out as results.json has it below its name."""
        content = asdict(self)
        del content["name"]
        return content


COMPARED: tuple[tuple[str, Callable[[Contender], str]], ...] = (
    ("recall", lambda c: rate_text(c.total.recall)),
    ("precision", lambda c: rate_text(c.total.precision)),
    ("floor", lambda c: rate_text(c.total.floor_exact)),
    ("floor±1", lambda c: rate_text(c.total.floor_within_one)),
    ("false", lambda c: str(c.total.false_alarms.count)),
    ("false/h", lambda c: frequency_text(c.total.false_alarms)),
    ("of decoding (CPU)", lambda c: _throughput_text(c.throughput)),
)


def contender(name: str, recipe: str, scores: Sequence[ClipScore], throughput: Sequence[Throughput] = ()) -> Contender:
    """Add up what one way to find falls made of the clips."""
    failures = tuple(f"{s.truth.suite}/{s.truth.name}: {s.failure}" for s in scores if s.failure is not None)
    return Contender(
        name,
        recipe,
        summarise(counted(scores)),
        summarise_suites(scores),
        tuple(throughput),
        failures,
        measure_sensitivity(scores),
    )


def counted(scores: Sequence[ClipScore]) -> list[ClipScore]:
    """Leave out probes, which no total counts."""
    return [score for score in scores if not score.truth.is_probe]


def comparison_rows(contenders: Sequence[Contender]) -> list[list[str]]:
    """Write a header, and a row for each contender."""
    return [
        ["peers", *(title for title, _ in COMPARED)],
        *([one.name, *(write(one) for _, write in COMPARED)] for one in contenders),
    ]


def recall_rows(contenders: Sequence[Contender]) -> list[list[str]]:
    """Write the recall of each suite, size and kind: a header, then a row a group and a column a contender."""
    rows = [["group", *(one.name for one in contenders)]]
    for label, groups_of in _GROUPS:
        columns = [{row.group: rate_text(row.recall) for row in groups_of(one)} for one in contenders]
        rows += [[f"{label}: {group}", *(column.get(group, "-") for column in columns)] for group in columns[0]]
    return rows


def _suites(one: Contender) -> Sequence[GroupRecall]:
    return [GroupRecall(name, summary.recall) for name, summary in one.suites.items()]


_GROUPS: tuple[tuple[str, Callable[[Contender], Sequence[GroupRecall]]], ...] = (
    ("suite", _suites),
    ("size", lambda one: one.total.by_size),
    ("kind", lambda one: one.total.by_kind),
)


def _throughput_text(throughput: Sequence[Throughput]) -> str:
    return ", ".join(f"{one.cpu_ratio:.2f} ({one.height_px} px)" for one in throughput) or "-"

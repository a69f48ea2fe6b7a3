"""docs/accuracy.md: what was reached beside what was aimed at, from the results of runs.

`python -m benchmarks.accuracy RESULTS.json [--without RESULTS.json ...]` writes Markdown to standard output.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import EMPTY_SUITES, FALSE_ALARMS_AN_HOUR, INTERVAL_SHARE, Goal, goal_of

Content = Mapping[str, Any]


def make_accuracy(results: Content, ablations: Sequence[Content] = ()) -> str:
    """Write the document.

    Args:
        results: Parsed results.json of a run over all suites.
        ablations: Those of runs without one part each, over some of the same suites.
    """
    sections = [_head(results), _suites(results), _interval(results["total"]), _quiet(results), _peers(results)]
    sections += [_ablation(results, ablations)] if ablations else []
    sections += [_throughput(results), _seeds(results)]
    return "\n\n".join(sections) + "\n"


def _head(results: Content) -> str:
    run, total = results["run"], results["total"]
    return (
        "# Accuracy, measured\n\n"
        "Written by `make bench` from the results of its runs; how scenes are made and what counts is in\n"
        "[benchmarks.md](benchmarks.md).\n\n"
        f"{run['started_utc'][:10]}, version {run['program_version']}, commit {run['commit']}; {run['cores']} cores of "
        f"{run['processor']},\n{run['system']}, Python {run['python']}. {total['clips']} clips, "
        f"{total['hours']:.2f} hours, {total['falls']} throws, {total['failed']} clips failed."
    )


def _suites(results: Content) -> str:
    rows = [
        _suite_row(name, summary, goal_of(name)) for name, summary in results["suites"].items() if summary["falls"] > 0
    ]
    head = ("suite", "recall", "precision", "floor", "within one", "unit", "in 90 % interval", "false")
    note = (
        "A number below its goal stands with the goal behind it. With ten throws a suite one miss is 0.900: the "
        "intervals are in results.json."
    )
    return f"## Suites\n\n{_table(head, rows)}\n\n{note}"


def _suite_row(name: str, summary: Content, goal: Goal | None) -> list[str]:
    told = goal is not None and goal.told
    recall, within = ("told_recall", "told_within_one") if told else ("recall", "floor_within_one")
    wanted = (
        (recall, goal.recall if goal else None),
        ("precision", goal.precision if goal else None),
        ("floor_exact", goal.floor_exact if goal else None),
        (within, goal.floor_within_one if goal else None),
        ("unit_exact", goal.unit_exact if goal else None),
    )
    shares = [_share(summary[key], least) for key, least in wanted]
    return [f"`{name}`", *shares, _share(summary["interval"], None), str(summary["false_alarms"]["count"])]


def _share(rate: Content, least: float | None) -> str:
    if rate["value"] is None:
        return "-"
    text = f"{rate['value']:.3f} ({rate['count']}/{rate['total']})"
    return text if least is None or rate["value"] >= least else f"**{text} < {least}**"


def _interval(total: Content) -> str:
    low, high = INTERVAL_SHARE
    rows = [
        [f"{one['low']:.1f} to {one['high']:.1f}", str(one["count"]), f"{one['mean_probability']:.3f}",
         f"{one['share_right']:.3f}"]
        for one in total["reliability"]
        if one["count"]
    ]  # fmt: skip
    return (
        "## Probabilities\n\n"
        f"True floor inside the 90 % interval: {_share(total['interval'], None)}; the goal is {low} to {high}. "
        "An interval of whole floors\nholds more than it promises where the fit is much better than a floor.\n\n"
        + _table(("claimed", "origins", "mean claim", "share right"), rows)
    )


def _quiet(results: Content) -> str:
    rows = [_quiet_row(name, summary) for name, summary in results["suites"].items() if name in EMPTY_SUITES]
    head = ("suite", "hours", "confirmed", "95 % interval an hour", "suspected")
    return (
        f"## Nothing is thrown\n\nGoal: {FALSE_ALARMS_AN_HOUR} confirmed an hour on `crowded`.\n\n{_table(head, rows)}"
    )


def _quiet_row(name: str, summary: Content) -> list[str]:
    alarms = summary["false_alarms"]
    return [f"`{name}`", f"{summary['hours']:.2f}", str(alarms["count"]), _range(alarms), str(summary["suspected"])]


def _range(frequency: Content) -> str:
    return "-" if frequency["high"] is None else f"{frequency['low']:.1f} to {frequency['high']:.1f}"


def _peers(results: Content) -> str:
    if not results["peers"]:
        return "## Peers\n\nNot measured in this run."
    rows = [_contender("droptrace", results["total"])]
    rows += [_contender(name, peer["total"]) for name, peer in results["peers"].items()]
    recipes = "\n".join(f"- `{name}`: {peer['recipe']}" for name, peer in results["peers"].items())
    return f"## Peers\n\n{_table(_CONTENDER_HEAD, rows)}\n\n{recipes}"


_CONTENDER_HEAD = ("", "clips", "recall", "precision", "floor", "within one", "false", "false an hour")


def _contender(name: str, total: Content) -> list[str]:
    keys = ("recall", "precision", "floor_exact", "floor_within_one")
    alarms = total["false_alarms"]
    frequency = "-" if alarms["value"] is None else f"{alarms['value']:.1f}"
    shares = [_share(total[key], None) for key in keys]
    return [name, str(total["clips"]), *shares, str(alarms["count"]), frequency]


def _ablation(results: Content, ablations: Sequence[Content]) -> str:
    suites = set.intersection(*(set(one["suites"]) for one in (results, *ablations)))
    rows = [["all parts", *_added(results, suites)]]
    rows += [[one["run"]["program_version"].partition(" ")[2], *_added(one, suites)] for one in ablations]
    names = ", ".join(f"`{name}`" for name in sorted(suites))
    head = ("", "found", "false", "right floor", "right unit", "suspected")
    return f"## What each part is worth\n\nOver {names}.\n\n{_table(head, rows)}"


def _added(results: Content, suites: Iterable[str]) -> list[str]:
    chosen = [results["suites"][name] for name in sorted(suites)]
    falls = sum(s["recall"]["total"] for s in chosen)
    return [
        f"{sum(s['recall']['count'] for s in chosen)}/{falls}",
        str(sum(s["false_alarms"]["count"] for s in chosen)),
        f"{sum(s['floor_exact']['count'] for s in chosen)}/{sum(s['floor_exact']['total'] for s in chosen)}",
        f"{sum(s['unit_exact']['count'] for s in chosen)}/{sum(s['unit_exact']['total'] for s in chosen)}",
        str(sum(s["suspected"] for s in chosen)),
    ]


def _throughput(results: Content) -> str:
    rows = [[f"{one['height_px']}", f"{one['cpu_ratio']:.2f}"] for one in results["throughput"]]
    if not rows:
        return "## Speed\n\nNot measured in this run."
    return f"## Speed\n\nCPU time of decoding alone by that of everything.\n\n{_table(('frame height', 'share'), rows)}"


def _seeds(results: Content) -> str:
    seeds: dict[str, list[int]] = {}
    for clip in results["clips"]:
        if clip["seed"] is not None:
            seeds.setdefault(clip["suite"], []).append(clip["seed"])
    told = ", ".join(f"`{name}` {min(of)} to {max(of)}" for name, of in seeds.items())
    return f"## Seeds\n\n{told or 'None are known.'}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read results and write the document to standard output; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("results", type=Path, metavar="RESULTS.json")
    parser.add_argument("--without", type=Path, nargs="*", default=[], metavar="RESULTS.json")
    asked = parser.parse_args(arguments)
    try:
        whole, *ablations = [json.loads(path.read_text(encoding="utf-8")) for path in (asked.results, *asked.without)]
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot read the results: {error}\n")
        return 1
    sys.stdout.write(make_accuracy(whole, ablations))
    return 0


if __name__ == "__main__":
    sys.exit(main())

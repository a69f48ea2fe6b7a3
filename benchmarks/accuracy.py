"""docs/accuracy.md: what was reached beside what was aimed at, from the results of runs.

`python -m benchmarks.accuracy RESULTS.json` writes Markdown to standard output; `--help` tells what can be set beside.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import (
    EMPTY_SUITES,
    FALSE_ALARMS_AN_HOUR,
    GOALS,
    INTERVAL_SHARE,
    PROBES,
    SENSITIVITY_RATIO,
    Goal,
    goal_of,
)
from benchmarks.strata import CONTRASTS, SIZES, UNKNOWN

Content = Mapping[str, Any]


def make_accuracy(results: Content, ablations: Sequence[Content] = (), beside: Content | None = None) -> str:
    """Write the document.

    Args:
        results: Parsed results.json of a run over all suites.
        ablations: Those of runs without one part each, over some of the same suites.
        beside: That of a run with peers, over some of the same suites; where there is none, `results` may have them.
    """
    beside = beside or results
    sections = [
        _head(results),
        _groups(results),
        _suites(results),
        _strata(results["strata"]),
        _interval(results["total"]),
        _quiet(results),
        _peers(beside),
    ]
    sections += [_sensitivity(beside)] if beside.get("sensitivity") else []
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


def _groups(results: Content) -> str:
    """Add up the suites of each goal: ten throws of one suite cannot tell 0.98 from 1."""
    rows = []
    for goal in GOALS:
        names = [name for name in goal.suites if name in results["suites"]]
        if names:
            rows.append([", ".join(names), *_shares(_added(results, names), goal)])
    head = ("suites", "recall", "precision", "floor", "within one", "unit")
    return (
        f"## Goals\n\nThe suites of each goal together; what falls short stands with the goal.\n\n{_table(head, rows)}"
    )


def _added(results: Content, suites: Sequence[str]) -> Content:
    """Add up the shares of some suites, without intervals, and what was told falsely or suspected."""
    chosen = [results["suites"][name] for name in suites]
    shares: dict[str, Any] = {}
    for key in (
        "recall",
        "told_recall",
        "precision",
        "floor_exact",
        "floor_within_one",
        "told_within_one",
        "unit_exact",
    ):
        count, total = (sum(one[key][part] for one in chosen) for part in ("count", "total"))
        shares[key] = {"count": count, "total": total, "value": count / total if total else None}
    false = sum(one["false_alarms"]["count"] for one in chosen)
    return {**shares, "false": false, "suspected": sum(one["suspected"] for one in chosen)}


def _suites(results: Content) -> str:
    rows = [
        _suite_row(name, summary, goal_of(name))
        for name, summary in results["suites"].items()
        if summary["falls"] > 0 and name != PROBES
    ]
    head = (
        "suite",
        "recall",
        "precision",
        "floor",
        "within one",
        "unit",
        "in 90 % interval",
        "false",
        "false an hour (95 %)",
    )
    note = (
        "A number below its goal stands with the goal behind it. With ten throws a suite one miss is 0.900: the "
        "intervals are in results.json."
    )
    return f"## Suites\n\n{_table(head, rows)}\n\n{note}"


def _suite_row(name: str, summary: Content, goal: Goal | None) -> list[str]:
    alarms = summary["false_alarms"]
    false = [str(alarms["count"]), _range(alarms)]
    return [f"`{name}`", *_shares(summary, goal), _share(summary["interval"], None), *false]


def _shares(summary: Content, goal: Goal | None) -> list[str]:
    told = goal is not None and goal.told
    recall, within = ("told_recall", "told_within_one") if told else ("recall", "floor_within_one")
    wanted = (
        (recall, goal.recall if goal else None),
        ("precision", goal.precision if goal else None),
        ("floor_exact", goal.floor_exact if goal else None),
        (within, goal.floor_within_one if goal else None),
        ("unit_exact", goal.unit_exact if goal else None),
    )
    return [_share(summary[key], least) for key, least in wanted]


def _share(rate: Content, least: float | None) -> str:
    if rate["value"] is None:
        return "-"
    text = f"{rate['value']:.3f} ({rate['count']}/{rate['total']})"
    return text if least is None or rate["value"] >= least else f"**{text} < {least}**"


def _strata(strata: Sequence[Content]) -> str:
    contrasts = [one for one in (*CONTRASTS, UNKNOWN) if any(stratum["contrast"] == one for stratum in strata)]
    rows = []
    for size in SIZES:
        chosen = [[s for s in strata if (s["size"], s["contrast"]) == (size, one)] for one in contrasts]
        rows.append([f"{size} px", *(_counts([stratum["recall"] for stratum in cell]) for cell in chosen)])
    head = ("size", *(f"contrast {one}" for one in contrasts))
    return (
        "## Recall by size and contrast\n\nOver all suites; contrast is the median difference to the wall in grey "
        f"levels. By suite too in results.json.\n\n{_table(head, rows)}"
    )


def _counts(rates: Sequence[Content]) -> str:
    count, total = sum(rate["count"] for rate in rates), sum(rate["total"] for rate in rates)
    return f"{count / total:.3f} ({count}/{total})" if total else "-"


def _sensitivity(results: Content) -> str:
    ours, peers = results["sensitivity"], results["peers"]
    rows = [["droptrace", *_half(ours)]]
    rows += [[name, *_half(peer["sensitivity"])] for name, peer in peers.items() if peer["sensitivity"]]
    rows.append([f"ideal, over {ours['ideal_frames']} frames", "", f"{ours['ideal_snr_50']:.2f}", ""])
    ratio = ours["ratio_to_best_peer"]
    told = "No peer finds half." if ratio is None else f"Ratio to the best peer: {ratio:.2f}."
    return (
        "## How faint it may be\n\n"
        f"Suite `{PROBES}`: one throw a clip before an even wall. Signal to noise of one frame is that of a filter\n"
        "matched to the object, measured in the decoded pictures; ideal is who is told the path and integrates along "
        f"it.\n{told} The goal is {SENSITIVITY_RATIO} at most.\n\n"
        + _table(("", "found", "half is found at", "95 % interval"), rows)
    )


def _half(one: Content) -> list[str]:
    found = f"{one['found']}/{len(one['trials'])}"
    if one["snr_50"] is None:
        return [found, "all" if one["found"] else "never", ""]
    return [found, f"{one['snr_50']:.2f}", f"{one['low']:.2f} to {one['high']:.2f}"]


def _interval(total: Content) -> str:
    low, high = INTERVAL_SHARE
    rows = [_claim_row(one) for one in total["reliability"] if one["count"]]
    return (
        "## Probabilities\n\n"
        f"True floor inside the 90 % interval: {_share(total['interval'], None)}; the goal is {low} to {high}. "
        "An interval of whole floors\nholds more than it promises where the fit is much better than a floor.\n\n"
        + _table(("claimed", "origins", "mean claim", "share right", "95 % interval"), rows)
    )


def _claim_row(one: Content) -> list[str]:
    shares = [f"{one['mean_probability']:.3f}", f"{one['share_right']:.3f}"]
    interval = f"{one['share_low']:.3f} to {one['share_high']:.3f}"
    return [f"{one['low']:.1f} to {one['high']:.1f}", str(one["count"]), *shares, interval]


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
    names = ", ".join(f"`{name}`" for name in results["suites"])
    return f"## Peers\n\nOver {names}, in one run.\n\n{_table(_CONTENDER_HEAD, rows)}\n\n{recipes}"


_CONTENDER_HEAD = ("", "clips", "recall", "precision", "floor", "within one", "false", "false an hour")


def _contender(name: str, total: Content) -> list[str]:
    keys = ("recall", "precision", "floor_exact", "floor_within_one")
    alarms = total["false_alarms"]
    frequency = "-" if alarms["value"] is None else f"{alarms['value']:.1f}"
    shares = [_share(total[key], None) for key in keys]
    return [name, str(total["clips"]), *shares, str(alarms["count"]), frequency]


def _ablation(results: Content, ablations: Sequence[Content]) -> str:
    suites = sorted(set.intersection(*(set(one["suites"]) for one in (results, *ablations))))
    whole = _added(results, suites)
    rows = [["all parts", *_ablation_cells(whole, whole)]]
    rows += [[_label(one, results), *_ablation_cells(_added(one, suites), whole)] for one in ablations]
    names = ", ".join(f"`{name}`" for name in suites)
    head = ("", *(title for title, _ in _COMPARED), "false", "suspected")
    note = "In brackets the difference to all parts, in percentage points."
    return f"## What each part is worth\n\nOver {names}. {note}\n\n{_table(head, rows)}"


_COMPARED = (
    ("recall", "recall"),
    ("precision", "precision"),
    ("right floor", "floor_exact"),
    ("right unit", "unit_exact"),
)


def _label(ablation: Content, whole: Content) -> str:
    state, _, switched_off = ablation["run"]["program_version"].partition(" ")
    # Two commits differ in more than the part.
    other = "" if state == whole["run"]["program_version"] else f" (version {state})"
    return f"{switched_off or 'all parts, again'}{other}"


def _ablation_cells(sums: Content, whole: Content) -> list[str]:
    cells = []
    for _, key in _COMPARED:
        share, of_whole = sums[key], whole[key]
        text = f"{share['count']}/{share['total']}"
        if sums is not whole and share["total"] and of_whole["total"]:
            text += f" ({100 * (share['value'] - of_whole['value']):+.1f})"
        cells.append(text)
    return [*cells, str(sums["false"]), str(sums["suspected"])]


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
    parser.add_argument(
        "--peers", type=Path, metavar="RESULTS.json", help="of a run with peers, where another has them"
    )
    asked = parser.parse_args(arguments)
    try:
        whole, *ablations = map(_read, (asked.results, *asked.without))
        beside = _read(asked.peers) if asked.peers else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot read the results: {error}\n")
        return 1
    sys.stdout.write(make_accuracy(whole, ablations, beside))
    return 0


def _read(path: Path) -> Content:
    content: Content = json.loads(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    sys.exit(main())

"""How fast everybody was: as a table, and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.clip_speed import ClipSpeed, Spread, Watch
from benchmarks.run_facts import RunFacts
from benchmarks.table import aligned

DECODING, DROPTRACE = "decoding", "droptrace"
"""The contenders that the others stand beside."""
_WATCHES: Mapping[Watch, str] = {"cpu_s": "CPU", "wall_s": "wall"}
_HEAD = ("", "time", "ms a frame", "decoding / it", "it / droptrace")


@dataclass(frozen=True, slots=True)
class SpeedResults:
    """A run.

    Attributes:
        facts: Where, when and of what program.
        core: The one that all was run on.
        rounds: How often each contender was to run on each clip.
        recipes: By contender, what it does, in the order of the table.
        missing: By name, why somebody else was not run at all.
        clips: What was measured.
    """

    facts: RunFacts
    core: int
    rounds: int
    recipes: Mapping[str, str]
    missing: Mapping[str, str]
    clips: Sequence[ClipSpeed]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing failed; who is missing does not count."""
        return not any(clip.failures for clip in self.clips)


def make_speed_table(results: SpeedResults) -> str:
    """Write a block for each clip, then what each contender does."""
    lines: list[str] = []
    for clip in results.clips:
        rounds = len(clip.costs.get(DECODING, ()))
        lines += [_title(clip, f"median of {rounds} round{'s' * (rounds != 1)} (least to most)"), ""]
        lines += ["  " + line for line in aligned([_HEAD, *_rows(results, clip)])]
        lines += [f"  FAILED {name}: {failure}" for name, failure in clip.failures.items()]
        lines.append("")
    lines += [f"{name}: {text}" for name, text in {**results.recipes, **results.missing}.items()]
    return "\n".join(lines) + "\n"


def speed_as_json(results: SpeedResults) -> dict[str, Any]:
    """Give everything as plain data: costs of each round in seconds, and what was made of them."""
    return {
        "form": 1,
        **asdict(results.facts),
        "core": results.core,
        "rounds": results.rounds,
        "recipes": dict(results.recipes),
        "missing": dict(results.missing),
        "clips": [_clip_as_json(results, clip) for clip in results.clips],
    }


def _title(clip: ClipSpeed, counted: str) -> str:
    rate = f"{clip.fps:.4g} frames a second, {clip.bitrate_bps / 1e6:.2f} Mbit/s"
    site = "" if clip.site else ", no site file"
    return f"{clip.clip.name}: {clip.width_px} x {clip.height_px}, {rate}, {clip.frames} frames{site}; {counted}"


def _rows(results: SpeedResults, clip: ClipSpeed) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in results.recipes:
        for watch, title in _WATCHES.items():
            cells = (
                clip.ms_a_frame(name, watch),
                clip.ratio(DECODING, name, watch) if name != DECODING else None,
                clip.ratio(name, DROPTRACE, watch) if name not in (DECODING, DROPTRACE) else None,
            )
            rows.append((name if watch == "cpu_s" else "", title, *(cell.text() if cell else "-" for cell in cells)))
    return [*rows, *((name, "", "not run", "", "") for name in results.missing)]


def _clip_as_json(results: SpeedResults, clip: ClipSpeed) -> dict[str, Any]:
    return {
        "clip": clip.clip.name,
        "has_site": clip.site is not None,
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "frames": clip.frames,
        "fps": clip.fps,
        "bitrate_bps": clip.bitrate_bps,
        "failures": clip.failures,
        "contenders": {name: _contender_as_json(clip, name) for name in results.recipes if clip.costs.get(name)},
    }


def _contender_as_json(clip: ClipSpeed, name: str) -> dict[str, Any]:
    return {
        title.lower(): {
            "s": [getattr(cost, watch) for cost in clip.costs[name]],
            "ms_a_frame": _spread_as_json(clip.ms_a_frame(name, watch)),
            "decoding_over_it": _spread_as_json(clip.ratio(DECODING, name, watch)),
            "it_over_droptrace": _spread_as_json(clip.ratio(name, DROPTRACE, watch)),
        }
        for watch, title in _WATCHES.items()
    }


def _spread_as_json(spread: Spread | None) -> dict[str, float] | None:
    return asdict(spread) if spread else None

"""What is told of a network: its model card, and its entry of the registry."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from models.assessment import LEAST_IOU, SURE, Assessment, Tally, mean_average_precision
from models.labels import Split
from models.likelihood import CONFIDENCES, Likelihood
from models.mosaic import CELLS, MOSAIC_PX
from models.motion_class import CLASSES, MotionClass

LICENCE = "AGPL-3.0-or-later"
_SIZES = ("up to 4 px", "4 to 10 px", "10 to 16 px", "above 16 px")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a network without measuring.

    Attributes:
        name: What it is called.
        scenes: Of each split, in words.
        date: When it was measured.
        credit: Whose photographs stand in the scenes, and under which licence; "" where there are none.
    """

    name: str
    scenes: str
    date: date
    credit: str = ""

    @property
    def training_data(self) -> str:
        """Say what it learnt from."""
        return f"{self.scenes}; photographs: {self.credit}" if self.credit else self.scenes


def card_text(facts: Facts, measured: Mapping[Split, Assessment], likelihood: Likelihood) -> str:
    """Write the model card: what it is for, what it learnt from, what it was measured to be worth."""
    parts = [
        f"# {facts.name}\n",
        f"Looks at crops of three frames (before, now, after as the channels) around what moves, {CELLS} of them in a "
        f"mosaic of {MOSAIC_PX} px, and tells apart {', '.join(CLASSES)}. Licence: {LICENCE}. Trained from scratch on "
        f"scenes that droptrace rendered ({facts.training_data}; none of them and no photograph is in two splits), "
        f"{facts.date}.\n",
        "It has seen no real video: what it says is weighed against how a thing moves, and is no proof by itself. "
        "Things below 2 px look alike whatever they are.\n",
    ]
    for split, assessment in measured.items():
        parts.append(
            f"## Measured on the {split} split\n\nAverage precision is at IoU {LEAST_IOU}, over all classes that "
            f"each place may be; precision and recall are of its surest one, from a confidence of {SURE} on.\n"
        )
        parts += _section("What lies in the middle of its crop, which alone is asked about", assessment.in_middle)
        sizes = [(f"falling_object, {_SIZES[size]}", tally) for size, tally in sorted(assessment.by_size.items())]
        parts += _section("All that crops show, cut off by their edges or not", assessment.by_class, sizes)
    parts.append(
        "## What a reading is worth\n\nLog-likelihood ratio of a thrown object against the rest, nats, by class and "
        f"confidence; of each reading of a track {likelihood.share} counts, and of what is taken for nothing none.\n"
    )
    edges = ("0", *map(str, CONFIDENCES), "1")
    head = ("taken for", *(f"{low} to {high}" for low, high in pairwise(edges)))
    worth = [(key, *(f"{value:+.2f}" for value in values)) for key, values in likelihood.nats.items()]
    parts.append(_table(head, worth))
    return "\n".join(parts)


def _section(
    title: str, by_class: Mapping[MotionClass, Tally], more: Sequence[tuple[str, Tally]] = ()
) -> tuple[str, str]:
    rows = [*((str(each), tally) for each, tally in by_class.items()), *more]
    table = _table(("class", "things", "AP50", "precision", "recall"), [_row(*row) for row in rows])
    return f"{title}: mean average precision {mean_average_precision(by_class):.3f}.\n", table


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    shares = (tally.average_precision, tally.precision, tally.recall)
    return name, str(tally.things), *(f"{share:.3f}" for share in shares)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def entry_text(facts: Facts, network: Path, likelihood: Likelihood) -> str:
    """Write what `models/registry.toml` is to say of the network."""
    learnt_from = f"scenes rendered by droptrace crops: {facts.training_data}"
    lines = [
        f"[{facts.name}]",
        f'file = "{network.name}"',
        f'sha256 = "{hashlib.sha256(network.read_bytes()).hexdigest()}"',
        f"input_px = {MOSAIC_PX}",
        f"classes = [{', '.join(json.dumps(each) for each in CLASSES)}]",
        f'licence = "{LICENCE}"',
        f"training_data = {json.dumps(learnt_from, ensure_ascii=False)}",
        f"date = {facts.date}",
        f'card = "{facts.name}.md"',
        "",
        f"[{facts.name}.likelihood]",
        f"share = {likelihood.share}",
        f"[{facts.name}.likelihood.nats]",
        *(f'"{key}" = [{", ".join(f"{value:.3f}" for value in values)}]' for key, values in likelihood.nats.items()),
    ]
    return "\n".join(lines) + "\n"

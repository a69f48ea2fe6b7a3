"""What is told of a network can be registered and read."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from models.assessment import Assessment, Tally
from models.card import Facts, card_text, entry_text
from models.likelihood import Likelihood
from models.motion_class import CLASSES, MotionClass
from models.registry import find, weights_path

FACTS = Facts("droptrace-motion", "300 train, 30 val, 30 test", date(2026, 11, 28))
LIKELIHOOD = Likelihood({name: (-1.0, -0.5, 0.25, 2.0) for name in map(str, CLASSES)}, share=0.2)


def test_entry_registers_the_weights_that_it_was_made_of(tmp_path: Path) -> None:
    weights = tmp_path / "best.onnx"
    weights.write_bytes(b"weights")
    registry = tmp_path / "registry.toml"
    registry.write_text(entry_text(FACTS, weights, LIKELIHOOD), encoding="utf-8")
    entry = find("droptrace-motion", registry)
    assert weights_path(entry, tmp_path) == weights
    assert entry.likelihood == LIKELIHOOD
    assert (entry.date, entry.card) == (FACTS.date, "droptrace-motion.md")
    assert "300 train" in entry.training_data


def test_whose_photographs_it_learnt_from_is_named(tmp_path: Path) -> None:
    weights = tmp_path / "best.onnx"
    weights.write_bytes(b"weights")
    facts = replace(FACTS, credit='"Façades" by A. N. Other, CC BY 4.0')
    registry = tmp_path / "registry.toml"
    registry.write_text(entry_text(facts, weights, LIKELIHOOD), encoding="utf-8")
    assert facts.credit in find("droptrace-motion", registry).training_data
    assert facts.credit in card_text(facts, {"val": Assessment()}, LIKELIHOOD)


def test_card_tells_precision_and_recall_by_class_and_size() -> None:
    assessment = Assessment()
    assessment.by_class[MotionClass.BIRD] = Tally([0.9, 0.8], [True, False], [True, False], things=4)
    assessment.in_middle[MotionClass.BIRD] = Tally([0.9], [True], [True], things=2)
    assessment.by_size[2] = Tally([0.9], [True], [True], things=1)
    text = card_text(FACTS, {"val": assessment, "test": Assessment()}, LIKELIHOOD)
    assert "| bird | 4 | 0.250 | 0.500 | 0.250 |" in text
    assert "| bird | 2 | 0.500 | 1.000 | 0.500 |" in text
    assert "asked about: mean average precision 0.500." in text
    assert "edges or not: mean average precision 0.250." in text
    assert "| falling_object, 10 to 16 px | 1 | 1.000 | 1.000 | 1.000 |" in text
    assert "| bird | -1.00 | -0.50 | +0.25 | +2.00 |" in text
    assert text.count("## Measured on the") == 2
    assert "no proof by itself" in text

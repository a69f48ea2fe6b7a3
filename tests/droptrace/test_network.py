"""A real network in the real pipeline, and what happens where there is none."""

import hashlib
from pathlib import Path

import pytest

from droptrace.network import NETWORK, make_labeller
from droptrace.pipeline import Pipeline
from floors.projection import make_facade
from floors.site import load_site
from models.motion_class import CLASSES
from tests.droptrace.program import DEMO, DEMO_SITE
from tests.models.networks import build
from tracking.fall import Fall
from vision.clock import SystemClock
from vision.opening import open_source


def registered(folder: Path, *, nats: float) -> Path:
    """Register a network that takes what is bright for something, each of whose readings counts so much."""
    weights = build(folder / "bright.onnx")
    names = ", ".join(f'"{name}"' for name in CLASSES)
    ratios = "\n".join(f'"{name}" = [{nats}, {nats}, {nats}, {nats}]' for name in CLASSES)
    path = folder / "registry.toml"
    path.write_text(
        f'[{NETWORK}]\nfile = "bright.onnx"\nsha256 = "{hashlib.sha256(weights.read_bytes()).hexdigest()}"\n'
        f'input_px = 384\nclasses = [{names}]\nlicence = "AGPL-3.0-or-later"\ntraining_data = "none"\n'
        f"date = 2026-11-02\n[{NETWORK}.likelihood]\nshare = 1.0\n[{NETWORK}.likelihood.nats]\n{ratios}\n",
        encoding="utf-8",
    )
    return path


def falls(registry: Path) -> list[Fall]:
    source = open_source(DEMO, clock=SystemClock())
    site = load_site(DEMO_SITE)
    labeller = make_labeller(is_live=False, registry=registry, weights=registry.parent)
    assert labeller is not None
    pipeline = Pipeline(source.info, site, make_facade(site), labeller=labeller)
    found = [fall for frame in source.frames() for fall in pipeline.step(frame)]
    found += pipeline.finish()
    source.close()
    return [fall for fall in found if fall.verdict != "rejected"]


def test_throw_that_looks_like_one_stays_confirmed_and_says_so(tmp_path: Path) -> None:
    (fall,) = falls(registered(tmp_path, nats=3.0))
    assert fall.verdict == "confirmed"
    assert fall.reasons[-1].startswith("passed: looks like")
    assert fall.reasons[-1].endswith("pictures, which changes the odds by +6.0 nats")


def test_throw_that_looks_like_something_else_goes_to_a_person(tmp_path: Path) -> None:
    (fall,) = falls(registered(tmp_path, nats=-3.0))
    assert fall.verdict == "suspected"
    assert fall.reasons[-1].startswith("failed: looks like")


def test_other_weights_are_refused_and_motion_decides_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = registered(tmp_path, nats=1.0)
    (tmp_path / "bright.onnx").write_bytes(b"something else")
    assert make_labeller(is_live=True, registry=registry, weights=tmp_path) is None
    told = capsys.readouterr().out
    assert "motion alone decides" in told
    assert "it was changed or is damaged" in told


def test_without_a_network_motion_decides_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = tmp_path / "registry.toml"
    registry.write_text("# none yet\n", encoding="utf-8")
    assert make_labeller(is_live=True, registry=registry) is None
    assert "no network is registered, motion alone decides" in capsys.readouterr().out

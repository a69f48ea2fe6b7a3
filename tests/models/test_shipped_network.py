"""The network that comes with droptrace: it is the one that is registered, and knows a falling dot."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from droptrace.network import NETWORK
from models.crop import CROP_PX
from models.motion_class import MotionClass
from models.onnx import OnnxDetector
from models.reading import Reading, read
from models.registry import WEIGHTS, load_registry, weights_path

MOST_BYTES = 6_000_000
_FINER = 8


@pytest.fixture(scope="module")
def detector() -> OnnxDetector:
    return OnnxDetector(weights_path(load_registry()[NETWORK]))


def dot(step_px: float, seed: int) -> NDArray[np.uint8]:
    """Draw a bright dot of 4 px that goes down by so much a frame, on a wall with noise of three levels."""
    pixels = np.random.default_rng(seed).normal(150, 3, (CROP_PX, CROP_PX, 3))
    for index in range(3):
        fine = np.zeros((CROP_PX * _FINER, CROP_PX * _FINER), np.uint8)
        down_px = CROP_PX / 2 + (index - 1) * step_px
        cv2.circle(fine, (CROP_PX // 2 * _FINER, round(down_px * _FINER)), 2 * _FINER, 255, -1)
        cover = cv2.resize(fine, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA).astype(np.float64) / 255
        pixels[..., index] += (230 - pixels[..., index]) * cover
    return np.asarray(np.clip(pixels, 0, 255), np.uint8)


def of_falling(readings: list[Reading]) -> int:
    return sum(reading.label is MotionClass.FALLING_OBJECT for reading in readings)


def test_weights_are_small_and_have_a_card() -> None:
    entry = load_registry()[NETWORK]
    path = weights_path(entry)
    assert path.stat().st_size <= MOST_BYTES
    assert entry.card is not None
    card = (Path(WEIGHTS) / entry.card).read_text(encoding="utf-8")
    assert f"| falling_object | {entry.likelihood.nats['falling_object'][0]:+.2f} |" in card
    # Their licence asks for it.
    assert "a-hwang, CC BY 4.0" in card
    assert "a-hwang, CC BY 4.0" in entry.training_data


def test_dot_that_falls_is_told_from_one_that_sinks(detector: OnnxDetector) -> None:
    assert of_falling(read(detector, [dot(4.0, seed) for seed in range(8)])) >= 7
    assert of_falling(read(detector, [dot(1.0, seed) for seed in range(8)])) <= 3


def test_what_it_reads_of_a_fall_speaks_for_it_and_of_a_leaf_against(detector: OnnxDetector) -> None:
    likelihood = load_registry()[NETWORK].likelihood
    assert likelihood.of(read(detector, [dot(4.0, seed) for seed in range(8)])) > 3.0
    assert likelihood.of(read(detector, [dot(1.0, seed) for seed in range(8)])) < 0.0

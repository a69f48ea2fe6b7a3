"""Weights as training leaves them, without training: they know nothing, but are sure of some of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.decoding import to_input
from models.mosaic import MOSAIC_PX
from models.motion_class import CLASSES
from models.ultralytics import import_ultralytics
from tests.source_tree import ROOT

ARCHITECTURE = ROOT / "models" / "droptrace-motion.yaml"


def noise(count: int) -> NDArray[np.uint8]:
    """Make mosaics of noise, in which such weights find something."""
    return np.random.default_rng(8).integers(0, 256, (count, MOSAIC_PX, MOSAIC_PX, 3), np.uint8)


def save_weights(path: Path, names: Sequence[str] = CLASSES) -> Path:
    """Write a .pt file of the project's own architecture."""
    yolo = import_ultralytics().YOLO
    import torch

    torch.manual_seed(7)
    network = yolo(str(ARCHITECTURE), task="detect")
    network.model.names = dict(enumerate(map(str, names)))
    for branch in network.model.model[-1].cv3:
        torch.nn.init.normal_(branch[-1].weight, std=0.3)
        torch.nn.init.constant_(branch[-1].bias, -8.0)
    for layer in network.model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            # The mean over what it has seen; otherwise what is seen in one pass would hardly count.
            layer.momentum = None
    network.model.train()
    with torch.no_grad():
        network.model(torch.from_numpy(to_input(noise(1)[0])))
    network.model.eval()
    network.save(str(path))
    return path

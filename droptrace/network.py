"""The network that comes with droptrace, where it can be run."""

from functools import partial
from pathlib import Path

import structlog

from droptrace.labeller import Labeller
from models.errors import ModelError
from models.onnx import OnnxDetector
from models.registry import REGISTRY, WEIGHTS, load_registry, weights_path

NETWORK = "droptrace-motion"


def make_labeller(*, is_live: bool, registry: Path = REGISTRY, weights: Path = WEIGHTS) -> Labeller | None:
    """Make what asks the network; None, and a word about it, where there is none: then motion alone decides.

    Args:
        is_live: Whether frames come by themselves.
        registry: Tells which network it is, and what its readings are worth.
        weights: Folder of its weights.
    """
    log = structlog.get_logger("network")
    try:
        entry = load_registry(registry).get(NETWORK)
        if entry is None:
            log.info("network_absent", reason="no network is registered, motion alone decides")
            return None
        path = weights_path(entry, weights)
    except ModelError as error:
        log.warning("network_unusable", reason=f"{error}; motion alone decides")
        return None
    log.info("network_used", network=NETWORK)
    return Labeller(partial(OnnxDetector, path), entry.likelihood, is_live=is_live)

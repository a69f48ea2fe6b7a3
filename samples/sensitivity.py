"""A suite that asks how faint an object may be: one throw a clip, before an even wall, below the noise and above."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from samples.spec import SceneSpec
from samples.suite import Suite, on_towers

_STEPS = 18
_FAINTEST, _STRONGEST = 1.6, 50.0
_SIZES: tuple[tuple[tuple[str, ...], tuple[float, float]], ...] = (
    (("can", "cup"), (1.8, 3.5)),
    (("ball", "shoe", "flowerpot"), (3.2, 7.0)),
)
# Grain of four to five grey levels: contrast far below the noise is still several of the levels it is drawn in.
_NOISY = SceneSpec("", 0, size_px=(1280, 720), duration_s=6.0, is_night=True, is_blank=True, bitrate_bps=8_000_000)


def sensitivity_suite() -> Suite:
    """Order two clips for each of eighteen contrasts: one of a small object and one of a larger."""
    conditions = []
    for contrast in np.geomspace(_FAINTEST, _STRONGEST, _STEPS).tolist():
        for kinds, size_px_range in _SIZES:
            wanted = (0.999 * contrast, contrast)
            conditions.append(replace(_NOISY, kinds=kinds, size_px_range=size_px_range, contrast_range=wanted))
    scenes = on_towers("sensitivity", 3300, conditions)
    once = tuple(replace(scene, throw_floors=scene.throw_floors[:1]) for scene in scenes)
    return Suite("sensitivity", "One throw before an even, noisy wall, from far below the noise to far above", once)

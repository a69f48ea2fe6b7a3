from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samples.clip import write_clip
from samples.noise import NIGHT_SENSOR
from samples.scene import Scene
from samples.sensitivity import sensitivity_suite
from samples.signal import frame_snr
from samples.spec import SceneSpec


def blank(spec: SceneSpec, contrast: float) -> Scene:
    asked = replace(spec, is_night=True, is_blank=True, kinds=("ball",), bitrate_bps=60_000_000)
    return Scene.build(replace(asked, contrast_range=(0.999 * contrast, contrast)))


def test_wall_of_a_blank_scene_is_one_grey(spec: SceneSpec) -> None:
    assert len(np.unique(blank(spec, 20.0).backdrop.luma)) == 1


def test_signal_to_noise_is_that_of_contrast_area_and_grain(spec: SceneSpec, tmp_path: Path) -> None:
    scene = blank(spec, 20.0)
    write_clip(scene, tmp_path / "a.mp4")
    snr = frame_snr(scene, scene.throws[0], tmp_path / "a.mp4")
    size_px = float(np.median(scene.path(scene.throws[0])[:, 3]))
    sigma = float(NIGHT_SENSOR.sigma_levels(scene.backdrop.luma[:1, :1].astype(np.float32))[0, 0])
    # Grain that is blurred over neighbours weighs more against a blurred dot than white noise would.
    assert 0.35 * 20.0 * size_px / sigma < snr < 1.0 * 20.0 * size_px / sigma


def test_what_is_five_times_as_faint_has_a_fifth_of_the_signal(spec: SceneSpec, tmp_path: Path) -> None:
    measured = []
    for contrast in (25.0, 5.0):
        scene = blank(spec, contrast)
        write_clip(scene, tmp_path / f"{contrast}.mp4")
        measured.append(frame_snr(scene, scene.throws[0], tmp_path / f"{contrast}.mp4"))
    assert measured[1] == pytest.approx(measured[0] / 5, rel=0.35)


def test_suite_runs_from_far_below_the_noise_to_far_above_with_one_throw_a_clip() -> None:
    scenes = sensitivity_suite().scenes
    contrasts = [scene.contrast_range[1] for scene in scenes]
    assert len(scenes) == 36
    assert (min(contrasts), max(contrasts)) == pytest.approx((1.6, 50.0))
    assert all(len(scene.throw_floors) == 1 and scene.is_blank for scene in scenes)

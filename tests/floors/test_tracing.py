import json
from pathlib import Path

import numpy as np
import pytest

from floors.projection import Facade, make_facade
from floors.site import load_site, parse_site
from floors.tracing import trace_origin
from tests.floors.scenes import Throw, lines_text, look, random_throw, seen, site_text

CLIPS = Path(__file__).parents[2].parent / "shared" / "clips"
CAMERA = look((5.0, 1.6, 20.0), (12.0, 24.0, 0.0))
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the recorded clips are not beside the checkout")


def facade_of(text: str) -> Facade:
    facade = make_facade(parse_site(text, "x"))
    assert facade is not None
    return facade


def test_throw_before_facade_points_is_traced_to_floor_and_unit() -> None:
    times, pixels = seen(CAMERA, Throw(43.4))
    traced = trace_origin(facade_of(site_text(CAMERA, (0.0, 9.0, 24.0, 42.0))), times, pixels, np.full(len(times), 6.0))
    assert traced is not None
    assert traced.origin is not None
    assert traced.method == "space"
    assert (traced.origin.floor, traced.origin.unit) == (15, "04")
    assert traced.height_m == pytest.approx(43.4, abs=0.5)
    assert traced.gravity_ratio == pytest.approx(1.0, abs=0.1)
    assert traced.terminal_velocity_m_s == pytest.approx(25.0, rel=0.2)
    assert traced.travel_floors is not None
    assert traced.travel_floors > 9
    assert traced.straight_residual_rms_px > 10 * traced.residual_rms_px
    assert traced.impact is not None
    assert 15 < traced.impact.speed_m_s < 25


@pytest.mark.parametrize(("hidden_s", "exact"), [(0.0, 0.85), (0.6, 0.85), (1.6, 0.75)])
def test_floors_of_random_throws_are_right_and_intervals_honest(hidden_s: float, exact: float) -> None:
    rng = np.random.default_rng(21)
    right: list[bool] = []
    near: list[bool] = []
    held: list[bool] = []
    while len(right) < 40:
        floor = int(rng.integers(7, 30))
        height_m = 3.0 * (floor - 1) + float(rng.uniform(0.9, 1.9))
        where = (float(rng.uniform(0, 25)), 1.6, float(rng.uniform(15, 40)))
        camera = look(where, (12.0, 0.6 * height_m, 0.0), float(rng.uniform(900, 1500)))
        times, pixels = seen(camera, random_throw(rng, height_m), hidden_s)
        if len(times) < 12:
            continue
        corners = (0.0, 0.3 * height_m, 24.0, 1.1 * height_m)
        facade = facade_of(site_text(camera, corners, rng.normal(0, 0.5, (4, 2))))
        noisy = pixels + rng.normal(0, 1.0, pixels.shape)
        traced = trace_origin(facade, times, noisy, np.full(len(times), 6.0))
        assert traced is not None
        assert traced.origin is not None
        right.append(traced.origin.floor == floor)
        near.append(abs(traced.origin.floor - floor) <= 1)
        held.append(traced.origin.floor_low <= floor <= traced.origin.floor_high)
    assert np.mean(right) >= exact
    assert np.mean(near) >= 0.975
    assert np.mean(held) >= 0.9


def test_throw_before_drawn_lines_calibrates_the_camera_itself() -> None:
    camera = look((5.0, 1.6, 25.0), (12.0, 26.0, 0.0), 1100.0)
    times, pixels = seen(camera, Throw(43.4))
    noisy = pixels + np.random.default_rng(1).normal(0, 0.7, pixels.shape)
    sizes = 200 / np.linalg.norm(np.stack((pixels[:, 1] - 2000, np.full(len(pixels), 500.0))), axis=0) * 5 + 4
    traced = trace_origin(facade_of(lines_text(camera, range(3, 15))), times, noisy, sizes)
    assert traced is not None
    assert traced.origin is not None
    assert traced.method == "space"
    assert traced.fit is not None
    assert traced.fit.camera.focal_px == pytest.approx(1100.0, rel=0.1)
    assert abs(traced.origin.floor - 15) <= 1
    assert traced.origin.floor_low <= 15 <= traced.origin.floor_high


def test_recording_that_runs_fast_falls_back_to_the_profile_of_floors() -> None:
    camera = look((5.0, 1.6, 25.0), (12.0, 26.0, 0.0), 1100.0)
    times, pixels = seen(camera, Throw(43.4, velocity_m_s=(0.0, 0.0, 0.0), distance_m=0.0))
    traced = trace_origin(facade_of(lines_text(camera, range(3, 15))), times / 2.2, pixels, np.full(len(times), 5.0))
    assert traced is not None
    assert traced.origin is not None
    assert traced.method == "profile"
    assert traced.origin.floor_low <= 15 <= traced.origin.floor_high
    assert traced.gravity_ratio is not None
    assert traced.gravity_ratio > 2


def test_path_without_geometry_has_no_origin_but_a_release() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    traced = trace_origin(None, times, pixels, np.full(len(times), 5.0))
    assert traced is not None
    assert traced.origin is None
    assert traced.method == "image"
    assert traced.release_px == pytest.approx(pixels[0], abs=8.0)


def test_short_path_tells_nothing() -> None:
    times, pixels = seen(CAMERA, Throw(45.0))
    assert trace_origin(None, times[:4], pixels[:4], np.full(4, 5.0)) is None


def test_thing_that_stays_on_its_floor_gets_no_origin() -> None:
    times = np.arange(0.0, 2.0, 0.04)
    laundry = np.column_stack((800 + 20 * np.sin(5 * times), 400 + 3 * np.cos(4 * times)))
    facade = facade_of(site_text(CAMERA, (0.0, 9.0, 24.0, 42.0)))
    traced = trace_origin(facade, times, laundry, np.full(50, 8.0))
    assert traced is not None
    assert traced.origin is None
    assert traced.travel_floors is not None
    assert traced.travel_floors < 1


@pytest.mark.real
@needs_clips
@pytest.mark.parametrize("noise_px", [0.0, 1.5])
def test_real_throw_from_the_tower_comes_from_floor_16(noise_px: float) -> None:
    facade = make_facade(load_site(CLIPS / "tower.site.toml"))
    fall = json.loads((CLIPS / "tower.truth.json").read_text())["falls"][0]
    path = np.array(fall["path"])
    best = []
    for seed in range(8):
        noise = np.random.default_rng(seed).normal(0, 1, (len(path), 2)) * noise_px
        traced = trace_origin(facade, path[:, 0], path[:, 1:3] + noise, path[:, 3])
        assert traced is not None
        assert traced.origin is not None
        assert traced.origin.floor_low <= 16 <= traced.origin.floor_high
        assert 15 <= traced.origin.floor <= 17
        best.append(traced.origin.floor)
    assert np.median(best) == 16


@pytest.mark.real
@needs_clips
@pytest.mark.parametrize(("name", "residual_px"), [("tower", 6.0), ("roof_box", 3.0)])
def test_real_falls_fit_the_picture_model(name: str, residual_px: float) -> None:
    fall = json.loads((CLIPS / f"{name}.truth.json").read_text())["falls"][0]
    path = np.array(fall["path"])
    traced = trace_origin(None, path[:, 0], path[:, 1:3], path[:, 3])
    assert traced is not None
    assert traced.residual_rms_px < residual_px
    assert traced.straight_residual_rms_px > 8 * traced.residual_rms_px

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from samples.errors import SceneError
from samples.scene import Scene
from samples.spec import SceneSpec


def picture_digest(scene: Scene, index: int) -> str:
    canvas = scene.draw(index)
    scene.make_noise().add(canvas, index)
    return hashlib.sha256(canvas.planes.tobytes()).hexdigest()


def test_same_seed_gives_the_same_pictures_and_truth(spec: SceneSpec, scene: Scene) -> None:
    again = Scene.build(spec)
    assert picture_digest(again, 40) == picture_digest(scene, 40)
    assert np.array_equal(again.path(again.throws[0]), scene.path(scene.throws[0]))


def test_other_seed_gives_another_scene(spec: SceneSpec, scene: Scene) -> None:
    other = Scene.build(replace(spec, seed=4))
    assert picture_digest(other, 40) != picture_digest(scene, 40)
    assert other.throws[0].release_s != scene.throws[0].release_s


def test_order_of_drawing_does_not_matter(busy_scene: Scene) -> None:
    first = picture_digest(busy_scene, 30)
    busy_scene.draw(10)
    assert picture_digest(busy_scene, 30) == first


def test_truth_is_an_independent_integration_seen_through_the_homography(scene: Scene) -> None:
    throw = scene.throws[0]
    path = scene.path(throw)
    table = throw.flight.position_m
    velocity = (-3.0 * table[0] + 4.0 * table[1] - table[2]) / (2.0 * throw.flight.step_s)
    drag = _drag_per_m(throw.flight.position_m, throw.flight.step_s)

    def slope(_: float, state: np.ndarray) -> np.ndarray:
        return np.concatenate([state[3:], [0.0, -9.81, 0.0] - drag * np.linalg.norm(state[3:]) * state[3:]])

    elapsed_s = path[:, 0] - throw.release_s
    start = np.concatenate([table[0], velocity])
    solved = solve_ivp(slope, (0.0, float(elapsed_s[-1])), start, rtol=1e-9, atol=1e-9, t_eval=elapsed_s)
    homography = scene.camera.facade_homography()
    # A point in front of the wall is seen where the line from the camera through it meets the wall.
    camera_m = np.asarray(scene.camera.position_m)
    share = camera_m[2] / (camera_m[2] - solved.y[2])
    on_wall = camera_m[:2] + (solved.y[:2].T - camera_m[:2]) * share[:, None]
    mapped = np.column_stack([on_wall, np.ones(len(on_wall))]) @ homography.T
    assert path[:, 1:3] == pytest.approx(mapped[:, :2] / mapped[:, 2:], abs=0.05)


def _drag_per_m(position_m: np.ndarray, step_s: float) -> float:
    """Read the drag from the tabulated flight, a second after its release."""
    at = round(1.0 / step_s)
    velocity = (position_m[at + 10] - position_m[at - 10]) / (20 * step_s)
    acceleration = (position_m[at + 10] - 2 * position_m[at] + position_m[at - 10]) / (10 * step_s) ** 2
    return float(-(acceleration[1] + 9.81) / (np.linalg.norm(velocity) * velocity[1]))


def test_throw_starts_at_a_window_of_its_floor_and_unit(scene: Scene) -> None:
    throw = scene.throws[0]
    unit = next(unit for unit in scene.building.units if unit.name == throw.unit)
    x_m, y_m, z_m = throw.flight.position_m[0]
    assert unit.left_m < x_m < unit.right_m
    assert 0.9 <= y_m - scene.building.slab_m(throw.floor) <= 1.9
    assert 0.0 < z_m <= 0.3


def test_object_is_drawn_where_the_truth_says(scene: Scene) -> None:
    for time_s, x_px, y_px, size_px in scene.path(scene.throws[0])[2:30:5]:
        index = int(np.argmin(np.abs(scene.frame_times_s - time_s)))
        change = np.abs(scene.draw(index).luma.astype(float) - scene.backdrop.luma)
        rows, columns = np.nonzero(change > 2.0)
        assert abs(columns.mean() - x_px) < 0.5 + 0.1 * size_px
        assert abs(rows.mean() - y_px) < 0.5 + 0.1 * size_px


def test_nothing_is_drawn_before_the_release(scene: Scene) -> None:
    before = int(scene.throws[0].release_s * scene.spec.fps) - 1
    assert np.array_equal(scene.draw(before).planes, scene.backdrop.planes)


def test_path_stays_inside_the_frame_at_frame_times(busy_scene: Scene) -> None:
    path = busy_scene.path(busy_scene.throws[0])
    width_px, height_px = busy_scene.spec.size_px
    assert np.all(np.isin(path[:, 0], busy_scene.frame_times_s))
    assert np.all((path[:, 1] >= 0) & (path[:, 1] < width_px) & (path[:, 2] >= 0) & (path[:, 2] < height_px))


def test_shake_moves_the_truth_with_the_picture(spec: SceneSpec, scene: Scene) -> None:
    shaken = Scene.build(replace(spec, shake_px=2.0))
    moved = shaken.path(shaken.throws[0])[:20, 1:3] - scene.path(scene.throws[0])[:20, 1:3]
    offsets = [shaken.shake.offset_px(float(time_s)) for time_s in scene.path(scene.throws[0])[:20, 0]]
    assert moved == pytest.approx(np.array(offsets))
    assert np.abs(moved).max() > 0.5


def test_variable_rate_skips_frames(spec: SceneSpec) -> None:
    steps_s = np.diff(Scene.build(replace(spec, variable_rate=True)).frame_times_s)
    assert steps_s.min() == pytest.approx(1.0 / spec.fps)
    assert steps_s.max() > 1.5 / spec.fps


def test_night_is_dark_with_lit_windows(spec: SceneSpec, scene: Scene) -> None:
    night = Scene.build(replace(spec, is_night=True, contrast_range=(30.0, 120.0)))
    assert np.median(night.backdrop.luma) < 60 < np.median(scene.backdrop.luma)
    assert np.percentile(night.backdrop.luma, 99.5) > 110


def test_grain_is_stronger_at_night_and_has_the_stated_size(spec: SceneSpec) -> None:
    deviations = []
    for is_night in (False, True):
        scene = Scene.build(replace(spec, is_night=is_night, throw_floors=()))
        flat = scene.backdrop.copy()
        flat.luma[:] = 90
        noise = scene.make_noise()
        noise.add(flat, 0)
        deviations.append(float(flat.luma.std()))
    assert deviations[0] == pytest.approx(1.5, abs=0.5)
    assert deviations[1] > 2.0 * deviations[0]


def test_throw_that_nobody_can_see_is_refused(spec: SceneSpec) -> None:
    with pytest.raises(SceneError, match="from floor 8"):
        Scene.build(replace(spec, size_px_range=(200.0, 300.0)))

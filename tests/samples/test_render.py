import json
import tomllib
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from samples.errors import BackgroundError, RenderError
from samples.photographs import list_photographs
from samples.render import render_scene, render_suite
from samples.scene import Scene
from samples.spec import SceneSpec
from samples.suites import find_suite
from samples.truth import truth_text

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def rendered(spec: SceneSpec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render_scene(spec, tmp_path_factory.mktemp("rendered"))


def decode_luma(path: Path) -> tuple[list[float], np.ndarray]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    times_s = [0.0 if frame.time is None else frame.time for frame in frames]
    return times_s, np.stack([frame.to_ndarray(format="gray") for frame in frames])


def assert_blob_at_truth(clip: Path) -> None:
    times_s, pictures = decode_luma(clip)
    still = np.median(pictures[: int(len(pictures) * 0.25)], axis=0)
    truth = json.loads(clip.with_suffix("").with_suffix(".truth.json").read_text())
    rows = truth["falls"][0]["path"][4:30:4]
    errors_px = []
    for time_s, x_px, y_px, size_px in rows:
        index = int(np.argmin(np.abs(np.array(times_s) - time_s)))
        assert times_s[index] == pytest.approx(time_s, abs=1e-3)
        reach = int(size_px) + 6
        left, top = round(x_px) - reach, round(y_px) - reach
        window = np.s_[top : top + 2 * reach + 1, left : left + 2 * reach + 1]
        change = np.abs(pictures[index][window].astype(float) - still[window])
        change[change < 0.25 * change.max()] = 0.0
        down, right = np.mgrid[0 : change.shape[0], 0 : change.shape[1]]
        found = np.array([(change * right).sum(), (change * down).sum()]) / change.sum() + (left, top)
        errors_px.append(float(np.hypot(*(found - (x_px, y_px)))))
    assert np.median(errors_px) < 0.5
    assert sum(error_px < 0.7 for error_px in errors_px) >= 0.7 * len(errors_px)


def test_decoded_clip_shows_the_object_where_the_truth_says(rendered: Path) -> None:
    assert_blob_at_truth(rendered)


def test_clip_is_h264_of_the_size_asked_for(rendered: Path, spec: SceneSpec) -> None:
    with av.open(str(rendered)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == spec.size_px
        assert float(stream.average_rate or 0) == pytest.approx(spec.fps)
        assert sum(packet.size for packet in container.demux(stream)) * 8 / spec.duration_s < 1.5 * spec.bitrate_bps


def test_variable_rate_reaches_the_file(spec: SceneSpec, tmp_path: Path) -> None:
    late = replace(spec, name="late", variable_rate=True, throw_floors=(), duration_s=2.0)
    times_s, _ = decode_luma(render_scene(late, tmp_path))
    assert times_s == pytest.approx(Scene.build(late).frame_times_s.tolist(), abs=1e-3)


def test_site_file_maps_metres_to_the_pixels_of_the_scene(rendered: Path, scene: Scene) -> None:
    site = tomllib.loads(rendered.with_suffix("").with_suffix(".site.toml").read_text())
    points = site["facade"]["points"]
    assert len(points) >= 4
    metres = np.array([point["m"] for point in points])
    pixels = scene.camera.project(np.column_stack([metres, np.zeros(len(metres))]))
    assert np.array([point["px"] for point in points]) == pytest.approx(pixels, abs=0.006)
    assert site["floors"]["count"] == scene.spec.floors
    assert [unit["name"] for unit in site["units"]] == [unit.name for unit in scene.building.units]
    assert site["min_floor"] == 7


def test_tower_with_a_lobby_lists_the_boundaries_of_its_floors(spec: SceneSpec, tmp_path: Path) -> None:
    clip = render_scene(replace(spec, name="lobby", lobby=True, throw_floors=(), duration_s=0.2), tmp_path)
    floors = tomllib.loads((clip.parent / "lobby.site.toml").read_text())["floors"]
    assert len(floors["boundaries_m"]) == floors["count"] + 1
    assert "height_m" not in floors


def test_scene_without_throws_says_that_nothing_falls(spec: SceneSpec) -> None:
    assert json.loads(truth_text(Scene.build(replace(spec, throw_floors=()))))["falls"] == []


def test_photographs_replace_the_drawn_wall(spec: SceneSpec, scene: Scene, tmp_path: Path) -> None:
    pattern = np.random.default_rng(0).integers(60, 220, (200, 200, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "wall.png"), pattern)
    papered = Scene.build(replace(spec, throw_floors=()), list_photographs(tmp_path))
    assert not np.array_equal(papered.backdrop.luma, scene.backdrop.luma)


def test_missing_folder_of_photographs_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackgroundError, match="nowhere"):
        render_suite("demo", tmp_path, backgrounds=tmp_path / "nowhere")


def test_file_that_is_no_picture_is_named(spec: SceneSpec, tmp_path: Path) -> None:
    (tmp_path / "wall.jpg").write_text("not a picture")
    with pytest.raises(BackgroundError, match=r"wall\.jpg"):
        Scene.build(spec, list_photographs(tmp_path))


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RenderError, match="taken"):
        render_suite("demo", tmp_path / "taken")


def test_suite_renders_in_other_processes_and_keeps_what_is_there(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    (clip,) = render_suite("demo", tmp_path, workers=1, progress=lambda *news: told.append(news))
    made_at = clip.stat().st_mtime_ns
    assert told == [(1, 1, "demo")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.mp4", "demo.site.toml", "demo.truth.json"]
    render_suite("demo", tmp_path, workers=1, progress=lambda *news: told.append(news))
    assert told[1:] == [(1, 1, "already there")]
    assert clip.stat().st_mtime_ns == made_at


def test_interrupted_suite_leaves_no_half_clip(tmp_path: Path) -> None:
    def stop(_done: int, _total: int, _name: str) -> None:
        raise KeyboardInterrupt

    (tmp_path / "quiet_01.mp4").write_bytes(b"")
    (tmp_path / "quiet_01.site.toml").write_text("")
    (tmp_path / "quiet_01.truth.json").write_text("")
    with pytest.raises(KeyboardInterrupt):
        render_suite("quiet", tmp_path, workers=2, progress=stop)
    assert not list(tmp_path.glob("*.part"))


def test_shipped_clip_is_small_and_its_truth_is_what_the_suite_says() -> None:
    assert (SAMPLES / "demo.mp4").stat().st_size < 1_200_000
    fresh = truth_text(Scene.build(find_suite("demo").scenes[0]))
    assert json.loads((SAMPLES / "demo.truth.json").read_text()) == json.loads(fresh)


def test_shipped_clip_shows_the_object_where_the_truth_says() -> None:
    assert_blob_at_truth(SAMPLES / "demo.mp4")

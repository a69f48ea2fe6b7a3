"""What a scene says of itself: the truth file and the site file."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samples.scene import Scene
from samples.spec import SceneSpec

_SITE_PURPOSE = 20


def truth_text(scene: Scene, snrs: Sequence[float] = ()) -> str:
    """Write the truth of a scene as JSON.

    Times are presentation seconds, rounded to 0.1 ms; pixels are rounded to 0.01.

    Args:
        scene: The scene.
        snrs: Signal to noise of one frame of each throw; none where it was not measured.
    """
    name = scene.spec.name
    falls = []
    for index, throw in enumerate(scene.throws):
        path = scene.path(throw)
        falls.append(
            {
                "kind": throw.kind.name,
                "release_s": round(throw.release_s, 4),
                "first_s": round(float(path[0, 0]), 4),
                "last_s": round(float(path[-1, 0]), 4),
                "floor": throw.floor,
                "unit": throw.unit,
                "contrast": round(throw.contrast, 1),
                **({"snr": round(snrs[index], 3)} if snrs else {}),
                "path": [
                    [round(float(time_s), 4), *(round(float(pixel), 2) for pixel in rest)] for time_s, *rest in path
                ],
            }
        )
    truth = {"clip": f"{name}.mp4", "site": f"{name}.site.toml", "seed": scene.spec.seed, "falls": falls}
    return json.dumps(truth) + "\n"


def site_text(scene: Scene) -> str:
    """Write the site file of a scene: points on the facade, floors and units."""
    building, spec = scene.building, scene.spec
    lines = [
        f"min_floor = {spec.min_floor}",
        "",
        "[camera]",
        f'id = "{spec.name}"',
        f"width = {spec.size_px[0]}",
        f"height = {spec.size_px[1]}",
        "",
        "[building]",
        f'id = "{building.ident}"',
        f'name = "{building.name}"',
        "",
        "[facade]",
        "points = [",
        *_point_lines(scene),
        "]",
        "",
        "[floors]",
        f"count = {building.floor_count}",
        _heights_line(scene),
    ]
    for unit in building.units:
        lines += ["", "[[units]]", f'name = "{unit.name}"', f"x_m = [{unit.left_m}, {unit.right_m}]"]
    return "\n".join(lines) + "\n"


def _heights_line(scene: Scene) -> str:
    even_m = scene.building.even_height_m
    if even_m is not None:
        return f"height_m = {round(even_m, 6)}"
    return f"boundaries_m = [{', '.join(str(boundary_m) for boundary_m in scene.building.boundaries_m)}]"


def _point_lines(scene: Scene) -> list[str]:
    """Choose corners of the tower in view: on three slabs, where the leftmost and rightmost edges of units are."""
    building, camera = scene.building, scene.camera
    edges_m = [building.units[0].left_m, *(unit.right_m for unit in building.units)]
    lines = []
    rng = np.random.default_rng([scene.spec.seed, _SITE_PURPOSE])
    lowest, highest = scene.spec.lowest_floor, building.floor_count
    for floor in sorted({lowest + 1, (lowest + highest) // 2, highest}):
        height_m = building.slab_m(floor)
        points_m = np.array([[edge_m, height_m, 0.0] for edge_m in edges_m])
        pixels = camera.project(points_m)
        seen = np.flatnonzero(camera.contains(pixels))
        pixels = _misplace(pixels, scene.spec, rng)
        lines += [
            f"  {{ px = [{pixels[index, 0]:.2f}, {pixels[index, 1]:.2f}], m = [{edges_m[index]}, {height_m}] }},"
            for index in (seen[[0, -1]] if len(seen) > 1 else seen)
        ]
    return lines


def _misplace(pixels: NDArray[np.float64], spec: SceneSpec, rng: np.random.Generator) -> NDArray[np.float64]:
    """Move points as a hand does that marks them: any way, up to the error of the spec, within the frame."""
    if spec.site_error_px == 0.0:
        return pixels
    turn = rng.uniform(0.0, 2.0 * np.pi, size=len(pixels))
    away_px = spec.site_error_px * np.sqrt(rng.random(len(pixels)))
    moved = pixels + away_px[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    kept: NDArray[np.float64] = np.clip(moved, 0.0, np.array(spec.size_px) - 1.0)
    return kept

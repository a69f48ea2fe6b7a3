"""Drawing what is thrown, as the camera sees it or as a pane of glass mirrors it."""

from __future__ import annotations

import math

import numpy as np

from samples.camera import Camera
from samples.canvas import Canvas, to_light, to_luma
from samples.coverage import Patch, sweep
from samples.distractors import sub_times
from samples.objects import Look, Throw

_FEWEST_SUB_EXPOSURES, _MOST_SUB_EXPOSURES = 8, 64
_SUB_EXPOSURE_PX = 0.5
_DIRECT = np.array([1.0, 1.0, 1.0])
_MIRRORED = np.array([1.0, 1.0, -1.0])


def draw_throw(canvas: Canvas, throw: Throw, camera: Camera, time_s: float, shutter_s: float) -> None:
    """Draw a thrown object while it is in the air, smeared over an exposure centred at that time."""
    drawn = see_throw(throw, camera, time_s, shutter_s)
    if drawn is not None:
        canvas.blend(*drawn)


def see_throw(
    throw: Throw, camera: Camera, time_s: float, shutter_s: float, is_mirrored: bool = False
) -> tuple[Patch, Look] | None:
    """Tell what the camera sees of a thrown object during one exposure.

    Args:
        throw: The object.
        camera: The camera.
        time_s: Middle of the exposure, presentation seconds.
        shutter_s: Its length.
        is_mirrored: Whether the wall is a mirror and the object is looked for behind it.

    Returns:
        Where it is seen and how bright, or None where it is not in the air or not before the camera.
    """
    side = _MIRRORED if is_mirrored else _DIRECT
    ends_s = np.array([time_s - shutter_s / 2.0, time_s + shutter_s / 2.0])
    if ends_s[1] < throw.release_s or ends_s[0] >= throw.end_s:
        return None
    points_m = throw.position_m(ends_s) * side
    if camera.depth_m(points_m).min() <= 1.0:
        return None
    length_px = float(np.linalg.norm(np.diff(camera.project(points_m), axis=0)))
    count = int(np.clip(math.ceil(length_px / _SUB_EXPOSURE_PX), _FEWEST_SUB_EXPOSURES, _MOST_SUB_EXPOSURES))
    times_s = sub_times(time_s, shutter_s, count)
    times_s = times_s[throw.is_flying(times_s)]
    if len(times_s) == 0:
        return None
    points_m = throw.position_m(times_s) * side
    scale = camera.focal_px / float(camera.depth_m(points_m).mean())
    long_m, short_m = throw.sides_m(times_s).mean(axis=0)
    angles = throw.tumble.angle(times_s - throw.release_s)
    patch = sweep(throw.kind.shape, camera.project(points_m), (long_m * scale, short_m * scale), angles, count)
    return patch, _lit(throw, float(times_s.mean()))


def _lit(throw: Throw, time_s: float) -> Look:
    # A side that turns to the sky is brighter than one that turns to the ground.
    facing = float(throw.tumble.foreshortening(np.array([time_s - throw.release_s]))[0])
    light = to_light(np.array([throw.look.luma], np.float32)) * np.float32(0.9 + 0.2 * facing)
    return Look(float(to_luma(light)[0]), throw.look.blue_chroma, throw.look.red_chroma)

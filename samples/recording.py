"""Throws drawn into a recording: what is real stays real, and the truth of what is thrown is exact all the same.

The recording's own camera is not asked for. The throws are those of a drawn tower before a camera of its own, so floors
and units have a truth too; the wall that would be behind them is whatever the recording shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from samples.canvas import Canvas
from samples.errors import BackgroundError, SceneError
from samples.falling import draw_throw
from samples.render import write_scene
from samples.scene import Scene
from samples.spec import SceneSpec

_A_THROW_EVERY_S = 2.5
_SHORTEST_S = 3.0
_BITS_A_PIXEL = 0.1
"""Of each frame: what surveillance cameras spend, 5 Mbit/s of 1080p25."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording to draw on.

    Attributes:
        path: Its file.
        size_px: Width and height, made even.
        times_s: (n,) presentation time of each frame from the first one on.
        first: Its first frame.
    """

    path: Path
    size_px: tuple[int, int]
    times_s: NDArray[np.float64]
    first: Canvas

    @classmethod
    def open(cls, path: Path) -> Recording:
        """Look through a recording.

        Raises:
            BackgroundError: It cannot be decoded, or is too short for a throw.
        """
        first, times = None, []
        for time_s, planes in _decoded(path):
            first = Canvas(planes) if first is None else first
            times.append(time_s)
        if first is None or times[-1] - times[0] < _SHORTEST_S:
            raise BackgroundError(f"{path}: shows less than {_SHORTEST_S:.0f} s; choose a longer recording")
        height, width = first.luma.shape
        return cls(path, (width, height), np.array(times) - times[0], first)

    def frames(self) -> Iterator[Canvas]:
        """Decode it once more, frame by frame."""
        for _, planes in _decoded(self.path):
            yield Canvas(planes)


def _decoded(path: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield time and planar 4:2:0 picture of each frame whose time is later than that of the one before."""
    last_s = -np.inf
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                if frame.time is not None and frame.time > last_s:
                    last_s = frame.time
                    even = frame.reformat(frame.width // 2 * 2, frame.height // 2 * 2, format="yuv420p")
                    yield frame.time, np.asarray(even.to_ndarray(), np.uint8)
    except (OSError, av.error.FFmpegError) as error:
        raise BackgroundError(f"{path}: cannot be decoded ({error}); choose another recording") from error


def scene_over(recording: Recording, seed: int) -> Scene:
    """Settle what is thrown in front of a recording.

    Raises:
        BackgroundError: Nothing can be thrown so that it is seen.
    """
    rng = np.random.default_rng([seed, 30])
    length_s = float(recording.times_s[-1])
    floors = int(rng.integers(12, 30))
    lowest_floor = max(floors // 3, 2)
    count = max(int((length_s - 2.0) / _A_THROW_EVERY_S), 1)
    fps = (len(recording.times_s) - 1) / length_s
    spec = SceneSpec(
        name=f"{recording.path.stem}_{seed:02d}",
        seed=seed,
        size_px=recording.size_px,
        fps=fps,
        duration_s=length_s,
        floors=floors,
        distance_m=1.1 * floors + float(rng.uniform(2.0, 10.0)),
        lowest_floor=lowest_floor,
        throw_floors=tuple(int(floor) for floor in rng.integers(lowest_floor + 3, floors, size=count)),
        bitrate_bps=int(_BITS_A_PIXEL * fps * recording.size_px[0] * recording.size_px[1]),
        shutter_s=float(rng.uniform(0.002, 0.01)),
    )
    try:
        return Scene.build(spec, recorded=(recording.first, recording.times_s))
    except SceneError as error:
        words = f"{recording.path}: no throw can be seen before it ({error}); choose a larger or longer recording"
        raise BackgroundError(words) from error


def draw_over(recording: Recording, out: Path, seed: int) -> Path:
    """Write a clip that shows a recording with things thrown before it, its site and its truth.

    Args:
        recording: What is to be seen behind them.
        out: Folder, which exists.
        seed: Of all that is left to chance.

    Returns:
        The clip.

    Raises:
        SampleError: The recording cannot be used, or the clip cannot be written.
    """
    scene = scene_over(recording, seed)
    return write_scene(scene, _pictures(scene, recording), out)


def _pictures(scene: Scene, recording: Recording) -> Iterator[NDArray[np.uint8]]:
    for time_s, canvas in zip(scene.frame_times_s, recording.frames(), strict=True):
        for throw in scene.throws_nearest_last(float(time_s)):
            draw_throw(canvas, throw, scene.camera, float(time_s), scene.spec.shutter_s)
        yield canvas.planes

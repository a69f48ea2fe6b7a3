"""Truths, falls and clips made for the tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.clip_info import ClipInfo
from benchmarks.truth import ClipTruth, TrueFall, square_box
from tracking.fall import PathPoint

HD = ClipInfo(height_px=720, duration_s=36.0, frame_s=0.1)

Point = tuple[float, float, float]


def true_path(points: int, *, step_px: float = 20.0, size_px: float = 4.0, x_px: float = 100.0) -> list[PathPoint]:
    """Make points at 0.0, 0.1, ... s that go straight down from y = 50 px."""
    return [PathPoint(i / 10, x_px, 50.0 + step_px * i, size_px) for i in range(points)]


def true_fall(path: Sequence[PathPoint], **changes: Any) -> TrueFall:
    known: dict[str, Any] = {"kind": "bottle", "release_s": None, "floor": None, "unit": None}
    return TrueFall(first_s=path[0].time_s, last_s=path[-1].time_s, path=tuple(path), **{**known, **changes})


def clip_truth(*falls: TrueFall, suite: str = "clear", name: str = "one", site: bool = True) -> ClipTruth:
    return ClipTruth(
        name=name,
        suite=suite,
        clip=Path(f"{name}.mp4"),
        site=Path(f"{name}.site.toml") if site else None,
        truth=Path(f"{name}.truth.json"),
        falls=falls,
        boxes=tuple(square_box(point) for fall in falls for point in fall.path),
        seed=None,
    )


def along(path: Sequence[PathPoint], *, dx_px: float = 0.0, dy_px: float = 0.0) -> list[Point]:
    """Make the path of a fall found that is off a true one by so much."""
    return [(point.time_s, point.x_px + dx_px, point.y_px + dy_px) for point in path]


def line(path: Sequence[Point], incident_id: str = "i1", **changes: Any) -> dict[str, Any]:
    """Make what `detect` prints of a fall."""
    return {
        "incident_id": incident_id,
        "camera_id": "c",
        "verdict": "confirmed",
        "label": "falling_object",
        "score": 0.9,
        "release_s": path[0][0],
        "first_s": path[0][0],
        "last_s": path[-1][0],
        "release_px": list(path[0][1:]),
        "path": [list(point) for point in path],
        "origin": None,
        "reasons": ["it accelerates"],
        "package": None,
        **changes,
    }


def origin(floor: int, unit: str | None = "01", probability: float = 0.9, spread: int = 0) -> dict[str, Any]:
    return {
        "floor": floor,
        "floor_low": floor - spread,
        "floor_high": floor + spread,
        "unit": unit,
        "probability": probability,
        "candidates": [{"floor": floor, "unit": unit, "probability": probability}],
    }


def write_clip(path: Path, *, frames: int = 10, fps: int = 10, width: int = 160, height: int = 120) -> None:
    """Write a small recording in which a bright square goes down 10 px a frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for i in range(frames):
            picture = np.full((height, width, 3), 60, np.uint8)
            picture[10 + 10 * i : 18 + 10 * i, 76:84] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def square_path(frames: int = 10, fps: int = 10) -> list[PathPoint]:
    """Tell the path of the square in `write_clip`."""
    return [PathPoint(i / fps, 80.0, 14.0 + 10 * i, 8.0) for i in range(frames)]

"""Recordings for the peers."""

from pathlib import Path

import av
import numpy as np

from tracking.fall import PathPoint

FPS = 25
STILL_FRAMES = 25
FALLING_FRAMES = 30
DOT_PX = 20


def dot_path() -> list[PathPoint]:
    """Give the middle of a clear, big, slow dot, picture by picture."""
    middle = (DOT_PX - 1) / 2
    return [
        PathPoint((STILL_FRAMES + n) / FPS, 100.0 + middle, _top_px(n) + middle, float(DOT_PX))
        for n in range(FALLING_FRAMES)
    ]


def write_dot(path: Path) -> Path:
    """Write 25 still pictures, 30 with a chequered dot, and 5 without; 320 x 240."""
    rng = np.random.default_rng(5)
    wall = rng.integers(90, 100, (240, 320, 1)).repeat(3, axis=2).astype(np.uint8)
    cells = rng.integers(150, 256, (DOT_PX // 4, DOT_PX // 4)).astype(np.uint8)
    dot = cells.repeat(4, axis=0).repeat(4, axis=1)[..., None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 320, 240, "yuv420p", 8_000_000
        for n in range(-STILL_FRAMES, FALLING_FRAMES + 5):
            picture = wall.copy()
            if 0 <= n < FALLING_FRAMES:
                picture[_top_px(n) : _top_px(n) + DOT_PX, 100 : 100 + DOT_PX] = dot
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def _top_px(n: int) -> int:
    return round(20 + 3 * n + 0.1 * n * n)

"""Small clips with known pictures and times, encoded when a test asks for them."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 160, 96
TICK = Fraction(1, 1000)
_DEFAULTS = {
    "libx264": {"crf": "12", "preset": "ultrafast", "bf": "0", "g": "10", "threads": "1"},
    "libx265": {"crf": "12", "preset": "ultrafast", "x265-params": "log-level=none:bframes=0:keyint=10:pools=none"},
}


def pictures(count: int, *, noise: float = 3.0, seed: int = 1) -> list[NDArray[np.uint8]]:
    """Draw a bright square that falls past a gradient, with camera noise; each (96, 160) uint8."""
    rng = np.random.default_rng(seed)
    wall = np.linspace(60, 140, WIDTH_PX)[None, :].repeat(HEIGHT_PX, axis=0)
    drawn = []
    for i in range(count):
        picture = wall + rng.normal(0, noise, wall.shape) if noise else wall.copy()
        top = min(HEIGHT_PX - 12, 4 + 2 * i)
        picture[top : top + 10, 30:40] = 220
        drawn.append(np.clip(picture, 0, 255).astype(np.uint8))
    return drawn


def even_ms(count: int, step_ms: int = 40) -> list[int]:
    return [i * step_ms for i in range(count)]


def encode(
    path: Path,
    drawn: Sequence[NDArray[np.uint8]],
    stamps_ms: Sequence[int],
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    rotation_deg: float = 0.0,
    created: str | None = None,
    **options: str,
) -> Path:
    """Encode grey pictures with the given times; without B-frames and a key picture every 10 unless told."""
    defaults = _DEFAULTS.get(codec, {})
    with av.open(path, "w") as output:
        if created:
            output.metadata["creation_time"] = created
        stream = output.add_stream(codec, rate=25, options={**defaults, **options}, time_base=TICK)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = drawn[0].shape
        stream.pix_fmt = pixels
        if rotation_deg:
            stream.set_display_rotation(rotation_deg)
        for picture, stamp in zip(drawn, stamps_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="gray")
            frame.pts, frame.time_base = stamp, TICK
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def sound(path: Path) -> Path:
    """Write a tenth of a second of silence, and no pictures."""
    with av.open(path, "w") as output:
        stream = output.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        output.mux([*stream.encode(frame), *stream.encode(None)])
    return path

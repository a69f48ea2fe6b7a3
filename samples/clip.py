"""Encoding a scene as a camera would: H.264 in MP4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from samples.errors import RenderError
from samples.scene import Scene

_TIME_BASE = Fraction(1, 90_000)
_GROUP_OF_PICTURES = 50


def frames(scene: Scene) -> Iterator[NDArray[np.uint8]]:
    """Yield each frame as the sensor gives it: (height * 3 / 2, width) uint8, planar 4:2:0, before encoding.

    A frame that shows the exposure of the one before it is that very picture, grain and all.
    """
    noise = scene.make_noise()
    planes = scene.backdrop.planes
    for index, exposure_s in enumerate(scene.exposures_s):
        if index == 0 or exposure_s != scene.exposures_s[index - 1]:
            canvas = scene.draw(index)
            noise.add(canvas, index)
            planes = canvas.planes
        yield planes


def write_clip(scene: Scene, path: Path) -> None:
    """Render and encode a scene, see `write_pictures`."""
    write_pictures(scene, frames(scene), path)


def write_pictures(scene: Scene, pictures: Iterable[NDArray[np.uint8]], path: Path) -> None:
    """Encode the pictures of a scene.

    H.264 without B-frames, a key frame every 50, at the bit rate of the spec, on one thread, so that the same scene
    gives the same pictures.

    Args:
        scene: What they are of.
        pictures: One for each of its frames, as of `frames`.
        path: File to write; overwritten.

    Raises:
        RenderError: The file cannot be written.
    """
    spec = scene.spec
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=Fraction(spec.fps).limit_denominator(1001))
            stream.width, stream.height = spec.size_px
            stream.pix_fmt = "yuv420p"
            stream.bit_rate = spec.bitrate_bps
            stream.codec_context.time_base = _TIME_BASE
            stream.codec_context.thread_count = 1
            stream.options = {
                "preset": "veryfast",
                "g": str(_GROUP_OF_PICTURES),
                "bf": "0",
                "maxrate": str(spec.bitrate_bps * 3 // 2),
                "bufsize": str(spec.bitrate_bps * 2),
            }
            for time_s, planes in zip(scene.frame_times_s, pictures, strict=True):
                frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
                frame.pts = round(float(time_s) / _TIME_BASE)
                frame.time_base = _TIME_BASE
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (OSError, av.error.FFmpegError) as error:
        raise RenderError(
            f"cannot write the clip {path}: {error}; check the folder and the space left on the disk"
        ) from error

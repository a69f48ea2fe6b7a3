"""How well a thrown object stands out from the noise of the pictures that were encoded."""

from __future__ import annotations

import math
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from samples.errors import RenderError
from samples.objects import Throw
from samples.scene import Scene

_MARGIN_PX = 2
_FEWEST_QUIET = 10


def frame_snr(scene: Scene, throw: Throw, clip: Path) -> float:
    """Measure the signal to noise of one frame of a throw, in the decoded pictures of its clip.

    In each frame that shows the object, the difference to the wall is projected on the object as it was drawn, without
    noise: the output of a matched filter. Its noise is the standard deviation of the same projection over the frames in
    which nothing flies, so that correlated grain and what the encoder removes count as they are. The outputs of all
    frames are added with the weights that an ideal detector would give them, and the signal to noise of the sum is
    divided by the root of their number (Kay, Fundamentals of Statistical Signal Processing, vol. II, 1998, ch. 4.3).

    Args:
        scene: A scene whose camera and wall are still.
        throw: One of its throws.
        clip: The encoded scene.

    Returns:
        The signal to noise that each of N equal frames would need for the same sum; it is itself uncertain by 1 /
        sqrt(N), and may be below zero where there is no signal.

    Raises:
        RenderError: The clip cannot be read, or something flies in nearly all of its frames.
    """
    path = scene.path(throw)
    left = max(0, int(path[:, 1].min() - path[:, 3].max()) - 16)
    right = int(path[:, 1].max() + path[:, 3].max()) + 16
    pictures = _decode(clip, left, right)
    flying = np.any([each.is_flying(scene.exposures_s) for each in scene.throws], axis=0)
    quiet = pictures[~flying[: len(pictures)]]
    if len(quiet) < _FEWEST_QUIET:
        raise RenderError(f"{clip}: something flies in nearly all frames, so there is no noise to compare with")
    wall = quiet.mean(axis=0)
    weighted, weights = 0.0, 0.0
    for index in np.searchsorted(scene.frame_times_s, path[:, 0] - 1e-6).tolist():
        template, place = _template(scene, index, left, right)
        if template is None:
            continue
        noise = float(np.tensordot(quiet[:, *place] - wall[place], template).std())
        expected = float((template**2).sum()) / noise
        weighted += expected * float(((pictures[index][place] - wall[place]) * template).sum()) / noise
        weights += expected**2
    return weighted / max(math.sqrt(weights), 1e-9) / math.sqrt(len(path))


def _template(
    scene: Scene, index: int, left: int, right: int
) -> tuple[NDArray[np.float32] | None, tuple[slice, slice]]:
    """Cut what stands out of the wall in a frame without noise; None where nothing does."""
    signal = scene.draw(index).luma[:, left:right].astype(np.float32) - scene.backdrop.luma[:, left:right]
    rows, columns = np.nonzero(signal)
    if len(rows) == 0:
        return None, (slice(0), slice(0))
    place = (
        slice(max(0, int(rows.min()) - _MARGIN_PX), int(rows.max()) + 1 + _MARGIN_PX),
        slice(max(0, int(columns.min()) - _MARGIN_PX), int(columns.max()) + 1 + _MARGIN_PX),
    )
    return signal[place], place


def _decode(clip: Path, left: int, right: int) -> NDArray[np.float32]:
    """Decode the luma of some columns of all frames, (n, height, width) float32."""
    try:
        with av.open(str(clip)) as container:
            lumas = [frame.to_ndarray(format="gray")[:, left:right] for frame in container.decode(video=0)]
    except (OSError, av.error.FFmpegError) as error:
        raise RenderError(f"cannot read the clip {clip} to measure its noise: {error}") from error
    return np.array(lumas, dtype=np.float32)

"""The brightness of a decoded picture."""

import av
import numpy as np
from numpy.typing import NDArray

_LUMA_FIRST = frozenset(
    {"gray", "nv12", "nv21", "nv16"}
    | {f"yuv{full}{chroma}p" for full in ("", "j") for chroma in ("420", "422", "440", "444", "411")}
)


def luma_of(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """See the brightness of a picture: the decoder's own memory where it has a plane of 8 bits, else converted.

    Args:
        picture: In main memory.

    Returns:
        (height, width) uint8.
    """
    # A negative line size means rows from bottom to top, which a view cannot start at.
    if picture.format.name not in _LUMA_FIRST or picture.planes[0].line_size <= 0:
        picture = picture.reformat(format="gray")
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: picture.height, : picture.width]

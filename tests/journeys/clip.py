"""A small clip in which something falls, and pictures of it."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE = 960, 540, 25
START_S = 1.5
RELEASE_S = 2.70
RELEASE_PX = (602.5, 81.5)
LAST_S = 4.26
_GRAVITY_PX_S2 = 330.0


def place_px(time_s: float) -> tuple[float, float]:
    """Where the object is, on the source's time axis."""
    fallen_s = max(time_s - RELEASE_S, 0.0)
    return RELEASE_PX[0] + 25.0 * fallen_s, RELEASE_PX[1] + 0.5 * _GRAVITY_PX_S2 * fallen_s**2


def path() -> list[list[float]]:
    """The path as the tracker saw it: every frame from shortly after the release to the ground."""
    times_s = [START_S + number / RATE for number in range(31, 70)]
    return [[round(time_s, 3), *place_px(time_s)] for time_s in times_s]


def picture(time_s: float) -> NDArray[np.uint8]:
    """A tower with rows of windows, and a bright thing in front of it: (height, width, 3) uint8 BGR."""
    image = np.full((HEIGHT, WIDTH, 3), (214, 196, 176), np.uint8)
    cv2.rectangle(image, (250, 30), (720, HEIGHT), (148, 152, 158), -1)
    for y in range(48, HEIGHT, 30):
        for x in range(270, 700, 48):
            cv2.rectangle(image, (x, y), (x + 28, y + 18), (92, 78, 66), -1)
    if time_s >= RELEASE_S:
        x_px, y_px = place_px(time_s)
        cv2.circle(image, (round(x_px), round(y_px)), 3, (245, 250, 255), -1, cv2.LINE_AA)
    return image


def write_clip(target: Path, length_s: float = 4.0) -> None:
    """Write an H.264 clip; its first frame is at START_S of the source."""
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": "25"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(round(length_s * RATE)):
            frame = av.VideoFrame.from_ndarray(picture(START_S + number / RATE), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def jpeg(image: NDArray[np.uint8]) -> bytes:
    done, encoded = cv2.imencode(".jpg", image)
    assert done
    return encoded.tobytes()


def strobe() -> NDArray[np.uint8]:
    """All positions in one picture."""
    positions = np.stack([picture(RELEASE_S + number * 0.12) for number in range(13)])
    lightest: NDArray[np.uint8] = positions.max(axis=0)
    return lightest

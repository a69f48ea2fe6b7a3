"""A tiny clip with a falling ball, its exact path, and the incident that it shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from evidence.incident import Building, ClockReading, Incident, RecordingSpan, make_incident_id
from evidence.ruler import FloorLine
from floors.origin import Candidate, Origin
from tracking.fall import Fall, PathPoint
from vision.errors import NotAVideo, VisionError
from vision.frame import Frame

BALL_BGR = (40, 220, 240)
FPS = 25
FRAMES = 40
RELEASE_FRAME = 8
BALL_SHARE = 0.02


def facade(width: int, height: int) -> NDArray[np.uint8]:
    """Draw a grey wall with dark windows, (height, width, 3) uint8."""
    picture = np.full((height, width, 3), (150, 140, 135), np.uint8)
    picture[:, : width // 5] = (190, 170, 150)
    rows, columns = height // 12, width // 10
    for top in range(rows // 3, height, rows):
        for left in range(width // 5 + columns // 4, width - columns // 2, columns):
            cv2.rectangle(picture, (left, top), (left + columns // 2, top + rows // 2), (80, 70, 60), cv2.FILLED)
    return picture


def ball_at(frame: int, width: int, height: int) -> tuple[float, float]:
    """Tell where the ball is in a frame: at rest, then falling."""
    time_s = max(frame - RELEASE_FRAME, 0) / FPS
    return 0.6 * width + 0.06 * width * time_s, 0.1 * height + 0.5 * 0.9 * height * time_s**2


def make_fall(width: int, height: int) -> Fall:
    path = tuple(
        PathPoint(number / FPS, *ball_at(number, width, height), BALL_SHARE * height)
        for number in range(RELEASE_FRAME + 2, FRAMES - 2)
    )
    origin = Origin(17, 16, 17, "06", 0.93, (Candidate(17, "06", 0.93), Candidate(16, "06", 0.06)))
    return Fall(
        verdict="confirmed",
        label="falling_object",
        score=0.97,
        release_s=RELEASE_FRAME / FPS,
        first_s=path[0].time_s,
        last_s=path[-1].time_s,
        release_px=ball_at(RELEASE_FRAME, width, height),
        path=path,
        origin=origin,
        reasons=("the path fits a fall with 0.4 px of residual", "it moved over 9 floors"),
        below_min_floor=False,
    )


def make_incident(width: int = 320, height: int = 240, /, **changes: object) -> Incident:
    """Make the incident of the clip; `changes` go to the fall."""
    fall = replace(make_fall(width, height), **changes)  # type: ignore[arg-type]
    return Incident(
        incident_id=make_incident_id("tower.mp4", fall.release_s),
        box_id="box-1",
        camera_id="3-north",
        building=Building("b3", "3栋"),
        fall=fall,
        detected_utc=datetime(2026, 11, 23, 3, 4, 7, tzinfo=UTC),
        release_utc=datetime(2026, 11, 23, 3, 4, 5, 678_000, tzinfo=UTC),
        clock=ClockReading("system", 0.05),
        frame_width_px=width,
        frame_height_px=height,
        program_version="0.1.0",
        site_sha256="ab" * 32,
        recording=RecordingSpan("tower", 0.0, (FRAMES - 1) / FPS),
    )


def make_ruler(width: int, height: int) -> tuple[FloorLine, ...]:
    return tuple(
        (19 - number, (0.2 * width, 0.09 * height * number), (0.98 * width, 0.09 * height * number + 0.01 * height))
        for number in range(1, 12)
    )


def make_clip(path: Path, width: int = 320, height: int = 240) -> Path:
    """Encode the clip as H.264 in MP4."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "12", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        wall = facade(width, height)
        for number in range(FRAMES):
            picture = wall.copy()
            x, y = ball_at(number, width, height)
            cv2.circle(picture, (round(x), round(y)), round(BALL_SHARE * height / 2), BALL_BGR, cv2.FILLED, cv2.LINE_AA)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@dataclass(frozen=True)
class ClipRecording:
    """A clip on the disk, offered as a recording."""

    clip: Path
    name: str = "clip.mp4"
    start_s: float = 0.0
    end_s: float = (FRAMES - 1) / FPS

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        target = folder / self.name
        target.write_bytes(self.clip.read_bytes())
        return (target,)

    def frames(self) -> Iterator[Frame]:
        try:
            with av.open(str(self.clip)) as container:
                for index, picture in enumerate(container.decode(video=0)):
                    yield to_frame(index, picture)
        except av.error.FFmpegError as error:
            raise NotAVideo(f"{self.clip.name} cannot be decoded: {error}") from error


def to_frame(index: int, picture: av.VideoFrame) -> Frame:
    assert picture.pts is not None
    assert picture.time_base is not None
    luma = np.asarray(picture.to_ndarray(format="gray"), np.uint8)
    time_s = float(picture.pts * picture.time_base)
    return Frame(
        index,
        picture.pts,
        picture.time_base,
        time_s,
        None,
        luma,
        False,
        lambda: np.asarray(picture.to_ndarray(format="bgr24"), np.uint8),
    )


@dataclass(frozen=True)
class FailingRecording:
    """A recording whose originals or whose decoding fail with an error."""

    inner: ClipRecording
    at_writing: Exception | None = None
    after_frames: int | None = None
    start_s: float = 0.0
    end_s: float = (FRAMES - 1) / FPS

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        written = self.inner.write_to(folder)
        if self.at_writing is not None:
            raise self.at_writing
        return written

    def frames(self) -> Iterator[Frame]:
        for frame in self.inner.frames():
            if frame.index == self.after_frames:
                raise VisionError("the packets after this frame are damaged")
            yield frame

"""What every reader of frames offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vision.counts import Counts
from vision.decoder_kind import DecoderKind
from vision.frame import Frame


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source says of itself once it is open.

    Attributes:
        name: The clip's file name without folder and ending, or the camera's address without credentials.
        width: Width of a frame after rotation, pixels.
        height: Height of a frame after rotation, pixels.
        declared_fps: Frames a second as declared, or None; never used as time.
        codec: Name of the codec, such as "h264", or "images".
        rotation_deg: Clockwise rotation that the file asks for and that frames already have: 0, 90, 180 or 270.
        is_live: Whether the source is a camera that goes on for ever.
        decoder: What decodes its pictures now; hardware only once it has shown that it can.
    """

    name: str
    width: int
    height: int
    declared_fps: float | None
    codec: str
    rotation_deg: int
    is_live: bool
    decoder: DecoderKind = "software"


class Recording(Protocol):
    """The original, still encoded pictures of a span of time; immutable, may be used in another thread."""

    @property
    def start_s(self) -> float:
        """Tell the time of its first frame, on the source's axis: that of the key frame before the time asked for."""
        ...

    @property
    def end_s(self) -> float:
        """Tell the time of its last frame, on the source's axis."""
        ...

    def write_to(self, folder: Path) -> tuple[Path, ...]:
        """Write the originals, never re-encoded, into `folder` and return the files."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Decode again, with `time_s` on the source's axis."""
        ...


class FrameSource(Protocol):
    """Frames of one camera or recording, in order of presentation."""

    @property
    def info(self) -> SourceInfo:
        """Tell size, codec and kind; known from the opening on."""
        ...

    @property
    def counts(self) -> Counts:
        """Tell what was read and left out so far; running totals."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the end. Raises a `vision.errors.SourceError` that says what, where and what to do."""
        ...

    def recording(self, start_s: float, end_s: float) -> Recording:
        """Cut the originals from the key frame at or before `start_s` to `end_s`, as far as they are still held."""
        ...

    def close(self) -> None:
        """Release the decoder; safe to call twice."""
        ...

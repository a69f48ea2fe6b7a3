"""What every reader of frames offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from vision.frame import Frame
from vision.packet_ring import PacketRing


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
    """

    name: str
    width: int
    height: int
    declared_fps: float | None
    codec: str
    rotation_deg: int
    is_live: bool


class FrameSource(Protocol):
    """Frames of one camera or recording, in order of presentation."""

    @property
    def info(self) -> SourceInfo:
        """Tell size, codec and kind; known from the opening on."""
        ...

    @property
    def packets(self) -> PacketRing | None:
        """Hold the encoded packets of the last seconds; None where there are none (a folder of images)."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the end. Raises a `vision.errors.SourceError` that says what, where and what to do."""
        ...

    def close(self) -> None:
        """Release the decoder; safe to call twice."""
        ...

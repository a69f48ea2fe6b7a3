"""A fall that was seen by one camera of one box: everything the evidence is about."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from tracking.fall import Fall, scaled

_INCIDENT_NAMESPACE = UUID("5f2c1a0e-7a52-5d0e-9d5c-3f7a1c0b8e64")

ClockSource = Literal["system", "file", "none"]


@dataclass(frozen=True, slots=True)
class Building:
    """The building that the camera looks at: a short key, and its name as people say it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Where wall-clock times come from, and how far off they may be (seconds, None when unknown)."""

    source: ClockSource
    error_s: float | None


@dataclass(frozen=True, slots=True)
class RecordingSpan:
    """The span of the source that the package's clip holds, presentation seconds."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Incident:
    """A fall with where, when and by what it was seen.

    Attributes:
        incident_id: Key of the incident everywhere; see `make_incident_id`.
        box_id: The edge box that saw it.
        camera_id: The camera that saw it.
        building: The building; None without a site.
        fall: What the tracker concluded; its times are presentation seconds of the source.
        detected_utc: Wall-clock time of the verdict.
        release_utc: Wall-clock time of the release; None where nothing tells it.
        clock: Where wall-clock time comes from.
        frame_width_px: Width of the camera's frame.
        frame_height_px: Height of the camera's frame.
        program_version: Version of this program.
        site_sha256: Digest of the site file in hexadecimal; None without a site.
        recording: Span of the clip; None when there is none.
    """

    incident_id: str
    box_id: str
    camera_id: str
    building: Building | None
    fall: Fall
    detected_utc: datetime
    release_utc: datetime | None
    clock: ClockReading
    frame_width_px: int
    frame_height_px: int
    program_version: str
    site_sha256: str | None
    recording: RecordingSpan | None

    @property
    def is_sent_on(self) -> bool:
        """Tell whether a work order goes out: confirmed or suspected, and not from below the lowest floor."""
        return self.fall.verdict != "rejected" and not self.fall.below_min_floor

    def scaled_to(self, width_px: int, height_px: int) -> "Incident":
        """Tell it in the pixels of pictures of another size, such as those of the camera's main stream."""
        if (width_px, height_px) == (self.frame_width_px, self.frame_height_px):
            return self
        fall = scaled(self.fall, width_px / self.frame_width_px, height_px / self.frame_height_px)
        return replace(self, fall=fall, frame_width_px=width_px, frame_height_px=height_px)


def make_incident_id(source_key: str, release_s: float) -> str:
    """Make the key of an incident: the same source and release give the same key again.

    Args:
        source_key: What names the source for good, such as the digest of a clip, or box, camera and start of a stream.
        release_s: When it left the hand, presentation seconds; compared to the millisecond.

    Returns:
        A UUID of version 5 (RFC 9562) in its usual writing.
    """
    return str(uuid5(_INCIDENT_NAMESPACE, f"{source_key}\n{release_s:.3f}"))

"""What a camera's process is asked to do."""

from dataclasses import dataclass, field
from pathlib import Path

from droptrace.parts import Parts
from vision.camera_address import without_credentials
from vision.decoder_kind import DecoderKind
from vision.rtsp_settings import Transport

FALSE_ALARMS_AN_HOUR = 0.2
"""Accepted of each camera where nobody says otherwise; that of `tracking.physics_tests.Limits`, which loads slowly."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Seconds of video kept before the release and after the last sight of the object."""

    pre_s: float = 5.0
    post_s: float = 5.0


@dataclass(frozen=True, slots=True)
class CameraJob:
    """What a camera process is asked to do.

    Attributes:
        address: `rtsp://` address, file, or folder of images.
        detection_address: `rtsp://` address of another stream of that camera, to be looked at in place of the first,
            which then is the evidence; None where one stream is both.
        site: Site file, or None.
        packages: Folder of evidence packages.
        box_id: Name of this edge box.
        camera_id: Name of the camera; None takes the site's, or the clip's name.
        roll: Pre-roll and post-roll of the evidence.
        keep_rejected: Whether rejected tracks are told too.
        keep_packages: Whether a package that stands already stays as it is: its files may have been sent.
        false_alarms_an_hour: How many false alarms are accepted; the fewer, the more evidence a fall needs.
        parts: What the pipeline does; all of it but in a benchmark.
        verbose: Whether events of level "info" are logged.
        transport: What carries the pictures of a camera.
        decoder: What is to decode them; software does what it cannot.
        health: Folder of what is known of the camera's health; None where nobody asks, as of a recording.
        cores: File by which the cameras of a box take turns at its cores; None for one that is alone.
    """

    address: str = field(repr=False)
    site: Path | None
    packages: Path
    box_id: str
    camera_id: str | None = None
    roll: Roll = Roll()
    keep_rejected: bool = False
    keep_packages: bool = False
    false_alarms_an_hour: float = FALSE_ALARMS_AN_HOUR
    parts: Parts = Parts()
    verbose: bool = False
    transport: Transport = "tcp"
    decoder: DecoderKind = "software"
    health: Path | None = None
    cores: Path | None = None
    detection_address: str | None = field(default=None, repr=False)

    @property
    def is_camera(self) -> bool:
        """Tell a camera, which has no end and can come back, from a recording."""
        return "://" in self.address

    @property
    def name(self) -> str:
        """Name the camera in messages; never with the password of its address."""
        return self.camera_id or (without_credentials(self.address) if self.is_camera else self.address)

"""How a camera is connected to and decoded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vision.decoder_kind import DecoderKind

Transport = Literal["tcp", "udp"]


@dataclass(frozen=True, slots=True)
class RtspSettings:
    """How a camera is connected to and decoded.

    Attributes:
        transport: What carries the pictures: "tcp" loses none, "udp" may where the network is full.
        limit_s: Longest wait for an answer when connecting, and for each packet after that, seconds.
        decoder: What is to decode; software does what it cannot.
        cores: File by which the processes of a box take turns at its cores, see `CoreSlot`; None for one alone.
    """

    transport: Transport = "tcp"
    limit_s: float = 10.0
    decoder: DecoderKind = "software"
    cores: Path | None = None

"""How a camera is connected to."""

from dataclasses import dataclass
from typing import Literal

Transport = Literal["tcp", "udp"]


@dataclass(frozen=True, slots=True)
class RtspSettings:
    """How a camera is connected to.

    Attributes:
        transport: What carries the pictures: "tcp" loses none, "udp" may where the network is full.
        limit_s: Longest wait for an answer when connecting, and for each packet after that, seconds.
    """

    transport: Transport = "tcp"
    limit_s: float = 10.0

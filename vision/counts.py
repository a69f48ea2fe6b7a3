"""What a source read, and what it had to leave out."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Running totals of one source; nothing is dropped without being counted.

    Attributes:
        frames: Frames handed out.
        repeats: Those among them that repeat the frame before.
        damaged_packets: Packets (or images) that could not be read or decoded.
        out_of_order: Frames left out because their time does not lie after that of the frame before.
        without_time: Frames left out because nothing tells their time.
        connections: How often a camera was connected to.
        clock_jumps: How often a camera's own clock jumped, for which it was connected to anew.
    """

    frames: int = 0
    repeats: int = 0
    damaged_packets: int = 0
    out_of_order: int = 0
    without_time: int = 0
    connections: int = 0
    clock_jumps: int = 0

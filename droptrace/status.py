"""How an edge box and its cameras do, at one moment: what a heartbeat carries and the status file holds."""

from dataclasses import asdict, dataclass
from typing import Literal

from droptrace.messages import Health

SCHEMA = "droptrace.heartbeat/1"

State = Literal["starting", "watching", "waiting", "ended"]
"""Of a camera's process: it loads, it lives, it is to be started again, or it is over and not to be started."""


@dataclass(frozen=True, slots=True)
class Program:
    """What runs on the box."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class BoxFigures:
    """How the machine does. None stands for what it does not tell.

    Attributes:
        cpu_share: How busy all its processors were in the last minute, 0 to 1.
        memory_used_mb: Memory that programs cannot have, millions of bytes.
        memory_total_mb: All of its memory.
        temperature_c: Of its warmest part.
        disk_free_mb: Room for evidence, on the disk of `data_dir`.
        disk_left_days: How long that lasts if it goes on falling as it did; None where it does not fall.
        outbox_depth: Orders and files that have not arrived yet.
        outbox_oldest_s: How long the oldest of them has waited; None where none does.
        clock_is_synchronised: Whether the wall clock follows a time server.
        clock_error_s: How wrong it is at most, by its own estimate; None where it follows none.
    """

    cpu_share: float
    memory_used_mb: float
    memory_total_mb: float
    temperature_c: float | None
    disk_free_mb: float
    disk_left_days: float | None
    outbox_depth: int
    outbox_oldest_s: float | None
    clock_is_synchronised: bool | None
    clock_error_s: float | None


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How a camera and its process do.

    Attributes:
        camera_id: Its name, never with a password.
        state: Of its process.
        sees: Whether what falls there would be seen now; None for a recording that is over.
        fault: Why it is not watched any more, in words; None while it is, or is to be.
        restarts_today: How often its process was lost and started again, this day, UTC.
        memory_mb: Resident memory of its process, millions of bytes; None while none runs.
        health: What its process told last; None before that, and for a recording.
    """

    camera_id: str
    state: State
    sees: bool | None
    fault: str | None
    restarts_today: int
    memory_mb: float | None
    health: Health | None


@dataclass(frozen=True, slots=True)
class BoxStatus:
    """How the box and all its cameras do; field by field the `data` of a heartbeat (docs/work-order-api.md).

    Attributes:
        schema: Form of this.
        box_id: Name of the box.
        sent_utc: When this was told, RFC 3339.
        every_s: How often a heartbeat is sent.
        program: What runs there.
        box: How the machine does.
        cameras: In the order of EDGE.toml.
    """

    schema: str
    box_id: str
    sent_utc: str
    every_s: int
    program: Program
    box: BoxFigures
    cameras: tuple[CameraStatus, ...]

    @property
    def sights(self) -> tuple[tuple[str, bool | None], ...]:
        """Tell of each camera whether it sees; where that changes, it is to be told at once."""
        return tuple((camera.camera_id, camera.sees) for camera in self.cameras)

    def to_json(self) -> dict[str, object]:
        """Give it as a value that `json.dumps` takes."""
        return asdict(self)

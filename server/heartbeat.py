"""The heartbeat of an edge box: a CloudEvents envelope around how it and its cameras do (docs/work-order-api.md)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.facts import Name, UtcTime

_MOST_CAMERAS = 500
_MOST_WORDS = 50
_LONGEST_INTERVAL_S = 3600

Amount = Annotated[float, Field(ge=0, le=1e12)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Counts = Annotated[dict[Name, Count], Field(max_length=_MOST_WORDS)]
BlindSeconds = Annotated[dict[Name, Amount], Field(max_length=_MOST_WORDS)]


class _Part(BaseModel):
    """Keys that are not known yet are passed over, so that a newer edge box can talk to an older command centre.

    For the same reason words (states, reasons) that are not known are taken as they are.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class ProgramVersion(_Part):
    """What runs on the box."""

    name: Name
    version: Name


class BoxHealth(_Part):
    """How the machine does; null stands for what it cannot tell."""

    cpu_share: Amount
    memory_used_mb: Amount
    memory_total_mb: Amount
    temperature_c: float | None
    disk_free_mb: Amount
    disk_left_days: Amount | None
    outbox_depth: Count
    outbox_oldest_s: Amount | None
    clock_is_synchronised: bool | None
    clock_error_s: float | None


class CameraHealth(_Part):
    """How a camera does, as its process told last; `blind` is why it sees nothing, null while it sees."""

    told_utc: UtcTime
    blind: Name | None
    blind_for_s: Amount
    day: date
    blind_s: BlindSeconds
    ailments: list[Name] = Field(max_length=_MOST_WORDS)
    standing: Name | None
    fps_arrived: Amount
    fps_declared: Amount | None
    frame_age_s: Amount | None
    light: Name | None = None
    moved_px: tuple[float, float] | None = None
    fps: Amount | None = None
    frames: Count | None = None
    dropped: Counts = Field(default_factory=dict)
    connections: Count | None = None
    clock_jumps: Count | None = None
    clock_drift_ppm: float | None = None
    behind_s: Amount | None = None
    decoder: Name | None = None
    evidence_held: bool | None = None


class CameraBeat(_Part):
    """One camera of a heartbeat; `health` is null while there is none yet."""

    camera_id: Name
    state: Name
    restarts_today: Count
    memory_mb: Amount | None
    health: CameraHealth | None


class Heartbeat(_Part):
    """How a box and its cameras do; `every_s` is when the next one is due."""

    heartbeat_schema: Literal["droptrace.heartbeat/1"] = Field(alias="schema")
    box_id: Name
    sent_utc: UtcTime
    every_s: float = Field(ge=1, le=_LONGEST_INTERVAL_S)
    program: ProgramVersion
    box: BoxHealth
    cameras: list[CameraBeat] = Field(max_length=_MOST_CAMERAS)


class HeartbeatEvent(_Part):
    """The CloudEvents 1.0 envelope."""

    specversion: Literal["1.0"]
    id: Name
    source: Annotated[str, Field(min_length=1, max_length=600)]
    type: Literal["org.droptrace.heartbeat"]
    data: Heartbeat

"""The status of an edge box for people and for scripts."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from droptrace.bulletin import TELL_EVERY_S
from droptrace.status import BoxFigures, BoxStatus, CameraStatus

OLD_S = 3 * TELL_EVERY_S
"""Whoever has told nothing for so long hangs, or was killed."""


_LATE_S = 5.0
"""A camera whose pictures are looked at so long after they came is told: what waits is lost when its process ends."""


def age_s(status: BoxStatus, now: datetime) -> float:
    """Tell how old a status is, seconds; one from the future is as old as it is ahead, since a clock was set back."""
    return abs((now - datetime.fromisoformat(status.sent_utc)).total_seconds())


def trouble(status: BoxStatus, now: datetime) -> str | None:
    """Tell in one line what is wrong: an old status, or cameras that see nothing; None when all is well."""
    old_s = age_s(status, now)
    if old_s > OLD_S:
        return (
            f"{status.box_id} does not run or hangs: it has told nothing for {_span(old_s)}; look at its log and start "
            "it again"
        )
    blind = [camera.camera_id for camera in status.cameras if camera.sees is False]
    return f"nothing is seen by {', '.join(blind)}" if blind else None


def status_lines(status: BoxStatus) -> Iterator[str]:
    """Give one JSON object for the box, and one for each camera."""
    box = status.to_json()
    del box["cameras"]
    for told in (box, *map(asdict, status.cameras)):
        yield json.dumps(told, ensure_ascii=False)


def status_table(status: BoxStatus, now: datetime) -> Group:
    """Lay it out for a terminal."""
    head = f"{status.box_id}  {status.program.name} {status.program.version}  told {_span(age_s(status, now))} ago"
    table = Table("camera", "state", "sees", "blind today", "frames/s", "last frame", "restarts today", "MB", box=None)
    for camera in status.cameras:
        table.add_row(*map(Text, _cells(camera)))
    faults = [Text(camera.fault) for camera in status.cameras if camera.fault]
    return Group(Text(head), Text(", ".join(_figures(status.box))), table, *faults)


def _figures(box: BoxFigures) -> Iterator[str]:
    yield f"CPU {box.cpu_share:.0%}"
    yield f"memory {box.memory_used_mb / 1000:.1f} of {box.memory_total_mb / 1000:.1f} GB"
    if box.temperature_c is not None:
        yield f"{box.temperature_c:.0f} °C"
    left = "" if box.disk_left_days is None else f" for {box.disk_left_days:.0f} days"
    yield f"disk {box.disk_free_mb / 1000:.1f} GB free{left}"
    oldest = "" if box.outbox_oldest_s is None else f" since {_span(box.outbox_oldest_s)}"
    yield f"{box.outbox_depth} to be sent{oldest}"
    error = "" if box.clock_error_s is None else f" within {box.clock_error_s:.3f} s"
    yield {True: f"clock right{error}", False: "clock not synchronised", None: "clock unknown"}[
        box.clock_is_synchronised
    ]


def _cells(camera: CameraStatus) -> Iterator[str]:
    health = camera.health
    yield camera.camera_id
    yield camera.state
    yield _sight(camera)
    yield _span(sum(health.blind_s.values())) if health else "-"
    yield f"{health.fps_arrived:.1f}" if health else "-"
    yield "-" if health is None or health.frame_age_s is None else f"{_span(health.frame_age_s)} ago"
    yield str(camera.restarts_today)
    yield "-" if camera.memory_mb is None else f"{camera.memory_mb:.0f}"


def _sight(camera: CameraStatus) -> str:
    """Tell in words whether a camera sees, and if not, why and how long."""
    if camera.sees is None:
        return "over"
    health = camera.health
    if camera.sees:
        buts = ["has moved"] if health and health.standing == "moved" else []
        buts += [f"{_span(health.behind_s)} late"] if health and health.behind_s > _LATE_S else []
        buts += ["its evidence stream is lost"] if health and health.evidence_held is False else []
        return f"yes, but {' and '.join(buts)}" if buts else "yes"
    if camera.state == "watching" and health and health.blind:
        return f"NO: {health.blind} for {_span(health.blind_for_s)}"
    return "NO"


def _span(seconds: float) -> str:
    """Write a span of time with its two largest units: 42 s, 3 min 5 s, 2 h 10 min, 4 d 3 h."""
    whole = round(seconds)
    for size, unit, next_size, next_unit in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // next_size} {next_unit}"
    return f"{whole} s"

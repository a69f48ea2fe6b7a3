"""A status of a box with two cameras, for tests of whoever tells it."""

from dataclasses import replace

from droptrace.messages import Health
from droptrace.status import SCHEMA, BoxFigures, BoxStatus, CameraStatus, Program

HEALTH = Health(
    camera="gate",
    told_utc="2026-11-27T08:00:00.000Z",
    blind=None,
    blind_for_s=0.0,
    day="2026-11-27",
    blind_s={"no_stream": 65.5, "dark": 4.0},
    ailments=(),
    light="day",
    standing="moved",
    moved_px=(30.0, -4.0),
    fps=25.0,
    fps_arrived=24.96,
    fps_declared=25.0,
    frame_age_s=0.04,
    behind_s=0.12,
    frames=1500,
    dropped={"damaged": 3, "overloaded": 0},
    connections=2,
    clock_jumps=1,
    clock_drift_ppm=-41.5,
    decoder="software",
    evidence_held=None,
)
FIGURES = BoxFigures(
    cpu_share=0.34,
    memory_used_mb=2100.0,
    memory_total_mb=8200.0,
    temperature_c=51.2,
    disk_free_mb=120_000.0,
    disk_left_days=40.2,
    outbox_depth=3,
    outbox_oldest_s=125.0,
    clock_is_synchronised=True,
    clock_error_s=0.021,
)
GATE = CameraStatus("gate", "watching", sees=True, fault=None, restarts_today=1, memory_mb=225.4, health=HEALTH)
YARD = CameraStatus("yard", "waiting", sees=False, fault=None, restarts_today=7, memory_mb=None, health=None)
STATUS = BoxStatus(
    schema=SCHEMA,
    box_id="box-7",
    sent_utc="2026-11-27T08:00:02.000Z",
    every_s=60,
    program=Program("droptrace", "0.1.0"),
    box=FIGURES,
    cameras=(GATE, YARD),
)
BLIND = replace(
    GATE, sees=False, health=replace(HEALTH, blind="covered", blind_for_s=185.0, ailments=("covered",), standing=None)
)


def with_cameras(*cameras: CameraStatus) -> BoxStatus:
    return replace(STATUS, cameras=cameras)

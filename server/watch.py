"""Does anybody watch? What the heartbeats say of it, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from server.box import BlindDay, Box
from server.heartbeat import CameraBeat

_LEAST_DISK_DAYS = 3
_LONGEST_WAIT_S = 600
_MOST_CLOCK_DIFFERENCE_S = 10
_LEAST_SHARE_OF_FRAMES = 0.8


class Grade(IntEnum):
    """How bad it is."""

    UNWATCHED = 0
    FAULTY = 1
    WELL = 2


@dataclass(frozen=True, slots=True)
class CameraWatch:
    """A camera as its box told last.

    Attributes:
        beat: What the box told.
        is_blind: Whether it sees nothing, as far as the box knows.
        complaints: What is wrong, in words of the interface, the gravest first.
        blind_days: The last seven days, UTC, the latest first.
        blind_today: That of today among them, or None.
    """

    beat: CameraBeat
    is_blind: bool
    complaints: tuple[str, ...]
    blind_days: tuple[BlindDay, ...]
    blind_today: BlindDay | None

    @property
    def grade(self) -> Grade:
        """How bad it is."""
        if self.is_blind:
            return Grade.UNWATCHED
        return Grade.FAULTY if self.complaints else Grade.WELL


@dataclass(frozen=True, slots=True)
class BoxWatch:
    """A box and its cameras, those of which something is wrong first.

    Attributes:
        box: The box.
        age_s: How long ago its heartbeat came.
        is_silent: Whether three in a row have stayed away; what is told of it and its cameras is then old.
        clock_differs_s: How far its clock is ahead of the one here, with the time that the heartbeat took.
        complaints: What is wrong with the box itself, in words of the interface, the gravest first.
        cameras: Its cameras.
    """

    box: Box
    age_s: float
    is_silent: bool
    clock_differs_s: float
    complaints: tuple[str, ...]
    cameras: tuple[CameraWatch, ...]

    @property
    def grade(self) -> Grade:
        """How bad it is, of the box or the worst of its cameras."""
        if self.is_silent:
            return Grade.UNWATCHED
        own = Grade.FAULTY if self.complaints else Grade.WELL
        return min([own, *(camera.grade for camera in self.cameras)])


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Names of the boxes that are silent, and of the cameras of others that see nothing."""

    boxes: tuple[str, ...]
    cameras: tuple[str, ...]


def watch(boxes: Iterable[Box], now_utc: datetime) -> tuple[BoxWatch, ...]:
    """Judge boxes as of now; silent ones come first, then those with blind cameras, then those with faults."""
    judged = [_watch_box(box, now_utc) for box in boxes]
    return tuple(sorted(judged, key=lambda one: (not one.is_silent, one.grade, one.box.heartbeat.box_id)))


def find_unwatched(boxes: Iterable[BoxWatch]) -> Unwatched:
    """Tell where nobody watches; the cameras of a silent box go with it."""
    boxes = list(boxes)
    cameras = [camera for one in boxes if not one.is_silent for camera in one.cameras if camera.is_blind]
    silent = tuple(one.box.heartbeat.box_id for one in boxes if one.is_silent)
    return Unwatched(silent, tuple(camera.beat.camera_id for camera in cameras))


def _watch_box(box: Box, now_utc: datetime) -> BoxWatch:
    beat = box.heartbeat
    differs_s = (beat.sent_utc - box.received_utc).total_seconds()
    cameras = [_watch_camera(one, box.blind_days.get(one.camera_id, ()), now_utc) for one in beat.cameras]
    return BoxWatch(
        box=box,
        age_s=box.age_s(now_utc),
        is_silent=box.is_silent(now_utc),
        clock_differs_s=differs_s,
        complaints=_complaints_of_box(box, differs_s, is_silent=box.is_silent(now_utc)),
        cameras=tuple(sorted(cameras, key=lambda one: (one.grade, one.beat.camera_id))),
    )


def _complaints_of_box(box: Box, clock_differs_s: float, *, is_silent: bool) -> tuple[str, ...]:
    told = box.heartbeat.box
    found = {
        "silent": is_silent,
        "disk_low": told.disk_left_days is not None and told.disk_left_days < _LEAST_DISK_DAYS,
        "orders_wait": told.outbox_oldest_s is not None and told.outbox_oldest_s > _LONGEST_WAIT_S,
        "clock_differs": abs(clock_differs_s) > _MOST_CLOCK_DIFFERENCE_S,
        "clock_not_set": told.clock_is_synchronised is False,
        "no_cameras": not box.heartbeat.cameras,
    }
    return tuple(name for name, is_so in found.items() if is_so)


def _watch_camera(beat: CameraBeat, days: tuple[BlindDay, ...], now_utc: datetime) -> CameraWatch:
    health = beat.health
    reason = None if health is None else health.blind
    # A recording that is over is not watched and need not be; every other state is one in which it should be.
    is_blind = beat.state != "ended" and (beat.state != "watching" or reason is not None)
    found = [reason] if reason else []
    if beat.state != "watching":
        found.append(beat.state)
    if health is not None:
        found += [*health.ailments, *(["moved"] if health.standing == "moved" else [])]
        if not is_blind and health.fps_declared and health.fps_arrived < _LEAST_SHARE_OF_FRAMES * health.fps_declared:
            found.append("few_frames")
    today = next((one for one in days if one.day == now_utc.date()), None)
    return CameraWatch(beat, is_blind, tuple(dict.fromkeys(found)), days, today)

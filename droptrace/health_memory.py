"""What is known of a camera's health, on disk for the next process that watches it."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import structlog

from droptrace.kept_file import KeptFile
from vision.blind_time import BlindDay, BlindReason

MEMORY_NAME = "health.json"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_REASONS: tuple[BlindReason, ...] = get_args(BlindReason)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last process knew.

    Attributes:
        watched_until: Until when all that fell is known to have been told.
        watched_until_s: The same by the monotonic clock, which nobody sets; None where the machine was started since.
        blind: What it had counted on its last day.
        was_blind: Why it saw nothing then; None where it saw.
        was_covered: Whether the camera was covered.
        was_moved: Whether it had moved from the place of its geometry.
        geometry: Digest of that geometry, or None.
    """

    watched_until: datetime
    watched_until_s: float | None
    blind: BlindDay
    was_blind: str | None
    was_covered: bool
    was_moved: bool
    geometry: str | None


class HealthMemory:
    """Keeps it in a folder. What cannot be read or written is told in the log, once: watching goes on."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist."""
        self._file = KeptFile(folder / MEMORY_NAME, makes_folder=True)
        self._boot = _boot_id()

    def read(self) -> Remembered | None:
        """Give what the last process knew; None where there was none."""
        try:
            told = json.loads(self._file.path.read_text(encoding="utf-8"))
            seconds = {reason: float(told["blind_s"][reason]) for reason in _REASONS if reason in told["blind_s"]}
            return Remembered(
                watched_until=datetime.fromisoformat(told["watched_until"]),
                watched_until_s=float(told["watched_until_s"]) if self._boot and told["boot"] == self._boot else None,
                blind=BlindDay(date.fromisoformat(told["day"]), seconds),
                was_blind=told["was_blind"],
                was_covered=bool(told["was_covered"]),
                was_moved=bool(told["was_moved"]),
                geometry=told["geometry"],
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger().warning("health_unreadable", file=str(self._file.path), why=str(error))
            return None

    def write(self, now: Remembered) -> None:
        """Replace what was known."""
        text = {
            "watched_until": now.watched_until.isoformat(),
            "watched_until_s": now.watched_until_s,
            "boot": self._boot,
            "day": now.blind.day.isoformat(),
            "blind_s": {reason: round(seconds, 3) for reason, seconds in now.blind.seconds.items()},
            "was_blind": now.was_blind,
            "was_covered": now.was_covered,
            "was_moved": now.was_moved,
            "geometry": now.geometry,
        }
        error = self._file.replace(json.dumps(text))
        if error is not None:
            structlog.get_logger().warning("health_not_kept", file=str(self._file.path), why=error.strerror)


def _boot_id() -> str | None:
    """Name this run of the machine, in which the monotonic clock is one for all; None where it has no name."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return None

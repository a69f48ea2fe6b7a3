"""What is known of a camera's health, on disk for the next process that watches it."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import structlog

from vision.blind_time import BlindDay, BlindReason

MEMORY_NAME = "health.json"
_REASONS: tuple[BlindReason, ...] = get_args(BlindReason)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last process knew.

    Attributes:
        watched_until: When it last wrote; after that nobody watched.
        blind: What it had counted on its last day.
        was_blind: Why it saw nothing then; None where it saw.
        was_covered: Whether the camera was covered.
        was_moved: Whether it had moved from the place of its geometry.
        geometry: Digest of that geometry, or None.
    """

    watched_until: datetime
    blind: BlindDay
    was_blind: str | None
    was_covered: bool
    was_moved: bool
    geometry: str | None


class HealthMemory:
    """Keeps it in a folder. What cannot be read or written is told in the log, once: watching goes on."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist."""
        self._folder = folder
        self._path = folder / MEMORY_NAME
        self._has_failed = False

    def read(self) -> Remembered | None:
        """Give what the last process knew; None where there was none."""
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            seconds = {reason: float(told["blind_s"][reason]) for reason in _REASONS if reason in told["blind_s"]}
            return Remembered(
                watched_until=datetime.fromisoformat(told["watched_until"]),
                blind=BlindDay(date.fromisoformat(told["day"]), seconds),
                was_blind=told["was_blind"],
                was_covered=bool(told["was_covered"]),
                was_moved=bool(told["was_moved"]),
                geometry=told["geometry"],
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger().warning("health_unreadable", file=str(self._path), why=str(error))
            return None

    def write(self, now: Remembered) -> None:
        """Replace what was known; not forced to the disk's own memory, as a power cut may cost some seconds of it."""
        text = {
            "watched_until": now.watched_until.isoformat(),
            "day": now.blind.day.isoformat(),
            "blind_s": {reason: round(seconds, 3) for reason, seconds in now.blind.seconds.items()},
            "was_blind": now.was_blind,
            "was_covered": now.was_covered,
            "was_moved": now.was_moved,
            "geometry": now.geometry,
        }
        part = self._path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(text), encoding="utf-8")
            part.replace(self._path)
            self._has_failed = False
        except OSError as error:
            if not self._has_failed:
                structlog.get_logger().warning("health_not_kept", file=str(self._path), why=error.strerror)
            self._has_failed = True

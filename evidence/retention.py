"""Which evidence packages may be deleted: old, with nothing left to send, and held by nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from evidence.digests import digest_file
from evidence.errors import FactsError, ManifestError
from evidence.facts import incident_from_facts
from evidence.manifest import MANIFEST_NAME, read_manifest
from evidence.outbox import Settled
from evidence.verify import verify_package

LEAST_DAYS = 30
"""No evidence is deleted before: by China's decree 799 (2025) recordings are kept for 30 days or more."""
HOLD_NAME = "HOLD"
UNNAMED_CAMERA = "camera-"
"""How the folder of a camera without an id begins."""

_DAY = timedelta(days=1)

Why = Literal["retention.days", "retention.keep_free_gb"]


@dataclass(frozen=True, slots=True)
class AgedPackage:
    """Folder of a package of which nothing is left to send, and when its incident was."""

    folder: Path
    happened_utc: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """A package that may be deleted, the age of its incident in days, and the limit that asks for it."""

    folder: Path
    age_days: float
    why: Why


def departures(
    packages: Iterable[AgedPackage], now: datetime, days: int | None, *, is_short: bool
) -> tuple[Departure, ...]:
    """Tell which packages may be deleted, oldest first.

    Args:
        packages: Those of which nothing is left to send, and that are not on hold.
        now: The time.
        days: Older ones go, at least LEAST_DAYS; None where age alone deletes nothing.
        is_short: Whether the disk is short of room: those older than LEAST_DAYS go too, after the others.
    """
    found = []
    for package in packages:
        age_days = (now - package.happened_utc) / _DAY
        if days is not None and age_days > max(days, LEAST_DAYS):
            found.append(Departure(package.folder, age_days, "retention.days"))
        elif is_short and age_days > LEAST_DAYS:
            found.append(Departure(package.folder, age_days, "retention.keep_free_gb"))
    return tuple(sorted(found, key=lambda departure: departure.age_days, reverse=True))


def happened_utc(facts: dict[str, object]) -> datetime | None:
    """Tell when an incident was, release or verdict, whichever is later.

    Returns:
        None where nobody can tell how old it is: the clock was not set then, or these are no facts.
    """
    try:
        incident = incident_from_facts(facts)
    except FactsError:
        return None
    if incident.clock.error_s is None:
        return None
    return max(incident.detected_utc, incident.release_utc or incident.detected_utc)


def hold_path(package: Path) -> Path:
    """Tell the file that puts a package on hold; it lies beside the folder, which stays as it was sealed."""
    return package.with_name(f"{package.name}.{HOLD_NAME}")


def is_held(package: Path) -> bool:
    """Tell whether a package is on hold; a file in its folder counts too, whoever put it there meant it."""
    return any(path.is_symlink() or path.exists() for path in (hold_path(package), package / HOLD_NAME))


def is_in_its_place(package: Path, settled: Settled) -> bool:
    """Tell whether a package lies in the folder of its camera: a copy elsewhere is somebody's own.

    The folder of all cameras may have been moved meanwhile.
    """
    if settled.manifest is not None:
        return settled.manifest.parts[-3:-1] == package.parts[-2:]
    # A camera without a name has a folder that is named after its address.
    return package.parent.name == settled.facts.get("camera_id") or package.parent.name.startswith(UNNAMED_CAMERA)


def deviation(package: Path, settled: Settled) -> str | None:
    """Tell in words how a package differs from what was sealed, and sent; None where every file is the same.

    Args:
        package: Its folder, of which every file is read.
        settled: What the outbox knows of its incident.
    """
    report = verify_package(package)
    if not report.is_ok:
        return next((file.line() for file in report.files if file.state != "ok"), ", ".join(report.problems))
    try:
        sha256 = {entry.name: entry.sha256 for entry in read_manifest(package).files}
        sha256[MANIFEST_NAME] = digest_file(package / MANIFEST_NAME).sha256
    except (OSError, ManifestError) as error:
        return str(error)
    if report.incident_id != settled.incident_id or (settled.manifest is not None and sha256 != settled.sha256):
        return "its files are not those that have arrived at the endpoint"
    return None

"""Putting in order what a crash left among the packages."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from evidence.clock import Clock
from evidence.errors import EvidenceError, FactsError
from evidence.facts import incident_from_facts
from evidence.folder import TEMPORARY_ENDING
from evidence.incident import Incident
from evidence.manifest import FACTS_NAME, MANIFEST_NAME
from evidence.package import ASIDE_PREFIX, PARTIAL_PREFIX, close_package, publish
from evidence.verify import verify_package

CRASH_NOTE = "the program ended while this package was being written; it holds what had reached the disk"


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was done: packages that were finished, and leftovers without facts that were removed."""

    finished: tuple[Path, ...]
    removed: tuple[Path, ...]


def salvage_partials(root: Path, *, clock: Clock) -> Salvage:
    """Finish or remove every partial package; call it at start, before anything writes packages.

    A partial package that was sealed is moved to its name. One that holds the facts becomes a package that says that
    it is not complete, unless a whole one of the same incident stands already. Others are removed.

    Args:
        root: Folder of all packages; it need not exist.
        clock: Tells when a package was closed.

    Returns:
        What was done.

    Raises:
        EvidenceError: If the disk does not take it.
    """
    finished: list[Path] = []
    removed: list[Path] = []
    try:
        for aside in sorted(root.glob(f"{ASIDE_PREFIX}*")):
            _put_back(aside, root / aside.name.removeprefix(ASIDE_PREFIX))
        for partial in sorted(root.glob(f"{PARTIAL_PREFIX}*")):
            package = _finish(partial, clock)
            if package is None:
                shutil.rmtree(partial)
                removed.append(partial)
            else:
                finished.append(package)
    except OSError as error:
        raise EvidenceError(
            f"cannot put the packages in {root} in order: {error.strerror or error};"
            " free or repair that disk, then start again"
        ) from error
    return Salvage(tuple(finished), tuple(removed))


def _put_back(aside: Path, place: Path) -> None:
    if place.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(place)


def _finish(partial: Path, clock: Clock) -> Path | None:
    incident = _read_incident(partial)
    if incident is None:
        return None
    if (partial / MANIFEST_NAME).exists() and verify_package(partial).is_ok:
        return publish(partial, incident.incident_id)
    if (partial.parent / incident.incident_id).exists():
        return None
    (partial / MANIFEST_NAME).unlink(missing_ok=True)
    for temporary in partial.rglob(f"*{TEMPORARY_ENDING}"):
        temporary.unlink()
    return close_package(partial, incident.incident_id, (CRASH_NOTE,), clock)


def _read_incident(partial: Path) -> Incident | None:
    try:
        incident = incident_from_facts(json.loads((partial / FACTS_NAME).read_bytes()))
    except (FileNotFoundError, ValueError, FactsError):
        return None
    return incident if partial.name == f"{PARTIAL_PREFIX}{incident.incident_id}" else None

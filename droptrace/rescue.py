"""What is done for incidents whose camera process died before their evidence was whole."""

from collections.abc import Iterable
from pathlib import Path

from evidence.clock import Clock
from evidence.errors import EvidenceError
from evidence.incident import Incident
from evidence.package import write_package
from evidence.salvage import salvage_partials


def rescue_packages(root: Path, incidents: Iterable[Incident], clock: Clock) -> dict[str, Path]:
    """Give incidents a package with what is left: the partial one, or the facts alone.

    Nothing else may be writing packages below `root`.

    Args:
        root: Folder of the packages.
        incidents: Those that were judged and have no package yet.
        clock: Tells when a package was closed.

    Returns:
        The packages by incident. An incident whose facts the disk does not take is missing here; it is in the outbox.
    """
    rescued: dict[str, Path] = {}
    try:
        salvage_partials(root, clock=clock)
        for incident in incidents:
            if incident.fall.verdict == "rejected":
                continue
            folder = root / incident.incident_id
            if not folder.exists():
                folder = write_package(root, incident, None, (), clock=clock)
            rescued[incident.incident_id] = folder
    except EvidenceError:
        # The disk is full or gone, and the caller has said so already; what was rescued until then counts.
        return rescued
    return rescued

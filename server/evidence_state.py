"""Whether all evidence of an incident is here."""

from dataclasses import dataclass
from typing import Literal

from evidence.errors import ManifestError
from evidence.manifest import MANIFEST_NAME, read_manifest
from server.files import MediaFiles
from server.media import Media


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """How the files that arrived compare with the manifest of the package.

    Attributes:
        state: "waiting" (no manifest yet), "incomplete" (files are missing), "different" (a digest differs),
            "unreadable" (the manifest is not one) or "complete".
        missing: Names that the manifest lists and that are not here.
        different: Names that are here with another digest.
        listed: How many files the manifest lists.
    """

    state: Literal["waiting", "incomplete", "different", "unreadable", "complete"]
    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    listed: int = 0


def evidence_state(incident_id: str, media: tuple[Media, ...], files: MediaFiles) -> EvidenceState:
    """Compare an incident's files with its manifest.

    Args:
        incident_id: The incident.
        media: Its files as recorded; their digests were checked while they were stored.
        files: Where the manifest is read from.
    """
    digests = {file.name: file.sha256 for file in media}
    if MANIFEST_NAME not in digests:
        return EvidenceState("waiting")
    try:
        manifest = read_manifest(files.resolve(f"media/{incident_id}"))
    except ManifestError:
        return EvidenceState("unreadable")
    missing = tuple(file.name for file in manifest.files if file.name not in digests)
    different = tuple(file.name for file in manifest.files if digests.get(file.name, file.sha256) != file.sha256)
    if manifest.incident_id != incident_id:
        different = (MANIFEST_NAME, *different)
    state: Literal["different", "incomplete", "complete"] = "complete"
    if missing or different:
        state = "different" if different else "incomplete"
    return EvidenceState(state, missing, different, len(manifest.files))

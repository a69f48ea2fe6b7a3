"""The evidence package of an incident: originals, pictures, facts and manifest in one folder."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from evidence.clock import Clock
from evidence.errors import PackageError
from evidence.facts import facts_bytes, incident_facts
from evidence.folder import DISK_ERRORS, replace_folder, sync_tree, write_durably
from evidence.incident import Incident
from evidence.manifest import FACTS_NAME, MANIFEST_NAME, ORIGINAL_FOLDER, make_manifest, manifest_bytes
from evidence.originals import write_originals
from evidence.pictures import make_pictures
from evidence.ruler import FloorLine
from vision.source import Recording

PARTIAL_PREFIX = ".partial-"
ASIDE_PREFIX = ".aside-"

_SPAN_TOLERANCE_S = 0.1
_BYTES_PER_PIXEL_SECOND = 0.5
_PICTURE_BYTES_PER_PIXEL = 3.0


def write_package(
    root: Path,
    incident: Incident,
    recording: Recording | None,
    ruler: Sequence[FloorLine],
    *,
    clock: Clock,
    remarks: Sequence[str] = (),
) -> Path:
    """Write the evidence package of an incident; it appears whole or not at all.

    It grows in a hidden folder, facts first, and moves to its name when all of it is on the disk. A package of the
    same incident is replaced. What cannot be had (no recording, a damaged one) is told in the manifest's notes.

    Args:
        root: Folder of all packages; it is made where it is missing.
        incident: What happened.
        recording: The originals; None leaves the facts alone.
        ruler: Lower edges of the floors, (floor, (x, y), (x, y)) in pixels of the full frame; empty without geometry.
        clock: Tells when the package was closed.
        remarks: What is unusual about the recording, for the manifest's notes.

    Returns:
        The folder, `root/<incident_id>`.

    Raises:
        PackageError: If the disk does not take it; nothing is left behind.
        FactsError: If the incident holds a number that is not finite.
    """
    facts = facts_bytes(incident_facts(incident))
    partial = root / f"{PARTIAL_PREFIX}{incident.incident_id}"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        write_durably(partial / FACTS_NAME, facts)
        missing, unusual = _write_media(partial, incident, recording, ruler)
        return close_package(partial, incident.incident_id, missing, clock, [*remarks, *unusual])
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise PackageError(_explain(root, incident, error)) from error


def close_package(
    partial: Path, incident_id: str, missing: Sequence[str], clock: Clock, remarks: Sequence[str] = ()
) -> Path:
    """Seal a partial package with its manifest and move it to its name.

    Args:
        partial: The hidden folder with everything but the manifest.
        incident_id: Name of the package.
        missing: What is missing, in words.
        clock: Tells when the package was closed.
        remarks: What is unusual, but not missing.

    Returns:
        The package's folder.

    Raises:
        OSError: If the disk does not take it.
    """
    manifest = make_manifest(partial, incident_id, clock.utc_now(), tuple(missing), tuple(remarks))
    write_durably(partial / MANIFEST_NAME, manifest_bytes(manifest))
    return publish(partial, incident_id)


def publish(partial: Path, incident_id: str) -> Path:
    """Move a sealed partial package to its name, in place of an earlier one, and return the new folder."""
    sync_tree(partial)
    place = partial.parent / incident_id
    aside = partial.parent / f"{ASIDE_PREFIX}{incident_id}"
    shutil.rmtree(aside, ignore_errors=True)
    replace_folder(partial, place, aside)
    return place


def needed_bytes(incident: Incident) -> int:
    """Estimate the size of a package: a clip of 4 bits a pixel and second, and four pictures of 3 bytes a pixel."""
    pixels = incident.frame_width_px * incident.frame_height_px
    length_s = 0.0 if incident.recording is None else incident.recording.end_s - incident.recording.start_s
    return round(pixels * (length_s * _BYTES_PER_PIXEL_SECOND + 4 * _PICTURE_BYTES_PER_PIXEL))


def _write_media(
    partial: Path, incident: Incident, recording: Recording | None, ruler: Sequence[FloorLine]
) -> tuple[list[str], list[str]]:
    """Write originals and pictures; tell what is missing, and what is unusual."""
    if recording is None:
        return ["there is no recording: the facts stand alone"], []
    missing, remarks = write_originals(partial / ORIGINAL_FOLDER, recording)
    pictures = make_pictures(recording, incident, ruler)
    for name, content in pictures.files.items():
        write_durably(partial / name, content)
    return [*_span_notes(incident, recording), *missing, *pictures.notes], remarks


def _span_notes(incident: Incident, recording: Recording) -> list[str]:
    fall, notes = incident.fall, []
    late_s = recording.start_s - fall.release_s
    if late_s > _SPAN_TOLERANCE_S:
        notes.append(f"the recording begins {late_s:.1f} s after the release")
    early_s = fall.last_s - recording.end_s
    if early_s > _SPAN_TOLERANCE_S:
        notes.append(f"the recording ends {early_s:.1f} s before the object was last seen")
    return notes


def _explain(root: Path, incident: Incident, error: OSError) -> str:
    what = f"cannot write the evidence of incident {incident.incident_id} into {root}: {error.strerror or error}"
    if error.errno not in DISK_ERRORS:
        return f"{what}; make the folder writable for this program, or name another one"
    needed_mb = needed_bytes(incident) / 1e6
    free = f"{shutil.disk_usage(root).free / 1e6:.1f} MB are free" if root.exists() else "the folder is gone"
    return (
        f"{what}; about {needed_mb:.1f} MB are needed and {free}: delete what is no longer needed there,"
        " or name a folder on a larger disk"
    )

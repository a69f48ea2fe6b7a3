"""The list of a package's files with their digests: `manifest.json`."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evidence.clock import to_rfc3339
from evidence.digests import digest_file
from evidence.errors import ManifestError

SCHEMA = "droptrace.manifest/1"
MANIFEST_NAME = "manifest.json"
FACTS_NAME = "incident.json"
ORIGINAL_FOLDER = "original"
_MOST_BYTES = 16 << 20

Role = Literal["original", "derived", "record"]

_NAME_PATTERN = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,120}(?:/(?!\.)[A-Za-z0-9._-]{1,120})?")

_MEDIA_TYPES = {
    ".json": "application/json",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/matroska",
    ".webm": "video/webm",
    ".avi": "video/vnd.avi",
    ".ts": "video/mp2t",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A file of a package.

    Attributes:
        name: Path in the package, with "/" for one folder.
        size: Bytes; for people, since the digests cover the content.
        media_type: Such as "video/mp4".
        role: "original" as the camera made it, "derived" from the originals, or "record" of what was found.
        sha256: Digest in hexadecimal.
        sm3: Digest in hexadecimal.
    """

    name: str
    size: int
    media_type: str
    role: Role
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a package.

    Attributes:
        incident_id: Whose evidence it is.
        created_utc: When the package was closed, RFC 3339.
        complete: Whether everything that belongs to an incident is there.
        notes: What is missing or unusual, in words.
        files: Every file but the manifest itself, by name.
    """

    incident_id: str
    created_utc: str
    complete: bool
    notes: tuple[str, ...]
    files: tuple[ManifestEntry, ...]


def is_safe_name(name: str) -> bool:
    """Tell whether a name may stand in a manifest: letters, digits, `.`, `_`, `-`, one folder at most, none hidden."""
    return _NAME_PATTERN.fullmatch(name) is not None


def media_type_of(name: str) -> str:
    """Tell the media type by the name's ending; "application/octet-stream" when it is not known."""
    return _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def role_of(name: str) -> Role:
    """Tell the role of a file by where it lies: `original/`, the facts, or a picture made from the originals."""
    if name.startswith(f"{ORIGINAL_FOLDER}/"):
        return "original"
    return "record" if name == FACTS_NAME else "derived"


def make_manifest(
    folder: Path, incident_id: str, created_utc: datetime, missing: tuple[str, ...], remarks: tuple[str, ...] = ()
) -> Manifest:
    """List and digest every file of a folder but the manifest itself.

    Args:
        folder: The package.
        incident_id: Whose evidence it is.
        created_utc: When the package is closed.
        missing: What is missing, in words; the package is complete when there is nothing to say.
        remarks: What is unusual, but not missing.

    Raises:
        OSError: If a file cannot be read.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = tuple(_entry(folder, name) for name in names if name != MANIFEST_NAME)
    return Manifest(incident_id, to_rfc3339(created_utc), not missing, (*missing, *remarks), files)


def manifest_bytes(manifest: Manifest) -> bytes:
    """Write a manifest as UTF-8 JSON with sorted keys: the same manifest gives the same bytes."""
    document = {"schema": SCHEMA} | asdict(manifest)
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a package.

    Raises:
        ManifestError: If it is missing, too large or not a manifest; the message names the key.
    """
    path = folder / MANIFEST_NAME
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}; is this the folder of a package?") from error
    if len(content) > _MOST_BYTES:
        raise ManifestError(f"{path} has more than {_MOST_BYTES} bytes; it is not the manifest of a package")
    try:
        return _Document.model_validate_json(content).to_manifest()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ManifestError(f"{path} is not a manifest: {key}: {first['msg']}") from error


def _entry(folder: Path, name: str) -> ManifestEntry:
    digests = digest_file(folder / name)
    return ManifestEntry(name, digests.size, media_type_of(name), role_of(name), digests.sha256, digests.sm3)


_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    size: int = 0
    media_type: str
    role: Role
    sha256: _Digest
    sm3: _Digest

    def to_entry(self) -> ManifestEntry:
        return ManifestEntry(self.name, self.size, self.media_type, self.role, self.sha256, self.sm3)


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_: Literal["droptrace.manifest/1"] = Field(alias="schema")
    incident_id: str
    created_utc: str
    complete: bool
    notes: tuple[str, ...]
    files: tuple[_File, ...]

    def to_manifest(self) -> Manifest:
        files = tuple(file.to_entry() for file in self.files)
        return Manifest(self.incident_id, self.created_utc, self.complete, self.notes, files)

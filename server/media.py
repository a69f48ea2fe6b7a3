"""Media: which files of evidence arrived for an incident."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from server import schema
from server.database import writing
from server.errors import OtherContentError, UnknownIncidentError
from server.incident import find_incident

MEDIA_NAME_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$"
LONGEST_MEDIA_NAME = 200
MediaRole = Literal["original", "derived", "record"]
ROLES: tuple[MediaRole, ...] = ("original", "derived", "record")
_media = schema.media


@dataclass(frozen=True, slots=True)
class Media:
    """One file of evidence.

    Attributes:
        incident_id: The incident it belongs to.
        name: Its path in the evidence package.
        role: "original" (as recorded), "derived" (made from it) or "record" (facts, manifest, signature).
        content_type: As the edge box named it.
        size_bytes: Its size.
        sha256: Its digest in hexadecimal digits, checked while it was stored.
        path: Where it is, from `data_dir`.
        stored_utc: When it was stored here.
    """

    incident_id: str
    name: str
    role: MediaRole
    content_type: str
    size_bytes: int
    sha256: str
    path: str
    stored_utc: datetime


class MediaStore:
    """Keeps the list of media in the database; the files themselves are in `server.files`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, media: Media, place: Callable[[], None]) -> bool:
        """Record a file.

        Args:
            media: The file.
            place: Moves the file to its path. It runs inside the transaction and only when the name is free, so that of
                two uploads at a time one wins and the other cannot overwrite it; killed in between, the file is there
                without a record, and the next upload replaces it.

        Returns:
            True where it was stored, False where the same bytes were there already.

        Raises:
            UnknownIncidentError: There is no such incident.
            OtherContentError: Another content is stored under that name.
        """
        if self._is_known(media):
            return False
        try:
            with writing(self._engine).begin() as connection:
                if find_incident(connection, media.incident_id) is None:
                    raise UnknownIncidentError(f"incident {media.incident_id} is not known; send its facts first")
                connection.execute(insert(_media).values(**asdict(media)))
                place()
        except IntegrityError:
            # The same name came over another connection between the look and the insert.
            if not self._is_known(media):
                raise
            return False
        return True

    def find(self, incident_id: str, name: str) -> Media | None:
        """Return one file of an incident, or None."""
        with self._engine.begin() as connection:
            return _find(connection, incident_id, name)

    def all_of(self, incident_id: str) -> tuple[Media, ...]:
        """Return all files of an incident by name."""
        return self.all_of_many([incident_id]).get(incident_id, ())

    def all_of_many(self, incident_ids: Sequence[str]) -> dict[str, tuple[Media, ...]]:
        """Return the files of several incidents by their ids; an incident without files has no entry."""
        query = select(_media).where(_media.c.incident_id.in_(incident_ids)).order_by(_media.c.name)
        found: dict[str, tuple[Media, ...]] = {}
        with self._engine.begin() as connection:
            for row in connection.execute(query).mappings():
                media = Media(**row)
                found[media.incident_id] = (*found.get(media.incident_id, ()), media)
        return found

    def _is_known(self, media: Media) -> bool:
        with self._engine.begin() as connection:
            stored = _find(connection, media.incident_id, media.name)
        if stored is not None and stored.sha256 != media.sha256:
            raise OtherContentError(f"{media.name} of incident {media.incident_id} is stored with another content")
        return stored is not None


def _find(connection: Connection, incident_id: str, name: str) -> Media | None:
    query = select(_media).where(_media.c.incident_id == incident_id, _media.c.name == name)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Media(**row)

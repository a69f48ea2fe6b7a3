"""What is still to be sent, kept on the disk until its arrival is known."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from evidence.digests import digest_file
from evidence.errors import ManifestError, OutboxError
from evidence.incident import Incident
from evidence.manifest import MANIFEST_NAME, media_type_of, read_manifest

Kind = Literal["order", "media"]

_LONGEST_WAIT_S = 2 * 86_400.0
_BUSY_TIMEOUT_S = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS incidents (
    incident_id TEXT PRIMARY KEY,
    facts TEXT NOT NULL,
    added_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
    delivery_id INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('order', 'media')),
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    media_type TEXT NOT NULL,
    role TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'lost')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL,
    hurries INTEGER NOT NULL DEFAULT 0,
    settled_at REAL,
    last_error TEXT,
    UNIQUE (incident_id, name)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (kind, due_at) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS closed_addresses (
    url TEXT PRIMARY KEY,
    closed_at REAL NOT NULL,
    reason TEXT NOT NULL
) STRICT;
"""

_DUE = """
SELECT d.delivery_id, d.incident_id, i.facts, d.attempts, d.kind, d.name, d.path, d.media_type, d.role, d.sha256
FROM deliveries d JOIN incidents i USING (incident_id)
WHERE d.state = 'waiting' AND d.kind = :kind AND (d.due_at <= :now OR d.due_at > :far)
AND (d.kind = 'order' OR (
    EXISTS (SELECT 1 FROM deliveries o
        WHERE o.incident_id = d.incident_id AND o.kind = 'order' AND o.state = 'delivered')
    AND (d.name <> :manifest OR NOT EXISTS (
        SELECT 1 FROM deliveries m WHERE m.incident_id = d.incident_id AND m.kind = 'media'
        AND m.name <> :manifest AND m.state = 'waiting'))))
ORDER BY d.due_at, d.delivery_id LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of a package that is to be sent.

    Attributes:
        name: Its path in the package.
        path: Where it lies.
        media_type: Such as "image/jpeg".
        role: "original", "derived" or "record".
        sha256: Digest as it was sealed, hexadecimal.
    """

    name: str
    path: Path
    media_type: str
    role: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that is to be sent: the facts of an incident, or one of its files.

    Attributes:
        delivery_id: Its row.
        incident_id: The incident it belongs to.
        facts: The facts of the incident.
        media: The file; None where the facts themselves are to be sent.
        attempts: How often it was tried in vain.
    """

    delivery_id: int
    incident_id: str
    facts: dict[str, object]
    media: MediaFile | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An incident of which nothing is left to send: all has arrived, package included, or it is not sent on at all.

    Attributes:
        incident_id: The incident.
        facts: Its facts.
        manifest: Where the manifest of its package lay when it was queued; None of one that is not sent on.
        sha256: Digests of the files by their path in the package, the manifest's too; none of one that is not sent on.
    """

    incident_id: str
    facts: dict[str, object]
    manifest: Path | None
    sha256: dict[str, str]


class Outbox:
    """Incidents and what of them is still to be sent, in an SQLite file; threads and processes may share it.

    A commit is on the disk when a method returns (WAL, synchronous=FULL).
    """

    def __init__(self, path: Path) -> None:
        """Open or make the outbox.

        Args:
            path: The SQLite file; its folder is made where it is missing.

        Raises:
            OutboxError: If it cannot be opened.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(self._explain(error)) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise OutboxError(self._explain(error)) from error

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._connection.close()

    def add(self, incident: Incident, facts: dict[str, object], now: datetime) -> None:
        """Record an incident, and its order where one is due, in one transaction.

        Args:
            incident: One that is known already, by its key, is passed over.
            facts: Its facts, from `incident_facts`.
            now: Time of recording.

        Raises:
            OutboxError: If it cannot be written.
        """
        moment = now.timestamp()
        with self._transaction() as connection:
            row = (incident.incident_id, json.dumps(facts, ensure_ascii=False, allow_nan=False), moment)
            added = connection.execute("INSERT INTO incidents VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
            if added.rowcount and incident.is_sent_on:
                connection.execute(
                    "INSERT INTO deliveries (incident_id, kind, name, path, media_type, role, sha256, due_at)"
                    " VALUES (?, 'order', '', '', 'application/cloudevents+json', 'record', '', ?)",
                    (incident.incident_id, moment),
                )

    def add_media(self, incident_id: str, package: Path, now: datetime) -> int:
        """Queue every file of a package, the manifest last; a file that waits already takes its new content.

        Args:
            incident_id: One that has an order; nothing is queued for another.
            package: Folder of the package.
            now: Time of queueing.

        Returns:
            How many files are queued.

        Raises:
            ManifestError: If the package has no readable manifest.
            OutboxError: If it cannot be written.
        """
        listed = read_manifest(package).files
        try:
            manifest_sha256 = digest_file(package / MANIFEST_NAME).sha256
        except OSError as error:
            # Deleted in this moment, since it was old.
            raise ManifestError(f"{package / MANIFEST_NAME} cannot be read: {error.strerror}") from error
        files = [(entry.name, entry.media_type, str(entry.role), entry.sha256) for entry in listed]
        files.append((MANIFEST_NAME, media_type_of(MANIFEST_NAME), "record", manifest_sha256))
        with self._transaction() as connection:
            query = "SELECT 1 FROM deliveries WHERE incident_id = ? AND kind = 'order'"
            if connection.execute(query, (incident_id,)).fetchone() is None:
                return 0
            connection.executemany(
                "INSERT INTO deliveries (incident_id, kind, name, path, media_type, role, sha256, due_at)"
                " VALUES (?, 'media', ?, ?, ?, ?, ?, ?) ON CONFLICT (incident_id, name) DO UPDATE"
                " SET path = excluded.path, sha256 = excluded.sha256, state = 'waiting' WHERE state <> 'delivered'",
                [
                    (incident_id, name, str((package / name).resolve()), media_type, role, sha256, now.timestamp())
                    for name, media_type, role, sha256 in files
                ],
            )
        return len(files)

    def due(self, now: datetime, kind: Kind, most: int = 1) -> tuple[Delivery, ...]:
        """Tell what is to be sent now, longest due first.

        Media wait for the order of their incident to have arrived, and the manifest for all other files. A row that
        is due in the far future, because the clock was set back, counts as due.

        Args:
            now: The time.
            kind: Orders or media.
            most: How many at most.
        """
        moment = now.timestamp()
        values = {
            "kind": kind,
            "now": moment,
            "far": moment + _LONGEST_WAIT_S,
            "manifest": MANIFEST_NAME,
            "most": most,
        }
        with self._reading() as connection:
            return tuple(_delivery(row) for row in connection.execute(_DUE, values))

    def delivered(self, delivery_id: int, now: datetime) -> None:
        """Note that something is known to have arrived."""
        self._change(
            "UPDATE deliveries SET state = 'delivered', settled_at = ?, last_error = NULL WHERE delivery_id = ?",
            (now.timestamp(), delivery_id),
        )

    def failed(self, delivery_id: int, retry_at: datetime, error: str, *, hurries: bool = False) -> None:
        """Note that an attempt failed, and when the next one is.

        Args:
            delivery_id: The row.
            retry_at: When to try again.
            error: Why it failed, in words.
            hurries: Whether only the way to the receiver was at fault: `hurry` makes it due as soon as that is open.
        """
        self._change(
            "UPDATE deliveries SET attempts = attempts + 1, due_at = ?, last_error = ?, hurries = ?"
            " WHERE delivery_id = ?",
            (retry_at.timestamp(), error, int(hurries), delivery_id),
        )

    def lost(self, delivery_id: int, error: str, now: datetime) -> None:
        """Note that something can never be sent, since its file is gone; the row stays as a record."""
        self._change(
            "UPDATE deliveries SET state = 'lost', settled_at = ?, last_error = ? WHERE delivery_id = ?",
            (now.timestamp(), error, delivery_id),
        )

    def hurry(self, now: datetime) -> None:
        """Make due at once what waits only because the receiver could not be reached."""
        self._change(
            "UPDATE deliveries SET due_at = ?, hurries = 0 WHERE state = 'waiting' AND hurries = 1", (now.timestamp(),)
        )

    def close_address(self, url: str, reason: str, now: datetime) -> None:
        """Note that nothing may be sent to an address any more."""
        row = (url, now.timestamp(), reason)
        self._change("INSERT INTO closed_addresses VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)

    def reopen_address(self, url: str) -> None:
        """Allow an address again; a person decides that."""
        self._change("DELETE FROM closed_addresses WHERE url = ?", (url,))

    def is_closed(self, url: str) -> bool:
        """Tell whether nothing may be sent to an address any more."""
        with self._reading() as connection:
            return connection.execute("SELECT 1 FROM closed_addresses WHERE url = ?", (url,)).fetchone() is not None

    def depth(self, kind: Kind | None = None) -> int:
        """Count what is still to be sent, of one kind or of both."""
        with self._reading() as connection:
            query = "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND (? IS NULL OR kind = ?)"
            return int(connection.execute(query, (kind, kind)).fetchone()[0])

    def oldest_age_s(self, now: datetime, kind: Kind = "order") -> float | None:
        """Tell for how many seconds the oldest undelivered order (or file) has waited; None when none does."""
        with self._reading() as connection:
            query = (
                "SELECT min(i.added_at) FROM deliveries d JOIN incidents i USING (incident_id)"
                " WHERE d.state = 'waiting' AND d.kind = ?"
            )
            oldest = connection.execute(query, (kind,)).fetchone()[0]
        return None if oldest is None else max(0.0, now.timestamp() - float(oldest))

    def last_errors(self) -> dict[str, str]:
        """Tell why deliveries wait or were lost: the last error by "incident_id/name"."""
        with self._reading() as connection:
            query = (
                "SELECT incident_id || '/' || name, last_error FROM deliveries"
                " WHERE state <> 'delivered' AND last_error IS NOT NULL"
            )
            return {str(key): str(error) for key, error in connection.execute(query)}

    def settled(self, incident_id: str) -> Settled | None:
        """Tell of an incident of which nothing is left to send; None of any other, and of one that is not known."""
        with self._reading() as connection:
            known = connection.execute("SELECT facts FROM incidents WHERE incident_id = ?", (incident_id,)).fetchone()
            query = "SELECT kind, name, path, sha256, state FROM deliveries WHERE incident_id = ?"
            rows = connection.execute(query, (incident_id,)).fetchall()
        paths = {name: Path(path) for kind, name, path, _, _ in rows if kind == "media"}
        is_whole = not rows or (MANIFEST_NAME in paths and len(rows) > len(paths))
        if known is None or not is_whole or any(state != "delivered" for *_, state in rows):
            return None
        sha256 = {name: sha256 for kind, name, _, sha256, _ in rows if kind == "media"}
        return Settled(incident_id, json.loads(known[0]), paths.get(MANIFEST_NAME), sha256)

    def forget(self, incident_id: str) -> None:
        """Know nothing more of an incident, unless something of it is still to be sent."""
        self._change(
            "DELETE FROM incidents WHERE incident_id = ? AND NOT EXISTS"
            " (SELECT 1 FROM deliveries d WHERE d.incident_id = incidents.incident_id AND d.state = 'waiting')",
            (incident_id,),
        )

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        self._connection.executescript(_SCHEMA)

    def _change(self, statement: str, values: tuple[object, ...]) -> None:
        with self._transaction() as connection:
            connection.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as error:
            raise OutboxError(self._explain(error)) from error

    def _explain(self, error: Exception) -> str:
        return (
            f"the outbox {self._path} cannot be used: {error}; check that the file is on a local disk, that the disk is"
            " not full, and that this program may write there"
        )


def _delivery(row: tuple[str | int, ...]) -> Delivery:
    delivery_id, incident_id, facts, attempts, kind, name, path, media_type, role, sha256 = row
    media = MediaFile(str(name), Path(str(path)), str(media_type), str(role), str(sha256))
    return Delivery(
        delivery_id=int(delivery_id),
        incident_id=str(incident_id),
        facts=json.loads(str(facts)),
        media=media if kind == "media" else None,
        attempts=int(attempts),
    )

"""SERVER.toml: what the command centre is told before it starts."""

import base64
import binascii
import difflib
import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from server.errors import SettingsError

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
SECRET_PREFIX = "whsec_"
_SHORTEST_TOKEN = 16
_SHORTEST_SECRET_BYTES = 16
_BACKENDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What SERVER.toml says; each field is the key of that name.

    Attributes:
        data_dir: Folder of the media and, by default, of the database. A relative one starts at the file's folder.
        host: Address to listen on. Other than loopback only with a token.
        port: TCP port; 0 takes any free one.
        database: SQLAlchemy URL; empty for a SQLite file in `data_dir`.
        token: What edge boxes and people must know; empty for none.
        webhook_secret: `whsec_...`; when set, every incident and heartbeat must be signed with it.
        language: Of the pages, where the browser does not say.
        time_zone: IANA name of the zone in which pages show times.
        max_body_bytes: Largest incident taken in.
        max_media_bytes: Largest file of evidence taken in.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8600
    database: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    language: Language = "zh"
    time_zone: str = "UTC"
    max_body_bytes: int = 65_536
    max_media_bytes: int = 536_870_912

    @property
    def database_url(self) -> str:
        """The URL to open: the one given, else the SQLite file in `data_dir`."""
        return self.database or f"sqlite:///{self.data_dir / 'droptrace.sqlite3'}"

    @property
    def secret_bytes(self) -> bytes | None:
        """The key under `webhook_secret`, or None where signatures are not asked for."""
        return decode_secret(self.webhook_secret) if self.webhook_secret else None


def load_settings(path: Path) -> ServerSettings:
    """Read SERVER.toml.

    Args:
        path: The file.

    Returns:
        The settings, checked.

    Raises:
        SettingsError: The file cannot be read, or a key is unknown, missing or wrong; the message names it.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); give the path of a SERVER.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from error
    try:
        return _settings(table, path.resolve().parent)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from error


def decode_secret(secret: str) -> bytes:
    """Return the key bytes of a `whsec_...` secret (Standard Webhooks).

    Raises:
        SettingsError: It has another form, or is too short to protect anything.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"webhook_secret: what follows {SECRET_PREFIX} must be base64") from error
    if not secret.startswith(SECRET_PREFIX) or len(key) < _SHORTEST_SECRET_BYTES:
        raise SettingsError(
            f"webhook_secret: write {SECRET_PREFIX} and the base64 of {_SHORTEST_SECRET_BYTES} or more random bytes"
        )
    return key


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address or name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _settings(table: Mapping[str, Any], folder: Path) -> ServerSettings:
    _refuse_unknown(table)
    if "data_dir" not in table:
        raise SettingsError('data_dir: is missing; name the folder for the evidence, such as data_dir = "var/server"')
    for key, value in table.items():
        _check_type(key, value)
    values = {**table, "data_dir": folder / cast(str, table["data_dir"])}
    settings = ServerSettings(**values)
    _check_values(settings)
    return settings


def _refuse_unknown(table: Mapping[str, Any]) -> None:
    known = [one.name for one in fields(ServerSettings)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise SettingsError(f"{key}: unknown key; {hint}")


def _check_type(key: str, value: object) -> None:
    if key in ("port", "max_body_bytes", "max_media_bytes"):
        if not isinstance(value, int) or isinstance(value, bool):
            raise SettingsError(f"{key}: must be a whole number, not {value!r}")
    elif not isinstance(value, str):
        raise SettingsError(f"{key}: must be text in quotes, not {value!r}")


def _check_values(settings: ServerSettings) -> None:
    if not 0 <= settings.port <= 65_535:
        raise SettingsError(f"port: must be 0 to 65535, not {settings.port}")
    for key, value in (("max_body_bytes", settings.max_body_bytes), ("max_media_bytes", settings.max_media_bytes)):
        if value < 1:
            raise SettingsError(f"{key}: must be 1 or more, not {value}")
    if settings.language not in LANGUAGES:
        raise SettingsError(f'language: must be "zh" or "en", not "{settings.language}"')
    if settings.token and (len(settings.token) < _SHORTEST_TOKEN or not settings.token.isascii()):
        raise SettingsError(f"token: must have {_SHORTEST_TOKEN} or more ASCII characters, so that nobody guesses it")
    if not settings.token and not is_loopback(settings.host):
        raise SettingsError(
            f'host: "{settings.host}" can be reached from other machines, and there is no token; '
            'set token to a long random text, or host to "127.0.0.1"'
        )
    if settings.webhook_secret:
        decode_secret(settings.webhook_secret)
    _check_time_zone(settings.time_zone)
    _check_database(settings.database)


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f'time_zone: "{name}" is not known here; write an IANA name such as "Asia/Shanghai" '
            "(and install the package tzdata where the system has no zones)"
        ) from error


def _check_database(database: str) -> None:
    if not database:
        return
    try:
        backend = make_url(database).get_backend_name()
    except ArgumentError as error:
        raise SettingsError("database: is not an SQLAlchemy URL such as postgresql+psycopg://user@host/name") from error
    if backend not in _BACKENDS:
        raise SettingsError(f"database: {backend} is not supported; use sqlite or postgresql+psycopg")

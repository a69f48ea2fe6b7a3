"""Opening the database and bringing its tables up to date."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from server.errors import DatabaseError

_WRITES = "droptrace_writes"
_BUSY_TIMEOUT_S = 5


def open_database(url: str) -> Engine:
    """Connect to a database and apply the migrations that it lacks.

    Args:
        url: SQLAlchemy URL, `sqlite:///...` or `postgresql+psycopg://...`.

    Raises:
        DatabaseError: It cannot be reached or opened, is locked, or was made by a newer version.
    """
    shown = make_url(url).render_as_string(hide_password=True)
    try:
        engine = _engine(url)
    except ModuleNotFoundError as error:
        raise DatabaseError(f"database {shown}: driver {error.name} is missing; install droptrace[scale]") from error
    try:
        with writing(engine).begin() as connection:
            _migrate(connection)
    except CommandError as error:
        engine.dispose()
        raise DatabaseError(f"database {shown}: was made by a newer version; update droptrace ({error})") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        cause = error.__cause__ or error
        raise DatabaseError(
            f"database {shown}: cannot be opened ({cause}); check that it exists, may be written, "
            "and that no other program holds it"
        ) from error
    return engine


def writing(engine: Engine) -> Engine:
    """Return the same engine for transactions that write.

    SQLite then takes its write lock when the transaction begins: one that reads first and writes later could otherwise
    fail at once with "database is locked", without waiting.
    """
    return engine.execution_options(**{_WRITES: True})


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    waits = {} if "timeout" in make_url(url).query else {"timeout": _BUSY_TIMEOUT_S}
    engine = create_engine(url, connect_args=waits)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # this module begins transactions, not the driver
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

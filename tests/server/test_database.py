import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from server.database import open_database
from server.errors import DatabaseError
from server.schema import metadata
from tests.server.running import NOW

ROW = {
    "incident_id": "one",
    "payload_sha256": "0" * 64,
    "facts": {},
    "camera_id": "3-north",
    "verdict": "confirmed",
    "below_min_floor": False,
    "happened_utc": NOW,
    "received_utc": NOW,
    "review_state": "new",
}


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


def test_migrations_make_the_tables_of_the_schema_on_both_databases(database: str, tmp_path: Path) -> None:
    engine = open_database(database or f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_database_of_the_version_before_is_brought_up_to_date_with_what_is_in_it(database: str, tmp_path: Path) -> None:
    url = database or f"sqlite:///{tmp_path / 'a.sqlite3'}"
    engine = open_database(url)
    with engine.begin() as connection:
        for table in ("boxes", "blind_days"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        connection.execute(insert(metadata.tables["incidents"]).values(**ROW))
    engine.dispose()
    engine = open_database(url)
    with engine.connect() as connection:
        assert connection.execute(select(metadata.tables["incidents"].c.incident_id)).scalars().all() == ["one"]
        assert connection.execute(select(metadata.tables["boxes"])).all() == []
        assert connection.execute(select(metadata.tables["blind_days"])).all() == []
    engine.dispose()


def test_database_is_opened_again_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite3'}"
    open_database(url).dispose()
    before = (tmp_path / "a.sqlite3").read_bytes()
    open_database(url).dispose()
    assert (tmp_path / "a.sqlite3").read_bytes() == before


def test_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(DatabaseError, match="newer version"):
        open_database(f"sqlite:///{path}")


def test_file_that_is_no_database_and_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").write_text("this is not a database, but a text that is long enough to look like one" * 9)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with pytest.raises(DatabaseError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path / 'none' / 'a.sqlite3'}")


def test_database_that_another_program_holds_is_told(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseError, match="no other program holds it"):
        open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}?timeout=0.01")
    holder.close()


def test_password_of_the_database_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database("postgresql+psycopg://user:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)

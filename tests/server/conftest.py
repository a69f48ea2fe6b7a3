from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.postgres import IS_HERE, Postgres, postgres
from tests.server.running import Centre, Host, settings_in


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    one = Host()
    yield one
    one.close()


@pytest.fixture
def centre(tmp_path: Path, host: Host) -> Iterator[Centre]:
    with host.running(settings_in(tmp_path)) as one:
        yield one


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[Postgres]:
    if not IS_HERE:
        pytest.skip("needs PostgreSQL and psycopg")
    with postgres() as one:
        yield one


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind; empty text stands for the SQLite file of the data_dir."""
    if request.param == "sqlite":
        return ""
    own: Postgres = request.getfixturevalue("own_postgres")
    return own.new_url()


@pytest.fixture
def either_centre(tmp_path: Path, host: Host, database: str) -> Iterator[Centre]:
    """A command centre on each kind of database."""
    with host.running(settings_in(tmp_path, database=database)) as one:
        yield one

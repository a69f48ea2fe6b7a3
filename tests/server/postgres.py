"""A PostgreSQL of the tests' own, in a folder of its own, reached by a socket in it."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = ":".join(map(str, [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), os.environ["PATH"]]))
_INITDB, _PG_CTL = (shutil.which(name, path=_PROGRAMS) for name in ("initdb", "pg_ctl"))
IS_HERE = _INITDB is not None and _PG_CTL is not None and importlib.util.find_spec("psycopg") is not None


class Postgres:
    """A running server that makes empty databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def new_url(self) -> str:
        """Make a database and return its URL."""
        self._made += 1
        name = f"test_{self._made}"
        _run(
            "psql", "-q", "-h", str(self._folder), "-U", "droptrace", "-d", "postgres", "-c", f"CREATE DATABASE {name}"
        )
        return f"postgresql+psycopg://droptrace@/{name}?host={self._folder}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server; it refuses to run as root, so root hands it to the user `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="droptrace-pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    try:
        _run(str(_INITDB), "-D", data, "-U", "droptrace", "-A", "trust", "-E", "UTF8", "-N", user=user, cwd=folder)
        log = str(folder / "log")
        _run(str(_PG_CTL), "-D", data, "-o", options, "-l", log, "-w", "start", user=user, cwd=folder)
        try:
            yield Postgres(folder)
        finally:
            _run(str(_PG_CTL), "-D", data, "-m", "immediate", "-w", "stop", user=user, cwd=folder)
    finally:
        shutil.rmtree(folder)


def _run(*command: str, user: str | None = None, cwd: Path | None = None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=cwd)

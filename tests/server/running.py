"""A command centre that runs, on a free port of this machine, with a clock that the test moves."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from server.app import create_app
from server.settings import ServerSettings

TOKEN = "a-token-of-enough-letters"
NOW = datetime(2026, 11, 23, 3, 5, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_utc: datetime = NOW) -> None:
        self._now_utc = now_utc

    def now_utc(self) -> datetime:
        return self._now_utc

    def advance(self, by: timedelta) -> None:
        self._now_utc += by


@dataclass(frozen=True)
class Centre:
    """A running command centre: its address, a client for it, its settings, and its clock."""

    url: str
    client: httpx.Client
    settings: ServerSettings
    clock: ManualClock


@contextmanager
def running(settings: ServerSettings, clock: ManualClock | None = None) -> Iterator[Centre]:
    """Run a command centre; the client sends the token of the settings."""
    clock = clock or ManualClock()
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(create_app(settings, clock), log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
    try:
        # The socket listens already: requests wait until the server takes them.
        with httpx.Client(base_url=url, headers=headers, timeout=20, verify=False) as client:
            yield Centre(url, client, settings, clock)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def settings_in(folder: Path, **values: object) -> ServerSettings:
    """Settings with a data_dir of its own."""
    return ServerSettings(data_dir=folder / "data", **values)  # type: ignore[arg-type]

"""A command centre that runs, on a free port of this machine, with a clock that the test moves."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

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


class Host:
    """A web server on a free port that carries one command centre after another."""

    def __init__(self) -> None:
        self._app: FastAPI | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(self, log_config=None, access_log=False, lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)

    @contextmanager
    def running(self, settings: ServerSettings, clock: ManualClock | None = None) -> Iterator[Centre]:
        """Run a command centre; the client sends the token of the settings."""
        clock = clock or ManualClock()
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
        self._app = create_app(settings, clock)
        try:
            with httpx.Client(base_url=url, headers=headers, timeout=20, verify=False) as client:
                yield Centre(url, client, settings, clock)
        finally:
            asyncio.run(_begin_and_end(self._app))

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


async def _begin_and_end(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        pass


def settings_in(folder: Path, **values: object) -> ServerSettings:
    """Settings with a data_dir of its own."""
    return ServerSettings(data_dir=folder / "data", **values)  # type: ignore[arg-type]

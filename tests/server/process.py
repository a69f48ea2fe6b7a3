"""A command centre as a process of its own, that can be killed.

`python -m tests.server.process SERVER.toml [die]`: with `die` the process kills itself when the answer to a POST or a
PUT is ready, that is after the commit and before a byte is sent.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.app import create_app
from server.clock import SystemClock
from server.errors import ServerError
from server.service import serve
from server.settings import ServerSettings, load_settings

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServerProcess:
    """A started process and where it listens."""

    process: subprocess.Popen[str]
    url: str
    port: int

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def server_process(config: Path, *mode: str) -> Iterator[ServerProcess]:
    """Start a server and wait until it listens."""
    command = [sys.executable, "-m", "tests.server.process", str(config), *mode]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = next(line for line in process.stdout if "listens" in line)
            port = int(json.loads(line)["port"])
            yield ServerProcess(process, f"http://127.0.0.1:{port}", port)
        finally:
            process.kill()


def write_config(folder: Path, text: str = "") -> Path:
    path = folder / "server.toml"
    path.write_text(f'data_dir = "data"\nport = 0\n{text}', encoding="utf-8")
    return path


def _dying(app: ASGIApp) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_or_die(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] in ("POST", "PUT"):
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await app(scope, receive, send_or_die)

    return run


def _serve_until_the_first_answer(settings: ServerSettings) -> None:
    config = uvicorn.Config(_dying(create_app(settings, SystemClock())), log_config=None)
    listener = socket.create_server(("127.0.0.1", 0))
    structlog.get_logger().info("listens", port=listener.getsockname()[1])
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])
    settings = load_settings(Path(sys.argv[1]))
    if sys.argv[2:] == ["die"]:
        _serve_until_the_first_answer(settings)
        return
    try:
        serve(settings)
    except ServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

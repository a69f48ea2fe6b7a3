"""The command centre as a running program."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn

from server.app import create_app
from server.clock import SystemClock
from server.errors import ServerError
from server.files import MediaFiles
from server.lock import DataDirLock
from server.settings import ServerSettings

_SHUTDOWN_S = 10


def serve(settings: ServerSettings) -> None:
    """Run until the process is told to end (SIGINT or SIGTERM); requests under way are answered before.

    Args:
        settings: From SERVER.toml.

    Raises:
        ServerError: The port or the data_dir is in use, or the folders or the database cannot be opened.
    """
    log = structlog.get_logger("server")
    with DataDirLock(settings.data_dir), _listen(settings) as listener:
        left = MediaFiles(settings.data_dir).clear_incoming()
        app = create_app(settings, SystemClock())
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_S,
        )
        host, port = listener.getsockname()[:2]
        log.info("command centre listens", host=host, port=port, unfinished_uploads_deleted=left)
        with _ending_quietly():
            uvicorn.Server(config).run(sockets=[listener])
    log.info("command centre ended")


@contextmanager
def _ending_quietly() -> Iterator[None]:
    """Make the end by a signal an ordinary return.

    The web server raises the signal once more when it has shut down; the default handlers would then kill the process
    before the lock and the log are closed.
    """

    def ignore(_signal: int, _frame: FrameType | None) -> None:
        return

    before = {number: signal.signal(number, ignore) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(settings: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ServerError(
            f"host {settings.host}, port {settings.port}: cannot listen there ({error.strerror}); "
            "stop what uses the port, or set another one in SERVER.toml"
        ) from error
    return listener

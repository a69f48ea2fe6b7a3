"""A server of this process, for as long as it is asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import BaseServer


@contextmanager
def served(server: BaseServer, stop: Callable[[], None]) -> Iterator[None]:
    """Serve until the end of the block; `stop` lets those go who are being answered."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        stop()
        server.shutdown()
        thread.join()
        server.server_close()

"""A wire between edge box and command centre, on which the centre is killed at a chosen moment."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Literal

from tests.journeys.centre import Centre

Moment = Literal["before", "during", "after"]


class Wire:
    """Carries requests one by one; at the first order or file (by its method) the centre is killed, once.

    Attributes:
        url: Address for orders, on this end of the wire.
        happened: Set when the centre was killed.
    """

    def __init__(self, centre: Centre, method: str, moment: Moment) -> None:
        self.happened = threading.Event()
        self._centre = centre
        self._method = method
        self._moment = moment
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1/incidents"
        self._turn = threading.Lock()

    def listen(self) -> None:
        """Take connections until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry_all, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry_all(self, box: socket.socket) -> None:
        with box, box.makefile("rb") as requests:
            try:
                while head := _read_head(requests):
                    body = requests.read(_length(head))
                    with self._turn:
                        answer = self._carry(head, body)
                    if not answer:
                        return
                    box.sendall(answer)
            except OSError:
                return

    def _carry(self, head: bytes, body: bytes) -> bytes:
        """Carry one request and give the answer; nothing where the centre is gone."""
        moment = None
        if not self.happened.is_set() and head.startswith(f"{self._method} /api/v1/incidents".encode()):
            moment = self._moment
        if moment == "before":
            return self._kill()
        with socket.create_connection(("127.0.0.1", self._centre.port)) as centre, centre.makefile("rb") as answers:
            if moment == "during":
                centre.sendall(head + body[: len(body) // 2])
                return self._kill()
            centre.sendall(head + body)
            answer = _read_head(answers)
            if moment == "after":
                # It has answered, so it has taken it in; the box never hears of that.
                return self._kill()
            return answer + answers.read(_length(answer))

    def _kill(self) -> bytes:
        self._centre.kill()
        self.happened.set()
        return b""


@contextmanager
def wire(centre: Centre, method: str, moment: Moment) -> Iterator[Wire]:
    one = Wire(centre, method, moment)
    thread = threading.Thread(target=one.listen)
    thread.start()
    try:
        yield one
    finally:
        one.close()
        thread.join()


def _read_head(stream: BufferedReader) -> bytes:
    lines = []
    while (line := stream.readline()) and line != b"\r\n":
        lines.append(line)
    return b"".join([*lines, line]) if lines else b""


def _length(head: bytes) -> int:
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0

"""A receiver of work orders on a real socket that can be told to misbehave."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Handler"], None]


@dataclass
class Receiver:
    """What has come in, and what to do with the next requests.

    Attributes:
        url: Address for orders.
        requests: Everything whose body was read to its end, but heartbeats.
        heartbeats: Those, apart, since they come at any time.
        held: Orders and files that were committed, by key: each is held once.
        script: How to treat the next requests, first come first; when it is empty they are taken.
        heartbeat_script: The same for heartbeats.
        stopping: Set when the test is over, so that a hanging answer ends.
    """

    url: str
    requests: list[Seen] = field(default_factory=list)
    heartbeats: list[Seen] = field(default_factory=list)
    held: dict[str, bytes] = field(default_factory=dict)
    script: list[Behaviour] = field(default_factory=list)
    heartbeat_script: list[Behaviour] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def heartbeat_url(self) -> str:
        return self.url.replace("/incidents", "/heartbeats")

    @property
    def order_keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.requests if request.method == "POST"]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: Receiver

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client goes away."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    @property
    def receiver(self) -> Receiver:
        return self.server.receiver

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing."""

    def _handle(self) -> None:
        script = self.receiver.heartbeat_script if self.is_heartbeat else self.receiver.script
        usual: Behaviour = answers(204) if self.is_heartbeat else take
        behaviour = script.pop(0) if script else usual
        behaviour(self)

    @property
    def is_heartbeat(self) -> bool:
        return self.path.endswith("/heartbeats")

    def read_body(self) -> Seen:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, body)
        (self.receiver.heartbeats if self.is_heartbeat else self.receiver.requests).append(seen)
        return seen

    def answer(self, status: int, headers: dict[str, str], body: bytes = b"{}") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def commit(self) -> bool:
        """Hold what came in under its key; tell whether it is new."""
        seen = self.read_body()
        key = seen.headers.get("idempotency-key", seen.path)
        is_new = key not in self.receiver.held
        self.receiver.held[key] = seen.body
        return is_new

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def take(handler: Handler) -> None:
    is_new = handler.commit()
    handler.answer(201 if is_new else 200, {}, json.dumps({"work_order_id": "w-1"}).encode())


def answers(status: int, **headers: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.read_body()
        body = b"" if status == 204 else b"{}"
        handler.answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    return behave


def hangs(handler: Handler) -> None:
    handler.read_body()
    handler.receiver.stopping.wait(30.0)
    handler.cut()


def drips(handler: Handler) -> None:
    """Send the header of an answer for ever, a byte at a time."""
    handler.read_body()
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
    while not handler.receiver.stopping.wait(0.05):
        handler.wfile.write(b"a")


def dies_after_half_of_the_body(handler: Handler) -> None:
    handler.rfile.read(int(handler.headers["Content-Length"]) // 2)
    handler.cut()


def commits_and_dies(handler: Handler) -> None:
    handler.commit()
    handler.cut()


def dies_after_the_status(handler: Handler) -> None:
    handler.commit()
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
    handler.cut()


@contextmanager
def running() -> Iterator[Receiver]:
    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/api/v1/incidents")
        server.receiver = receiver
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.stopping.set()
            server.shutdown()
            thread.join()

"""An endpoint that takes work orders and notes when each was answered."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Order:
    """The facts of one incident, as they came.

    Attributes:
        incident_id: Its key.
        camera: Its camera.
        verdict: "confirmed" or "suspected".
        answered_s: When the answer was out, monotonic seconds.
        release_utc_s: When the object was released by the box's wall clock, Unix seconds; None where it does not know.
        detected_utc_s: When it was judged, by the same clock.
        fall_s: From release to last sight, seconds.
    """

    incident_id: str
    camera: str
    verdict: str
    answered_s: float
    release_utc_s: float | None
    detected_utc_s: float
    fall_s: float


class Endpoint:
    """Takes everything, each order once by its key; the files of the evidence are read and thrown away.

    Attributes:
        url: Address for orders.
    """

    def __init__(self) -> None:
        """Listen, on a port that is free."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1})
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/incidents"

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def orders(self) -> list[Order]:
        """Give all orders so far, as they came."""
        with self._server.lock:
            return list(self._server.orders.values())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.lock = threading.Lock()
        self.orders: dict[str, Order] = {}

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when the box goes away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The answer is one small packet, which must not wait for more.
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Take an order or a heartbeat."""
        body = self._body()
        if self.path.endswith("/heartbeats"):
            self._answer(204, b"")
            return
        facts = json.loads(body)["data"]
        key = facts["incident_id"]
        is_new = key not in self.server.orders
        self._answer(201 if is_new else 200, json.dumps({"incident_id": key, "work_order_id": key}).encode())
        with self.server.lock:
            self.server.orders.setdefault(key, read_order(facts, time.monotonic()))

    def do_PUT(self) -> None:
        """Take a file."""
        self._body()
        self._answer(201, b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def read_order(facts: dict[str, Any], answered_s: float) -> Order:
    """Read the facts of an incident (docs/work-order-api.md) that was answered at some time."""
    return Order(
        incident_id=facts["incident_id"],
        camera=facts["camera_id"],
        verdict=facts["verdict"],
        answered_s=answered_s,
        release_utc_s=_unix_s(facts["release_utc"]),
        detected_utc_s=_unix_s(facts["detected_utc"]) or 0.0,
        fall_s=facts["last_s"] - facts["release_s"],
    )


def _unix_s(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()

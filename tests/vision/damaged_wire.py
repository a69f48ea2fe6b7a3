"""A wire between a camera and who watches it, which spoils what the camera says: RTSP's answers and its frames."""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from tests.vision.served import served

_CHUNK_BYTES = 4096
_DIALOG_BYTES = 1500
_MOST_BYTES = 30_000
_LONGEST_S = 6.0  # far beyond the patience of who watches
_FRAME_MARK = b"$\x00"  # of the first channel, RFC 2326 section 10.12; two bytes of length follow

Way = Callable[[np.random.Generator, bytes], bytes]


@dataclass
class DamagedWire:
    """Carries one connection for each seed, damaged once as the seed says; all connections after those are whole.

    Attributes:
        port: This end of the wire.
        camera_port: The other end.
        seeds: Of the damaged connections, in order.
        connections: How many there were.
    """

    port: int
    camera_port: int
    seeds: Sequence[int]
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam"

    @property
    def is_whole(self) -> bool:
        """Tell whether the newest connection is a whole one."""
        return self.connections > len(self.seeds)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    wire: DamagedWire

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when somebody hangs up."""


class _Carrier(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        wire = self.server.wire
        seed = None if wire.connections >= len(wire.seeds) else wire.seeds[wire.connections]
        wire.connections += 1
        with socket.create_connection(("127.0.0.1", wire.camera_port)) as camera:
            asking = threading.Thread(target=self._carry_questions, args=(camera,), daemon=True)
            asking.start()
            try:
                self._carry_answers(camera, seed)
            finally:
                with suppress(OSError):
                    camera.shutdown(socket.SHUT_RDWR)
                asking.join()

    def _carry_questions(self, camera: socket.socket) -> None:
        with suppress(OSError):
            while asked := self.request.recv(_CHUNK_BYTES):
                camera.sendall(asked)
            camera.shutdown(socket.SHUT_RDWR)

    def _carry_answers(self, camera: socket.socket, seed: int | None) -> None:
        """Carry bytes, and spoil those after a number of them that the seed chooses."""
        rng = np.random.default_rng(seed)
        is_dialog = seed is not None and seed // len(WAYS) % 4 == 0
        left = int(rng.integers(0, _DIALOG_BYTES) if is_dialog else rng.integers(_DIALOG_BYTES, _MOST_BYTES))
        way = None if seed is None else WAYS[seed % len(WAYS)]
        while told := camera.recv(_CHUNK_BYTES):
            if way is not None and left < len(told):
                told, way = told[:left] + way(rng, told[left:]), None
                self.request.sendall(told)
                if seed is not None and (end := _ENDS.get(WAYS[seed % len(WAYS)])):
                    end(self, rng)
                    return
            else:
                self.request.sendall(told)
            left -= len(told)

    def hang_up(self, _rng: np.random.Generator) -> None:
        """End the connection with a reset."""
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def say_nothing(self, _rng: np.random.Generator) -> None:
        """Stay until who watches has waited long enough."""
        self.server.wire.stopping.wait(_LONGEST_S)

    def babble(self, rng: np.random.Generator) -> None:
        """Talk until who watches has heard enough, without a frame."""
        until_s = time.monotonic() + _LONGEST_S
        while time.monotonic() < until_s and not self.server.wire.stopping.wait(0.01):
            self.request.sendall(rng.bytes(_CHUNK_BYTES))


def _flip(rng: np.random.Generator, told: bytes) -> bytes:
    changed = bytearray(told)
    for _ in range(int(rng.integers(1, 17))):
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _drop(rng: np.random.Generator, told: bytes) -> bytes:
    return told[int(rng.integers(1, len(told) + 1)) :]


def _insert(rng: np.random.Generator, told: bytes) -> bytes:
    return rng.bytes(int(rng.integers(1, 5000))) + told


def _insert_frames(rng: np.random.Generator, told: bytes) -> bytes:
    """Insert heads of frames that are none, each with the length of one that may be long."""
    heads = [struct.pack(">cBH", b"$", rng.integers(4), rng.integers(65_536)) for _ in range(int(rng.integers(1, 20)))]
    return b"".join(head + rng.bytes(int(rng.integers(64))) for head in heads) + told


def _insert_answers(rng: np.random.Generator, told: bytes) -> bytes:
    """Insert the beginning of an answer that never ends, or of one whose content is long."""
    words = (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n", b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"A" * 9000)
    return words[int(rng.integers(len(words)))] + told


def _lengthen(rng: np.random.Generator, told: bytes) -> bytes:
    """Give the frames that begin here another length."""
    changed = bytearray(told)
    start = told.find(_FRAME_MARK)
    while 0 <= start < len(told) - 4:
        changed[start + 2 : start + 4] = struct.pack(">H", int(rng.choice([0, 1, 11, 4000, 65_535])))
        start = told.find(_FRAME_MARK, start + 4)
    return bytes(changed)


def _repeat(_rng: np.random.Generator, told: bytes) -> bytes:
    return told * 3


def _cut(rng: np.random.Generator, told: bytes) -> bytes:
    return told[: int(rng.integers(0, len(told)))]


def _stall(rng: np.random.Generator, told: bytes) -> bytes:
    return told[: int(rng.integers(0, len(told)))]


def _babble(_rng: np.random.Generator, _told: bytes) -> bytes:
    return b""


# How a connection goes on that is not carried any more.
_ENDS: dict[Way, Callable[[_Carrier, np.random.Generator], None]] = {
    _cut: _Carrier.hang_up,
    _stall: _Carrier.say_nothing,
    _babble: _Carrier.babble,
}
WAYS: tuple[Way, ...] = (
    _flip,
    _drop,
    _insert,
    _insert_frames,
    _insert_answers,
    _lengthen,
    _repeat,
    _cut,
    _stall,
    _babble,
)


@contextmanager
def damaged_wire(camera_port: int, seeds: Sequence[int]) -> Iterator[DamagedWire]:
    """Lay a wire to a camera until the end of the block."""
    server = _Server(("127.0.0.1", 0), _Carrier)
    server.wire = DamagedWire(server.server_address[1], camera_port, seeds)
    with served(server, server.wire.stopping.set):
        yield server.wire

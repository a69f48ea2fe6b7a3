"""What systemd does with the programs that it starts: it listens to what they tell of themselves."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


class Manager:
    """Listens at a socket as a service manager does."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def next(self, timeout_s: float = 30.0) -> list[str]:
        """Wait for the next datagram, and give its lines."""
        self._socket.settimeout(timeout_s)
        return self._socket.recv(4096).decode().split("\n")

    def waiting(self) -> list[list[str]]:
        """Give the datagrams that have come and were not read."""
        found: list[list[str]] = []
        self._socket.setblocking(False)
        while True:
            try:
                found.append(self._socket.recv(4096).decode().split("\n"))
            except BlockingIOError:
                return found

    def until(self, line: str) -> list[str]:
        """Wait for a line, and give all lines up to it, without the signs of life."""
        lines: list[str] = []
        while line not in lines:
            lines += [one for one in self.next() if one != "WATCHDOG=1"]
        return lines

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening(address: str) -> Iterator[Manager]:
    manager = Manager(address)
    try:
        yield manager
    finally:
        manager.close()

"""Ports of this machine that tests may take."""

import itertools
import os
import socket

# Below those that systems give to whoever asks for any (from 32768 on Linux): none of these is taken in passing.
_FIRST, _OF_A_PROCESS = 12_000, 1_000
_turns = itertools.count(os.getpid())


def free_port() -> int:
    """Find a port on which nothing listens, and which no other process of this run of tests will be given."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % 20 * _OF_A_PROCESS
    for turn in itertools.islice(_turns, _OF_A_PROCESS):
        port = first + turn % _OF_A_PROCESS
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"no free port from {first} on")

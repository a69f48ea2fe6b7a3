"""Camera processes with one fault each, for a watch to find."""

import ctypes
import os
import signal
import struct
import time
from multiprocessing.connection import Connection

from droptrace.health import CameraHealth
from droptrace.job import CameraJob
from droptrace.messages import Alive, Ended
from vision.clock import SystemClock


def waits_for_its_camera(_job: CameraJob, pipe: Connection) -> None:
    """Say that it lives, and never show a picture."""
    while True:
        pipe.send(Alive())
        time.sleep(0.02)


def says_nothing(_job: CameraJob, _pipe: Connection) -> None:
    time.sleep(1000)


def runs_in_a_circle(_job: CameraJob, pipe: Connection) -> None:
    """Loop without end, in Python."""
    pipe.send(Alive())
    while True:
        pass


def hangs_beside_its_health(job: CameraJob, pipe: Connection) -> None:
    """Loop without end in the thread that reads the camera; the one that tells its health goes on."""
    pipe.send(Alive())
    health = CameraHealth(job, SystemClock(), pipe.send).health()
    while True:
        pipe.send(health)
        time.sleep(0.02)


def sits_in_native_code(_job: CameraJob, pipe: Connection) -> None:
    """Never return from a library, which holds the interpreter's lock as well."""
    pipe.send(Alive())
    ctypes.PyDLL(None).sleep(1000)


def eats_memory(_job: CameraJob, pipe: Connection) -> None:
    """Take ever more, up to 2 GB, and end in order when told."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    held: list[bytes] = []
    while not told:
        if len(held) < 1000:
            held.append(b"x" * 2_000_000)
        pipe.send(Alive())
        time.sleep(0.005)
    pipe.send(Ended(len(held), 0.0, 0))


def is_deaf(job: CameraJob, pipe: Connection) -> None:
    """Live, and never end however often it is told."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    waits_for_its_camera(job, pipe)


def hangs_while_it_ends(_job: CameraJob, pipe: Connection) -> None:
    """Say nothing more, and stay."""
    pipe.send(Alive())
    pipe.close()
    time.sleep(1000)


def stops_in_a_message(_job: CameraJob, pipe: Connection) -> None:
    """Announce a message of a hundred bytes, and send three of them."""
    pipe.send(Alive())
    os.write(pipe.fileno(), struct.pack("!i", 100) + b"abc")
    time.sleep(1000)

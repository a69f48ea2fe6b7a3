"""The signals by which a program is told to end, or to read its configuration again: none is lost, and none is late."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

END = (signal.SIGINT, signal.SIGTERM)
"""Who is asked to end does as much as who is interrupted: other processes are not left behind."""


def hold(numbers: tuple[signal.Signals, ...]) -> None:
    """Have signals wait, until `let_through`, for what will obey them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)


def let_through(numbers: tuple[signal.Signals, ...]) -> None:
    """Obey signals, those that wait too."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def take_interrupts() -> None:
    """Have END raise KeyboardInterrupt, also where a shell that put the program in the background has it ignore them.

    Those that were held before still wait, until the command has loaded what it needs.
    """
    for number in END:
        signal.signal(number, signal.default_int_handler)


def ignore_interrupts() -> None:
    """Hear no more of END: nothing is left to be interrupted, and what the program says and returns is settled."""
    for number in END:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def loading() -> Iterator[None]:
    """Hold END back while a command loads what it needs, and let them through when it has.

    Some modules drop an exception that is raised in their midst. And where one is raised inside Python's own `exec`, as
    dataclasses use it, the interpreter remembers it, and ends by the signal whatever exit status it is told.
    """
    hold(END)
    try:
        yield
    finally:
        let_through(END)

"""Asking a fresh process one question."""

import multiprocessing
from collections.abc import Callable
from typing import Any


def ask_fresh_process(target: Callable[..., None], arguments: tuple[object, ...]) -> tuple[Any, int | None]:
    """Run `target(sender, *arguments)` in a process that shares nothing with this one, and wait for its one answer.

    Args:
        target: A function at the top of a module; it sends one object, never None.
        arguments: What it is given after the sending end of the pipe.

    Returns:
        The answer, None where the process died before it gave one, and the exit status.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    # As a daemon it goes with this process when the run is stopped.
    process = context.Process(target=target, args=(sender, *arguments), daemon=True)
    process.start()
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = None
    finally:
        receiver.close()
        process.join()
    return answer, process.exitcode

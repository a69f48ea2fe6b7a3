"""Asking a fresh process one question."""

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from droptrace.child import interrupts_held


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
    process = context.Process(target=_answer, args=(target, sender, *arguments), daemon=True)
    with interrupts_held():
        process.start()
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = None
    except KeyboardInterrupt:
        process.kill()
        raise
    finally:
        receiver.close()
        process.join()
    return answer, process.exitcode


def _answer(target: Callable[..., None], sender: "Connection[object, object]", *arguments: object) -> None:
    # An interrupt was held back while modules were loaded; it ends this process without a word: the parent tells.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGHUP})
    target(sender, *arguments)

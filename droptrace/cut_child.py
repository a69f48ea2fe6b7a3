"""Cutting in a process of its own, since the clip comes from elsewhere."""

import multiprocessing
import signal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import cv2

from droptrace.child import interrupts_held
from droptrace.cutting import CutJob, Cutting, cut_path
from droptrace.errors import CutFailedError
from droptrace.logs import configure_logs
from droptrace.messages import Failed
from vision.errors import SourceError

_LONGEST_S = 300.0
"""A clip of seconds takes seconds; one that takes so long was made to."""


def cut_apart(job: CutJob, longest_s: float = _LONGEST_S) -> list[Cutting]:
    """Cut the crops of a path in another process; a decoder that dies, or never ends, takes nothing else along.

    Args:
        job: What to cut.
        longest_s: How long it may take.

    Raises:
        CutFailedError: The clip cannot be read; the message says why and what to do.
    """
    # A fresh interpreter: a fork would carry along threads and locks of the parent.
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_cut, args=(job, theirs), name=f"cut {job.clip.name}", daemon=True)
    try:
        with interrupts_held():
            process.start()
        theirs.close()
        return _answer(job, process, pipe, longest_s)
    finally:
        pipe.close()
        if process.pid is not None:
            process.kill()
            process.join()
        process.close()


def _answer(job: CutJob, process: BaseProcess, pipe: Connection, longest_s: float) -> list[Cutting]:
    if not pipe.poll(longest_s):
        raise CutFailedError(
            f"{job.clip}: its decoder did not come to an end within {longest_s:.0f} s; the recording is damaged or "
            "hostile, or this machine is too busy: try again, or leave it out"
        )
    try:
        answer: list[Cutting] | Failed = pipe.recv()
    except (EOFError, OSError):
        # OSError: it died in the middle of its answer.
        process.join()
        raise CutFailedError(_obituary(job, process.exitcode or 0)) from None
    if isinstance(answer, Failed):
        raise CutFailedError(answer.reason)
    return answer


def _cut(job: CutJob, pipe: Connection) -> None:
    configure_logs()
    # The command centre may be at work beside.
    cv2.setNumThreads(1)
    try:
        pipe.send(cut_path(job))
    except SourceError as error:
        pipe.send(Failed(str(error), is_usage=False))
    except BrokenPipeError:
        # Nobody listens any more.
        return


def _obituary(job: CutJob, exit_code: int) -> str:
    if exit_code >= 0:
        return f"{job.clip}: its process ended unasked (exit status {exit_code}); please report it with the lines above"
    return (
        f"{job.clip}: the decoder's process died (signal {signal.Signals(-exit_code).name}) while reading it; nothing "
        "else was harmed. The recording is damaged or hostile: leave it out"
    )

"""The parent's side of a camera process."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from droptrace.camera_memory import leave_out_rich
from droptrace.errors import CameraCrashedError
from droptrace.job import CameraJob
from droptrace.messages import Ended, Failed, Message

_END_S = 3.0
_MESSAGE_S = 10.0
_NURSERY = "droptrace.camera_nursery"
_UNKNOWN = 255
"""Exit status that multiprocessing tells where the process that forks, which alone would hear it, is gone itself."""


class CameraChild:
    """A camera's process and the pipe out of it. A decoder that dies takes nothing else along."""

    def __init__(self, job: CameraJob, main: Callable[[CameraJob, Connection], None] | None = None) -> None:
        """Start the process.

        Args:
            job: What it is asked to do.
            main: What it does: watch, unless told otherwise. A function of a module, since the process is a new one.

        Raises:
            OSError: The system has no room for it.
        """
        self.job = job
        self._is_told = False
        try:
            self._pipe, self._process = _start(_context(job), job, main or watch_camera)
        except (EOFError, ConnectionError, FileNotFoundError):
            # Who forks cameras died of it, or its socket was swept away. A fresh interpreter is slower, but works.
            self._pipe, self._process = _start(multiprocessing.get_context("spawn"), job, main or watch_camera)

    @property
    def pipe(self) -> Connection:
        """Give the pipe to wait on together with others."""
        return self._pipe

    @property
    def pid(self) -> int:
        """Tell the number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def receive(self) -> Message:
        """Take the next message, of which `pipe` has something.

        Raises:
            CameraCrashedError: The process ended without saying so, or was stopped half-way through a message.
        """
        # The rest comes at once or never, and whoever looks after other cameras too must not wait for it for ever.
        guard = threading.Timer(_MESSAGE_S, self.kill)
        guard.daemon = True
        guard.start()
        try:
            message: Message = self._pipe.recv()
        except (EOFError, OSError):
            # OSError: it died in the middle of a message.
            self._reap()
            if self._is_told and self._process.exitcode == -signal.SIGTERM:
                # It had not begun to watch, or waited for a camera that never answered.
                return Ended(0, 0.0, 0)
            raise CameraCrashedError(_obituary(self.job, self._process.exitcode or 0)) from None
        finally:
            guard.cancel()
        return message

    def messages(self, limit_s: float | None = None) -> Iterator[Message]:
        """Yield messages up to the last, Ended or Failed, or for `limit_s` at most.

        Raises:
            CameraCrashedError: The process ended without saying so.
        """
        until_s = None if limit_s is None else time.monotonic() + limit_s
        while self._pipe.poll(None if until_s is None else max(0.0, until_s - time.monotonic())):
            message = self.receive()
            yield message
            if isinstance(message, Ended | Failed):
                return

    def stop(self) -> None:
        """Ask the process to finish what it has seen and end; it still sends its last messages."""
        self._is_told = True
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once; what it has said before can still be received."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.exitcode in (None, _UNKNOWN):
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def close(self) -> None:
        """End the process, if need be by force, and release the pipe; what it has not said yet is lost."""
        self._pipe.close()
        try:
            self._reap()
        finally:
            self._process.close()

    def _reap(self) -> None:
        """Wait for the end of a process that has nothing more to say; not for ever, it may hang while it ends."""
        try:
            self._process.join(_END_S)
        finally:
            # Also when an interrupt ends the waiting: a process that was stopped would stay for ever.
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _start(
    context: SpawnContext | ForkServerContext, job: CameraJob, main: Callable[[CameraJob, Connection], None]
) -> tuple[Connection, BaseProcess]:
    """Start the process; give the pipe out of it too."""
    pipe, theirs = context.Pipe(duplex=False)
    process = context.Process(target=main, args=(job, theirs), name=f"camera {job.name}", daemon=True)
    try:
        with interrupts_held():
            process.start()
    except KeyboardInterrupt:
        if process.pid is not None:
            process.kill()
        raise
    theirs.close()
    return pipe, process


def _context(job: CameraJob) -> SpawnContext | ForkServerContext:
    """Choose how the process begins; never by a fork of this one, which would carry along its threads and locks.

    Cameras are forked from a process that has loaded what they need and shares it with all of them; they are back at
    once after a crash. For a recording, loading all that for one process would be wasted.
    """
    if not job.is_camera:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_NURSERY])
    return context


def watch_camera(job: CameraJob, pipe: Connection) -> None:
    """Do what a camera's process does: watch, and tell everything through `pipe`."""
    # Decoder, tracker and judge are loaded in the new process alone: the parent has no use for them.
    leave_out_rich()
    from droptrace.camera import camera_process

    camera_process(job, pipe)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C and SIGHUP back while a process is started, which then never hears them.

    An interrupt at the keyboard reaches the whole group; the parent alone decides, with SIGTERM. A mask is inherited,
    so there is no moment in which the new process could be hit.
    """
    # Started by the first process otherwise, and it would let interrupts through in passing.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _obituary(job: CameraJob, exit_code: int) -> str:
    if exit_code >= 0:
        return (
            f"{job.name}: its process ended unasked (exit status {exit_code}); nothing else was harmed. "
            "This is a fault of the program: please report it with the lines above"
        )
    advice = "The recording is damaged or hostile: repair or convert it with another tool, or leave it out"
    if job.is_camera:
        advice = "It is started again; where that goes on, restart the camera or have it send another codec"
    return (
        f"{job.name}: the decoder's process died (signal {signal.Signals(-exit_code).name}) while reading it; nothing "
        f"else was harmed. {advice}"
    )

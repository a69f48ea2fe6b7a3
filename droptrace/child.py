"""The parent's side of a camera process."""

import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection

from droptrace.camera import CameraJob, camera_process
from droptrace.errors import CameraCrashedError
from droptrace.messages import Ended, Failed, Message

_STOP_S = 20.0


class CameraChild:
    """A camera's process and the pipe out of it. A decoder that dies takes nothing else along."""

    def __init__(self, job: CameraJob) -> None:
        """Start the process."""
        # A fresh interpreter: a fork would carry along threads and locks of the parent.
        context = multiprocessing.get_context("spawn")
        self.job = job
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=camera_process, args=(job, theirs), name=f"camera {job.camera_id}")
        self._process.start()
        theirs.close()

    @property
    def pipe(self) -> Connection:
        """Give the pipe to wait on together with others."""
        return self._pipe

    def receive(self) -> Message:
        """Wait for the next message.

        Raises:
            CameraCrashedError: The process ended without saying so.
        """
        try:
            message: Message = self._pipe.recv()
        except EOFError:
            self._process.join()
            raise CameraCrashedError(_obituary(self.job.address, self._process.exitcode)) from None
        return message

    def messages(self) -> Iterator[Message]:
        """Yield all messages; the last is Ended or Failed.

        Raises:
            CameraCrashedError: The process ended without saying so.
        """
        while True:
            message = self.receive()
            yield message
            if isinstance(message, Ended | Failed):
                return

    def stop(self) -> None:
        """Ask the process to finish what it has seen and end; it still sends its last messages."""
        if self._process.is_alive():
            self._process.terminate()

    def close(self) -> None:
        """End the process, if need be by force, and release the pipe."""
        self._pipe.close()
        self._process.join(_STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _obituary(address: str, exit_code: int | None) -> str:
    code = exit_code or 0
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    return (
        f"{address}: the decoder's process died ({how}) while reading it; nothing else was harmed. "
        "The recording is damaged or hostile: repair or convert it with another tool, or leave it out"
    )

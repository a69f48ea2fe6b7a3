"""The service manager that started this process, such as systemd, where there is one."""

import socket

import structlog

from vision.clock import Clock

_BEAT_S = 0.5
_LONGEST_S = 1.0


class ServiceManager:
    """Is told how the edge box does, in datagrams as sd_notify(3) has them; where there is none, nobody is told.

    A manager with a watchdog kills a box that gives no sign of life and starts it again. So `beat` belongs into the
    loop that does the work: a thread of its own would go on beside a loop that hangs.
    """

    def __init__(self, address: str | None, clock: Clock) -> None:
        """Take the address; nothing is sent yet.

        Args:
            address: Path of its socket, or "@" and the name of an abstract one, as in the environment's
                NOTIFY_SOCKET; None where there is no manager.
            clock: Passing time.
        """
        self._address = "\0" + address[1:] if address and address[0] == "@" else address
        self._clock = clock
        self._beat_s = clock.monotonic_s() - _BEAT_S
        self._status = ""
        self._is_stopping = False
        self._is_heard = True

    def ready(self) -> None:
        """Tell that the box works, at its start or with what it was to read again."""
        if not self._is_stopping:
            self._tell("READY=1")

    def reloading(self) -> None:
        """Tell that it reads its file again; `ready` ends that."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={self._clock.monotonic_s() * 1e6:.0f}")

    def stopping(self) -> None:
        """Tell, once, that it is about to end."""
        if not self._is_stopping:
            self._is_stopping = True
            self._tell("STOPPING=1")

    def beat(self, status: str) -> None:
        """Give a sign of life, and what people shall read beside it; often enough at each turn of the loop."""
        now_s = self._clock.monotonic_s()
        if now_s - self._beat_s < _BEAT_S:
            return
        self._beat_s = now_s
        news = [] if status == self._status else [f"STATUS={status}"]
        if self._tell("WATCHDOG=1", *news):
            self._status = status

    def _tell(self, *states: str) -> bool:
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
                # A manager that does not read must not hold the box up.
                ours.settimeout(_LONGEST_S)
                ours.sendto("\n".join(states).encode(), self._address)
        except OSError as error:
            if self._is_heard:
                reason = f"NOTIFY_SOCKET cannot be written ({error}); without it a watchdog ends this box"
                structlog.get_logger("edge").warning("notify_failed", reason=reason)
            self._is_heard = False
        else:
            self._is_heard = True
        return self._is_heard

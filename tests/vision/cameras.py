"""Cameras without a network, and a clock for them: what `RtspSource` is given in a test."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
from av.container import InputContainer

from vision.clock import SystemClock
from vision.rtsp_settings import RtspSettings

Answer = Path | Callable[[], Exception]


class HastyClock(SystemClock):
    """The machine's clock, but with no patience: waits are cut to a twentieth."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 20)


class ScriptedCamera:
    """Answers each connection with the next clip or error of its script, and the last one for ever after.

    Attributes:
        connections: How often it was connected to.
    """

    def __init__(self, script: Sequence[Answer]) -> None:
        self._script = script
        self.connections = 0

    def __call__(self, address: str, settings: RtspSettings) -> InputContainer:
        answer = self._script[min(self.connections, len(self._script) - 1)]
        self.connections += 1
        if isinstance(answer, Path):
            return av.open(answer)
        raise answer()

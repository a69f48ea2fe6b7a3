"""Cameras without a network: what `RtspSource` opens in a test."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
from av.container import InputContainer

from vision.rtsp_settings import RtspSettings

Answer = Path | Callable[[], Exception]


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

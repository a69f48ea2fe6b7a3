"""Choosing the reader that fits an address."""

from collections.abc import Callable
from pathlib import Path

from vision.clock import Clock
from vision.rtsp_settings import RtspSettings
from vision.source import FrameSource
from vision.source_file import FileSource
from vision.source_images import ImagesSource
from vision.source_rtsp import RtspSource

_CAMERA = ("rtsp://", "rtsps://")


def open_source(
    address: str | Path,
    *,
    keep_s: float = 30.0,
    clock: Clock,
    give_up_first: bool = False,
    on_turn: Callable[[], None] = lambda: None,
    settings: RtspSettings = RtspSettings(),  # noqa: B008 - frozen
) -> FrameSource:
    """Open a camera, a folder of images or a recorded file.

    Args:
        address: `rtsp://` address, folder or file.
        keep_s: Seconds of encoded pictures to hold for `recording`.
        clock: Tells a camera's arrival times.
        give_up_first: Raise when a camera cannot be connected to, instead of waiting for it.
        on_turn: Is called again and again while a camera is read, also while it is waited for.
        settings: How a camera is connected to, and what decodes it or a file; images have nothing to decode.

    Returns:
        A source whose `info` is known.

    Raises:
        SourceError: It cannot be opened; which one says why.
    """
    if str(address).lower().startswith(_CAMERA):
        camera = RtspSource(
            str(address),
            clock=clock,
            keep_s=keep_s,
            give_up_first=give_up_first,
            settings=settings,
            on_turn=on_turn,
        )
        camera.connect()
        return camera
    path = Path(address)
    return ImagesSource(path) if path.is_dir() else FileSource(path, keep_s=keep_s, decoder=settings.decoder)

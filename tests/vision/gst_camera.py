"""A real RTSP server in a process of its own, for tests."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PYTHON = Path("/usr/bin/python3")
_SERVER = Path(__file__).parents[1] / "rtsp_server.py"
_PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"


def skip_without_gstreamer() -> None:
    if not _PYTHON.exists():
        pytest.skip(f"no {_PYTHON}, whose GStreamer bindings serve RTSP")
    if subprocess.run([_PYTHON, "-c", _PROBE], capture_output=True, check=False).returncode:
        pytest.skip("no RTSP server: install python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-ugly")


@contextmanager
def serving(
    clip: Path, port: int, *, times: int = 1, credentials: str | None = None, since_s: float | None = None
) -> Iterator[None]:
    """Serve a clip at `rtsp://127.0.0.1:port/cam` until the end of the block, where the server is killed.

    With `since_s`, of the monotonic clock, viewers get what is on at that moment of a showing that began then.
    """
    extra = ["--credentials", credentials] if credentials else []
    extra += ["--since", str(since_s)] if since_s is not None else []
    command = [str(_PYTHON), str(_SERVER), str(clip), str(port), "/cam", "--times", str(times), *extra]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()

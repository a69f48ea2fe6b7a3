"""`droptrace demo`: the whole way on one machine, from a sample clip to a review page."""

import shutil
import socket
import sys
import threading
import time
import webbrowser
from contextlib import suppress
from importlib.resources import as_file, files
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from droptrace.config import CameraConfig, EdgeConfig, EndpointConfig
from droptrace.edge import make_edge_box
from droptrace.errors import DroptraceError
from droptrace.logs import configure_logs
from droptrace.messages import FallJudged, Message, PackageWritten
from server.errors import ServerError
from server.service import serve
from server.settings import ServerSettings

_START_S = 30.0
_MARK = ".droptrace-demo"


def demo(folder: Path, port: int, *, stay: bool) -> str:
    """Detect in the sample clip, deliver its incident to a command centre here, and tell the page's address.

    Args:
        folder: For evidence, outbox and the command centre; empty, new, or of an earlier demo, which is removed.
        port: Of the command centre; 0 takes a free one.
        stay: Go on serving the page until interrupted.

    Returns:
        Address of the incident's page.

    Raises:
        DroptraceError: The folder cannot be used, the command centre did not start, or the incident was not delivered.
    """
    _clear(folder)
    port = port or _free_port()
    address = f"http://127.0.0.1:{port}"
    settings = ServerSettings(data_dir=folder / "server", port=port, language="en")
    centre = get_context("spawn").Process(target=_serve, args=(settings,), name="command centre", daemon=True)
    centre.start()
    try:
        _wait_for(centre, address)
        _say(f"Command centre: {address}/")
        incident_id = _detect_and_deliver(folder / "edge", address)
        page = f"{address}/incidents/{incident_id}"
        _say(f"Review page:    {page}")
        if stay:
            _say("Press Ctrl-C to end.")
            webbrowser.open(page)
            _wait_for_interrupt()
        return page
    finally:
        centre.terminate()
        centre.join()


def _clear(folder: Path) -> None:
    """Empty the folder, but only one that a demo has made: who names his home by mistake keeps it."""
    mark = folder / _MARK
    try:
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise DroptraceError(f"{folder}: has other things in it; name a new or empty folder with --out")
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        mark.touch()
    except OSError as error:
        raise DroptraceError(f"{folder}: cannot be used ({error.strerror}); name another folder with --out") from error


def _detect_and_deliver(data_dir: Path, address: str) -> str:
    found: list[str] = []

    def tell(message: Message) -> None:
        match message:
            case FallJudged(incident):
                origin = incident.fall.origin
                place = f"floor {origin.floor}, unit {origin.unit}" if origin else "floor unknown"
                _say(f"A fall:         {incident.fall.verdict}, {place}, at {incident.fall.release_s:.2f} s")
                if incident.fall.verdict == "confirmed":
                    found.append(incident.incident_id)
            case PackageWritten(_, package):
                _say(f"Evidence:       {package}")

    samples = files("samples")
    with as_file(samples / "demo.mp4") as clip, as_file(samples / "demo.site.toml") as site:
        config = EdgeConfig(
            box_id="demo",
            data_dir=str(data_dir),
            camera=(CameraConfig(address=str(clip), site=str(site)),),
            endpoint=EndpointConfig(url=f"{address}/api/v1/incidents"),
        )
        box = make_edge_box(lambda: config, verbose=False, tell=tell)
        box.run()
    if box.failures or not found:
        raise DroptraceError("; ".join(box.failures) or "nothing was found in the sample clip; please report this")
    _say("Work order:     delivered, with all its media")
    return found[0]


def _serve(settings: ServerSettings) -> None:
    configure_logs(verbose=False)
    try:
        serve(settings)
    except ServerError as error:
        sys.exit(f"command centre: {error}")


def _wait_for(centre: BaseProcess, address: str) -> None:
    until_s = time.monotonic() + _START_S
    while centre.is_alive() and time.monotonic() < until_s:
        # Never by way of a proxy: the command centre is here.
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/healthz", timeout=2, trust_env=False).is_success:
                return
        time.sleep(0.1)
    why = f"did not answer at {address} within {_START_S:.0f} s" if centre.is_alive() else "could not start"
    raise DroptraceError(f"the command centre {why}; see the lines above")


def _wait_for_interrupt() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()

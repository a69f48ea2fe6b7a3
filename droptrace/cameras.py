"""Finding the addresses of cameras: whoever answers on the local network, or one that is named."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.table import Table
from rich.text import Text

from droptrace.errors import ConfigError, DroptraceError
from vision.discovery import probe
from vision.errors import OnvifError
from vision.onvif import StreamOffer, device_service, list_streams
from vision.soap import Credentials

PASSWORD_VARIABLE = "DROPTRACE_CAMERA_PASSWORD"
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Cameras:
    """What was found: streams in order of camera, and in words what went wrong with which."""

    streams: list[StreamOffer]
    problems: list[str]


def find_cameras(host: str | None, *, wait_s: float, interface: str | None, credentials: Credentials | None) -> Cameras:
    """Ask one camera, or all that answer on the local network, for their streams.

    Args:
        host: "HOST" or "HOST:PORT"; None asks the network.
        wait_s: How long the network may take to answer.
        interface: Network interface to ask through, or None.
        credentials: Tried at each camera, as digests; None asks without.

    Raises:
        DroptraceError: The network cannot be asked, or no camera answers.
        OnvifError: `host` is none.
    """
    return asyncio.run(_find(host, wait_s, interface, credentials))


def read_credentials(user: str | None, password_file: Path | None) -> Credentials | None:
    """Put user and password together: the password from a file, or else from the environment.

    Returns:
        None without a user.

    Raises:
        ConfigError: There is a user without a password, or the file cannot be read.
    """
    if user is None:
        return None
    if password_file is None:
        password = os.environ.get(PASSWORD_VARIABLE)
        if password is None:
            raise ConfigError(f"no password for the user; set {PASSWORD_VARIABLE}, or give --password-file")
        return Credentials(user, password)
    try:
        lines = password_file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(
            f"{password_file}: cannot be read ({error.strerror}); give a file with the password"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{password_file}: is no text; give a file with the password on its first line") from error
    if not lines or not lines[0]:
        raise ConfigError(f"{password_file}: is empty; put the password on its first line")
    return Credentials(user, lines[0])


def stream_line(stream: StreamOffer) -> str:
    """Write a stream as one line of JSON."""
    told = {
        "camera": stream.host,
        "manufacturer": stream.manufacturer,
        "model": stream.model,
        "name": stream.name,
        "width": stream.width,
        "height": stream.height,
        "codec": stream.codec,
        "fps": stream.fps,
        "address": stream.address,
    }
    return json.dumps(told, ensure_ascii=False)


def stream_table(streams: list[StreamOffer]) -> Table:
    """Lay streams out for a terminal; what cameras say is never taken for markup."""
    table = Table("camera", "model", "stream", "size", "codec", "rate", "address", box=None)
    for one in streams:
        model = f"{one.manufacturer} {one.model}".strip()
        size = f"{one.width}x{one.height}" if one.width and one.height else "?"
        rate = "?" if one.fps is None else f"{one.fps:g}"
        cells = (one.host, model, one.name, size, one.codec or "?", rate)
        table.add_row(*map(Text, cells), Text(one.address or "none"))
    return table


async def _find(host: str | None, wait_s: float, interface: str | None, credentials: Credentials | None) -> Cameras:
    problems: list[str] = []
    services: list[httpx.URL] = []
    if host is not None:
        services.append(device_service(host))
    else:
        for answer in await probe(wait_s, interface):
            if answer.service is None:
                problems.append(f"{answer.host}: it names no service on its own address; ask it by --host")
            else:
                services.append(answer.service)
        if not services and not problems:
            raise DroptraceError(
                f"no camera answered within {wait_s:g} s; check that ONVIF is switched on in it and that it is in this "
                "network, choose the network by --interface, or name the camera by --host"
            )
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(service: httpx.URL) -> list[StreamOffer] | str:
        async with turn:
            try:
                return await list_streams(service, credentials)
            except OnvifError as error:
                return str(error)

    results = await asyncio.gather(*(ask(service) for service in services))
    streams = [stream for result in results if not isinstance(result, str) for stream in result]
    return Cameras(streams, [*problems, *_doubts(services, results)])


def _doubts(services: list[httpx.URL], results: list[list[StreamOffer] | str]) -> Iterator[str]:
    for service, result in zip(services, results, strict=True):
        name = service.netloc.decode()
        if isinstance(result, str):
            yield result
        elif not result:
            yield f"{name}: it offers no video; set up a stream in it"
        elif any(stream.address is None for stream in result):
            yield f"{name}: it tells no address for one of its streams; switch that on, or look in its manual"
        elif any(stream.is_elsewhere for stream in result):
            yield f"{name}: a stream's address names another host; use it only if you know that host"

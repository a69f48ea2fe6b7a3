"""A camera that speaks RTSP on real sockets within the test's process, and shows exactly what it is told to.

FFmpeg packs the pictures into RTP; that leaves every packet, its time and its bits, in the hands of the test.
"""

import io
import re
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import av

from tests.vision.served import served

CLOCK_HZ = 90_000
_FIRST_TICK = 1_000_000
_RTP_TYPES = {96: 0, 8: 1}
_UDP_PAUSE_S = 0.0005


@dataclass(frozen=True)
class Show:
    """What one viewer gets.

    Attributes:
        packets: RTP packets in order; numbered when they are sent.
        codec: "h264" or "hevc".
        then: Whether the camera hangs up after the last one, or falls silent.
        has_sound: Whether it offers a sound track, and sends it whether or not it was asked for.
    """

    packets: tuple[bytes, ...]
    codec: str = "h264"
    then: Literal["end", "silence"] = "end"
    has_sound: bool = False

    def sdp(self) -> str:
        name = {"h264": "H264", "hevc": "H265"}[self.codec]
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=cam", "c=IN IP4 0.0.0.0", "t=0 0", "m=video 0 RTP/AVP 96"]
        lines += [f"a=rtpmap:96 {name}/{CLOCK_HZ}", "a=control:track0"]
        if self.codec == "h264":
            lines.append("a=fmtp:96 packetization-mode=1")
        if self.has_sound:
            lines += ["m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=control:track1"]
        return "\r\n".join(lines) + "\r\n"


def rtp(clip: Path, *, at_s: float = 0.0) -> tuple[bytes, ...]:
    """Pack the pictures of a clip that has its parameters in the stream (MPEG-TS), its first one at a time."""
    sink = _Written()
    with (
        av.open(clip) as source,
        av.open(sink, "w", format="rtp", buffer_size=2000, options={"packetsize": "1200"}) as rtp,
    ):
        stream = rtp.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                rtp.mux(packet)
    pictures = [content for content in sink.contents if content[1] & 0x7F == 96]
    first = min(_tick(content) for content in pictures)
    return tuple(at_tick(content, _tick(content) - first + at_s * CLOCK_HZ) for content in pictures)


def at_tick(content: bytes, tick: float) -> bytes:
    """Give a packet another time, in ticks from the first one of a camera; before that is possible too."""
    return content[:4] + struct.pack(">I", (_FIRST_TICK + round(tick)) % 2**32) + content[8:]


def sound(length_s: float) -> tuple[bytes, ...]:
    """Make silent G.711 sound, a packet each 20 ms."""
    head = struct.pack(">BBHII", 0x80, 8, 0, 0, 77)
    return tuple(head[:4] + struct.pack(">I", 160 * i) + head[8:] + b"\xd5" * 160 for i in range(round(length_s * 50)))


class _Written(io.RawIOBase):
    def __init__(self) -> None:
        super().__init__()
        self.contents: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        self.contents.append(bytes(content))  # type: ignore[call-overload]
        return len(self.contents[-1])


def _tick(content: bytes) -> int:
    (tick,) = struct.unpack(">I", content[4:8])
    return int(tick)


@dataclass
class RtspCamera:
    """What the camera does.

    Attributes:
        script: What each viewer gets, in order of coming; the last one for ever after.
        transports: What it sends over; others are refused.
        viewers: How many have been shown something.
        transports_used: What they asked for.
    """

    port: int
    script: Sequence[Show] = ()
    transports: frozenset[str] = frozenset({"tcp", "udp"})
    viewers: int = 0
    transports_used: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def next_show(self) -> Show:
        show = self.script[min(self.viewers, len(self.script) - 1)]
        self.viewers += 1
        return show


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    camera: RtspCamera

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a viewer goes away."""


class _Viewer(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        camera = self.server.camera
        show = camera.next_show()
        ports: dict[int, int] = {}
        while request := self._request():
            method, url, headers = request
            told = headers.get("transport", "")
            match method:
                case "DESCRIBE":
                    self._reply(headers, f"Content-Base: {url}/\r\nContent-Type: application/sdp", show.sdp())
                case "SETUP":
                    kind = "tcp" if "TCP" in told else "udp"
                    if kind not in camera.transports:
                        self._reply(headers, status="461 Unsupported Transport")
                        continue
                    camera.transports_used.append(kind)
                    if kind == "udp":
                        (port,) = re.findall(r"client_port=(\d+)", told)
                        ports[int(url[-1])] = int(port)
                        told += ";server_port=6970-6971"
                    self._reply(headers, f"Session: 1\r\nTransport: {told}")
                case "PLAY":
                    self._reply(headers, "Session: 1")
                    self._play(show, ports)
                    return
                case _:
                    self._reply(headers, "Public: DESCRIBE, SETUP, PLAY, TEARDOWN")

    def _request(self) -> tuple[str, str, dict[str, str]] | None:
        words = self.rfile.readline().decode().split()
        if len(words) != 3:
            return None
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return words[0], words[1], headers

    def _reply(self, asked: dict[str, str], headers: str = "", body: str = "", *, status: str = "200 OK") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {asked['cseq']}", *([headers] if headers else [])]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}"])
        self.wfile.write(f"{head}\r\n\r\n{body}".encode())

    def _play(self, show: Show, ports: dict[int, int]) -> None:
        packets = [content for pair in _woven(show) for content in pair]
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as datagrams:
            numbers = Counter[int]()
            for content in packets:
                track = _RTP_TYPES.get(content[1] & 0x7F, 0) if len(content) > 1 else 0
                numbered = (content[:2] + struct.pack(">H", numbers[track] % 2**16) + content[4:])[: len(content)]
                numbers[track] += 1
                if ports:
                    if track in ports:
                        datagrams.sendto(numbered, ("127.0.0.1", ports[track]))
                        time.sleep(_UDP_PAUSE_S)
                else:
                    self.wfile.write(struct.pack(">cBH", b"$", 2 * track, len(numbered)) + numbered)
            if show.then == "silence":
                self.server.camera.stopping.wait()


def _woven(show: Show) -> Iterator[tuple[bytes, ...]]:
    """Lay sound between the pictures."""
    beside = iter(sound(len(show.packets) / 50)) if show.has_sound else iter(())
    for content in show.packets:
        yield (content, *((one,) if (one := next(beside, None)) else ()))


@contextmanager
def rtsp_camera(*script: Show, port: int = 0) -> Iterator[RtspCamera]:
    """Run a camera until the end of the block."""
    server = _Server(("127.0.0.1", port), _Viewer)
    server.camera = RtspCamera(server.server_address[1], script)
    with served(server, server.camera.stopping.set):
        yield server.camera

"""A camera that speaks RTSP on real sockets within the test's process, and shows exactly what it is told to.

FFmpeg packs the pictures into RTP; that leaves every packet, its time and its bits, in the hands of the test.
"""

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
from typing import Literal

from benchmarks.rig.rtsp import RtspTalk, describe
from tests.vision.served import served

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
        sound_track = ("m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=control:track1")
        return describe(self.codec, *(sound_track if self.has_sound else ()))


def sound(length_s: float) -> tuple[bytes, ...]:
    """Make silent G.711 sound, a packet each 20 ms."""
    head = struct.pack(">BBHII", 0x80, 8, 0, 0, 77)
    return tuple(head[:4] + struct.pack(">I", 160 * i) + head[8:] + b"\xd5" * 160 for i in range(round(length_s * 50)))


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


class _Viewer(RtspTalk):
    server: _Server

    def handle(self) -> None:
        camera = self.server.camera
        show = camera.next_show()
        ports: dict[int, int] = {}
        while request := self.next_request():
            method, url, headers = request
            told = headers.get("transport", "")
            match method:
                case "DESCRIBE":
                    self.reply(headers, f"Content-Base: {url}/\r\nContent-Type: application/sdp", show.sdp())
                case "SETUP":
                    kind = "tcp" if "TCP" in told else "udp"
                    if kind not in camera.transports:
                        self.reply(headers, status="461 Unsupported Transport")
                        continue
                    camera.transports_used.append(kind)
                    if kind == "udp":
                        (port,) = re.findall(r"client_port=(\d+)", told)
                        ports[int(url[-1])] = int(port)
                        told += ";server_port=6970-6971"
                    self.reply(headers, f"Session: 1\r\nTransport: {told}")
                case "PLAY":
                    self.reply(headers, "Session: 1")
                    self._play(show, ports)
                    return
                case _:
                    self.reply(headers, "Public: DESCRIBE, SETUP, PLAY, TEARDOWN")

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

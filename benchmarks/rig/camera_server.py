"""Cameras of one process: each sends a clip for ever, in real time, to whoever looks.

`python -m benchmarks.rig.camera_server PORT ORIGIN_S CLIP@SHIFT_S...` serves the first one at `/cam0`, and so on. Like
a real camera it goes on whether or not anybody looks: what it shows at a moment follows from ORIGIN_S, monotonic
seconds, and from its shift alone, also after a new start. A viewer begins with the next key picture.

Orders come as JSON lines on standard input, and what happens is told as JSON lines on standard output; `CameraBank`
knows both.
"""

import json
import re
import select
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.errors import RigError
from benchmarks.rig.rtp import CLOCK_HZ, FIRST_TICK, SentFrame, read_frames
from benchmarks.rig.rtsp import RtspTalk, describe

_NAME = re.compile(r"://[^/]*/(\w+)")
_STUCK_S = 5.0
_NAP_S = 0.5
_LISTEN_FRAMES = 25


@dataclass
class Camera:
    """One camera.

    Attributes:
        name: Last part of its address.
        frames: What it shows.
        length_s: How long that is.
        start_s: When it shows the first of them for the first time, monotonic.
        jump_ticks: By how much its clock was set.
        away_until_s: Until when it lets nobody in.
        silent_until_s: Until when it sends nothing.
        sent: Frames given whole to the network.
        unsent: Frames that were due while a viewer took nothing, and were never sent.
        late_s: The longest that a frame was sent after it was due.
        viewers: Sockets of those who look now.
    """

    name: str
    frames: tuple[SentFrame, ...]
    length_s: float
    start_s: float
    jump_ticks: int = 0
    away_until_s: float = 0.0
    silent_until_s: float = 0.0
    sent: int = 0
    unsent: int = 0
    late_s: float = 0.0
    viewers: list[socket.socket] = field(default_factory=list)

    def due_s(self, number: int) -> float:
        """Tell when the frame of that number is due, counted over all turns of the clip."""
        turn, index = divmod(number, len(self.frames))
        return self.start_s + turn * self.length_s + self.frames[index].time_s

    def next_key(self, now_s: float) -> int:
        """Tell the number of the first key picture from now on."""
        number = max(0, int((now_s - self.start_s) // self.length_s)) * len(self.frames)
        while self.due_s(number) < now_s or not self.frames[number % len(self.frames)].is_key:
            number += 1
        return number

    def packets(self, number: int, sequence: int) -> tuple[bytes, int]:
        """Give the packets of a frame as they go through the connection, and the number of the next packet."""
        turn, index = divmod(number, len(self.frames))
        frame = self.frames[index]
        tick = (FIRST_TICK + frame.ticks + round(turn * self.length_s * CLOCK_HZ) + self.jump_ticks) % 2**32
        parts = []
        for packet in frame.packets:
            parts.append(struct.pack(">cBH", b"$", 0, len(packet)))
            parts.append(packet[:2] + struct.pack(">HI", sequence % 2**16, tick) + packet[8:])
            sequence += 1
        return b"".join(parts), sequence

    def cut(self) -> None:
        """Hang up on all viewers."""
        for viewer in tuple(self.viewers):
            with suppress(OSError):
                viewer.shutdown(socket.SHUT_RDWR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64
    cameras: dict[str, Camera]

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a viewer goes away."""


class _Viewer(RtspTalk):
    server: _Server

    def handle(self) -> None:
        while request := self.next_request():
            method, url, headers = request
            # SETUP names the track beside the camera.
            named = _NAME.search(url)
            camera = self.server.cameras.get(named[1]) if named else None
            if camera is None or time.monotonic() < camera.away_until_s:
                self.reply(headers, status="404 Not Found")
                return
            match method:
                case "DESCRIBE":
                    self.reply(headers, f"Content-Base: {url}/\r\nContent-Type: application/sdp", describe("h264"))
                case "SETUP" if "TCP" not in headers.get("transport", ""):
                    self.reply(headers, status="461 Unsupported Transport")
                case "SETUP":
                    self.reply(headers, f"Session: 1\r\nTransport: {headers['transport']}")
                case "PLAY":
                    self.reply(headers, "Session: 1")
                    self._play(camera)
                    return
                case _:
                    self.reply(headers, "Public: DESCRIBE, SETUP, PLAY, TEARDOWN")

    def _play(self, camera: Camera) -> None:
        self.connection.settimeout(_STUCK_S)
        camera.viewers.append(self.connection)
        number = camera.next_key(time.monotonic())
        sequence = 0
        tell(event="viewer", camera=camera.name, first=number, due_s=camera.due_s(number))
        try:
            while True:
                _sleep_until(camera.due_s(number))
                if time.monotonic() >= camera.silent_until_s:
                    content, sequence = camera.packets(number, sequence)
                    self._send(camera, content, camera.due_s(number))
                number += 1
                if number % _LISTEN_FRAMES == 0:
                    self._listen()
        except OSError as error:
            now_s = time.monotonic()
            if isinstance(error, TimeoutError):
                camera.unsent += 1
            tell(event="gone", camera=camera.name, next=number, at_s=now_s)
        finally:
            camera.viewers.remove(self.connection)

    def _listen(self) -> None:
        """Take what the viewer reports, which nobody reads, so that it can go on reporting.

        Raises:
            OSError: The viewer has gone.
        """
        is_said = select.select([self.connection], [], [], 0.0)[0]
        if is_said and not self.connection.recv(1 << 16):
            raise ConnectionResetError

    def _send(self, camera: Camera, content: bytes, due_s: float) -> None:
        self.connection.sendall(content)
        camera.sent += 1
        camera.late_s = max(camera.late_s, time.monotonic() - due_s)


def _sleep_until(until_s: float) -> None:
    while (left_s := until_s - time.monotonic()) > 0:
        time.sleep(min(left_s, _NAP_S))


def tell(**what: object) -> None:
    """Tell one thing on standard output."""
    # One write a line: many threads tell.
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def obey(cameras: dict[str, Camera], order: dict[str, float | str]) -> None:
    """Carry out one order: `do` is "cut", "away", "silent", "jump" or "count", `camera` names one or is left out."""
    named = [cameras[str(order["camera"])]] if "camera" in order else list(cameras.values())
    seconds = float(order.get("seconds", 0.0))
    for camera in named:
        match order["do"]:
            case "away":
                camera.away_until_s = time.monotonic() + seconds
                camera.cut()
            case "silent":
                camera.silent_until_s = time.monotonic() + seconds
            case "jump":
                camera.jump_ticks += round(seconds * CLOCK_HZ)
            case "cut":
                camera.cut()
            case _:
                tell(event="count", camera=camera.name, sent=camera.sent, unsent=camera.unsent, late_s=camera.late_s)


def main(arguments: Sequence[str]) -> int:
    """Serve until standard input ends; see the module."""
    port, origin_s, *shows = arguments
    read: dict[str, tuple[tuple[SentFrame, ...], float]] = {}
    cameras = {}
    try:
        for i, show in enumerate(shows):
            clip, _, shift_s = show.rpartition("@")
            if clip not in read:
                read[clip] = read_frames(Path(clip))
            cameras[f"cam{i}"] = Camera(f"cam{i}", *read[clip], float(origin_s) + float(shift_s))
        server = _Server(("127.0.0.1", int(port)), _Viewer)
    except (RigError, OSError) as error:
        tell(event="failed", why=str(error))
        return 1
    server.cameras = cameras
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    tell(event="ready")
    for line in sys.stdin:
        obey(cameras, json.loads(line))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

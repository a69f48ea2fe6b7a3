"""A camera for tests: serves the packets of an H.264 MP4 over RTSP in real time.

Run with the interpreter of the system, which has GStreamer's bindings:
`/usr/bin/python3 tests/rtsp_server.py FILE PORT PATH [--times N] [--credentials USER:PASSWORD] [--since SECONDS]`
Each viewer gets the file from its start, N times over without a gap in time, and then the end of the stream; with
`--since` what is on at that moment of a showing that began then, so that several servers show the same together.
Writes one line, "ready", when it listens.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any


def main() -> None:
    arguments = _arguments()
    import gi  # type: ignore[import-not-found, import-untyped, unused-ignore]

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found, import-untyped, unused-ignore]

    Gst.init(None)
    packets, caps = _read(Gst, arguments.file)
    factory = GstRtspServer.RTSPMediaFactory()
    live = "" if arguments.since is None else "is-live=true "
    factory.set_launch(
        f"( appsrc name=source format=time {live}! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
    )
    factory.connect("media-configure", lambda _, media: _feed(Gst, media, packets, caps, arguments))
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(arguments.port))
    if arguments.credentials:
        _require(GstRtspServer, server, factory, *arguments.credentials.split(":", 1))
    server.get_mount_points().add_factory(arguments.path, factory)
    if not server.attach(None):
        sys.exit(f"port {arguments.port} is taken")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="H.264 in MP4")
    parser.add_argument("port", type=int)
    parser.add_argument("path", help="such as /cam")
    parser.add_argument("--times", type=int, default=1, help="how often the file is played to each viewer")
    parser.add_argument("--since", type=float, help="seconds on the machine's monotonic clock")
    parser.add_argument("--credentials", help="USER:PASSWORD to ask for")
    return parser.parse_args()


def _read(gst: Any, file: str) -> tuple[list[Any], Any]:
    """Read all packets at once; what they are comes with the first."""
    pipeline = gst.parse_launch(
        f'filesrc location="{file}" ! qtdemux ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au '
        "! appsink name=sink sync=false"
    )
    pipeline.set_state(gst.State.PLAYING)
    sink = pipeline.get_by_name("sink")
    packets, caps = [], None
    while sample := sink.emit("pull-sample"):
        packets.append(sample.get_buffer())
        caps = sample.get_caps()
    pipeline.set_state(gst.State.NULL)
    if not packets:
        sys.exit(f"{file}: no H.264 in it")
    return packets, caps


def _feed(gst: Any, media: Any, packets: list[Any], caps: Any, arguments: argparse.Namespace) -> None:
    source = media.get_element().get_by_name("source")
    source.set_property("caps", caps)
    waiting = _repeated(packets, arguments.times)
    if arguments.since is not None:
        waiting = _since(gst, waiting, source, arguments.since)

    def push(_source: Any, _wanted: int) -> None:
        packet = next(waiting, None)
        if packet is None:
            source.emit("end-of-stream")
        else:
            source.emit("push-buffer", packet)

    source.connect("need-data", push)


def _since(gst: Any, packets: Iterator[Any], source: Any, since_s: float) -> Iterator[Any]:
    """Leave out what is over, up to a key picture, and time the rest for a pipeline that plays already."""
    played_ns = source.get_clock().get_time() - source.get_base_time()
    shift_ns = played_ns - round((time.monotonic() - since_s) * 1e9)
    is_on = False
    for packet in packets:
        is_key = not packet.has_flags(gst.BufferFlags.DELTA_UNIT)
        is_on = is_on or (is_key and packet.pts + shift_ns >= played_ns)
        if is_on:
            packet.pts += shift_ns
            packet.dts += shift_ns
            yield packet


def _repeated(packets: list[Any], times: int) -> Iterator[Any]:
    first_ns = min(packet.pts for packet in packets)
    length_ns = max(packet.pts + packet.duration for packet in packets) - first_ns
    for turn in range(times):
        for packet in packets:
            copy = packet.copy_deep()
            copy.pts = packet.pts + turn * length_ns
            copy.dts = packet.dts + turn * length_ns
            yield copy


def _require(rtsp: Any, server: Any, factory: Any, user: str, password: str) -> None:
    token = rtsp.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = rtsp.RTSPAuth()
    auth.add_basic(rtsp.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = rtsp.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


if __name__ == "__main__":
    main()

"""The talk between a camera and a viewer before pictures flow (RFC 2326), on the camera's side."""

import socketserver

from benchmarks.rig.rtp import CLOCK_HZ, RTP_TYPE

_NAMES = {"h264": "H264", "hevc": "H265"}


def describe(codec: str, *more: str) -> str:
    """Describe one track of pictures (SDP, RFC 4566), and what else is offered."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=cam", "c=IN IP4 0.0.0.0", "t=0 0", f"m=video 0 RTP/AVP {RTP_TYPE}"]
    lines += [f"a=rtpmap:{RTP_TYPE} {_NAMES[codec]}/{CLOCK_HZ}", "a=control:track0"]
    if codec == "h264":
        lines.append(f"a=fmtp:{RTP_TYPE} packetization-mode=1")
    return "\r\n".join([*lines, *more]) + "\r\n"


class RtspTalk(socketserver.StreamRequestHandler):
    """Reads requests and writes answers."""

    def next_request(self) -> tuple[str, str, dict[str, str]] | None:
        """Read the next one: method, address and headers, their names in small letters; None where there is none."""
        words = self.rfile.readline().decode().split()
        if len(words) != 3:
            return None
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return words[0], words[1], headers

    def reply(self, asked: dict[str, str], headers: str = "", body: str = "", *, status: str = "200 OK") -> None:
        """Answer a request, whose headers are `asked`."""
        lines = [f"RTSP/1.0 {status}", f"CSeq: {asked['cseq']}", *([headers] if headers else [])]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}"])
        self.wfile.write(f"{head}\r\n\r\n{body}".encode())

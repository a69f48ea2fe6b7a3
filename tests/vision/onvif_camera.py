"""A camera that speaks ONVIF on real sockets, checks the password's digest, and can be told to misbehave."""

import base64
import hashlib
import hmac
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.vision.served import served

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
DEVICE, MEDIA = "http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver10/media/wsdl"
MEDIA2, SCHEMA = "http://www.onvif.org/ver20/media/wsdl", "http://www.onvif.org/ver10/schema"
GROUP = "239.255.255.250"
NOT_SIGNED = {"GetSystemDateAndTime"}
OLDEST = timedelta(seconds=60)


@dataclass
class OnvifCamera:
    """What the camera is like; change it before it is asked.

    Attributes:
        user, password: Whom it lets in.
        ahead: By how much its clock is wrong.
        media: Which media services it has.
        knows_services: Whether it knows GetServices; old ones do not.
        wants_http_digest: Whether it asks for HTTP's digest instead of that in the message.
        media_url: Where it says that its media service is; a camera behind a router names its inner address.
        stream_url: The address that it tells of each stream, by the profile's token.
        misbehave: Takes the place of every answer.
        asked: The operations it was asked for, and whether the digest was right.
        bodies: Everything that was sent to it.
    """

    port: int
    user: str = "viewer"
    password: str = "s3cret<&>"
    ahead: timedelta = timedelta()
    media: tuple[str, ...] = (MEDIA2, MEDIA)
    knows_services: bool = True
    wants_http_digest: bool = False
    media_url: str = "http://10.255.0.9:8899/onvif/media"
    stream_url: dict[str, str] = field(default_factory=dict)
    misbehave: Callable[["Handler"], None] | None = None
    asked: list[tuple[str, bool]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    nonces: set[str] = field(default_factory=set)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def service(self) -> str:
        return f"http://{self.host}/onvif/device_service"

    def lets_in(self, envelope: Element) -> bool:
        """Check the digest, that its date is of now by this camera's clock, and that it was not used before."""
        user, told, nonce, created = (
            envelope.findtext(f"{{*}}Header/{{*}}Security/{{*}}UsernameToken/{{*}}{name}") or ""
            for name in ("Username", "Password", "Nonce", "Created")
        )
        try:
            age = datetime.now(UTC) + self.ahead - datetime.fromisoformat(created)
        except ValueError:
            return False
        digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.password.encode()).digest()
        is_new = nonce not in self.nonces
        self.nonces.add(nonce)
        return is_new and user == self.user and abs(age) < OLDEST and told == base64.b64encode(digest).decode()

    def answer(self, operation: str, question: Element) -> str | None:
        """Write the body of an answer; None for what it does not know."""
        now = datetime.now(UTC) + self.ahead
        if operation == "GetSystemDateAndTime":
            day = f"<Year>{now.year}</Year><Month>{now.month}</Month><Day>{now.day}</Day>"
            time = f"<Hour>{now.hour}</Hour><Minute>{now.minute}</Minute><Second>{now.second}</Second>"
            utc = f'<UTCDateTime xmlns="{SCHEMA}"><Time>{time}</Time><Date>{day}</Date></UTCDateTime>'
            return f"<SystemDateAndTime>{utc}</SystemDateAndTime>"
        if operation == "GetDeviceInformation":
            return (
                "<Manufacturer>Lens &amp; Co</Manufacturer><Model>摄像机\x09 8MP</Model><SerialNumber>7</SerialNumber>"
            )
        if operation == "GetServices" and self.knows_services:
            return "".join(
                f"<Service><Namespace>{one}</Namespace><XAddr>{self.media_url}</XAddr></Service>"
                for one in ("http://www.onvif.org/ver20/ptz/wsdl", *self.media)
            )
        if operation == "GetCapabilities":
            return f'<Capabilities><Media xmlns="{SCHEMA}"><XAddr>{self.media_url}</XAddr></Media></Capabilities>'
        if operation in ("GetProfiles", "GetStreamUri"):
            return self._media_answer(operation, question)
        return None

    def _media_answer(self, operation: str, question: Element) -> str | None:
        is_second = question.tag.startswith(f"{{{MEDIA2}}}")
        if operation == "GetProfiles":
            profiles = _profiles(is_second)
            return (
                profiles
                if not is_second or question.findtext("{*}Type")
                else re.sub("<Conf.*?</Conf.*?>", "", profiles)
            )
        token = question.findtext("{*}ProfileToken") or ""
        if not is_second and question.findtext("{*}StreamSetup/{*}Transport/{*}Protocol") != "RTSP":
            return None
        address = self.stream_url.get(token, f"rtsp://127.0.0.1:554/{token.strip('<&>')}")
        if address == "":
            return None
        uri = f"<Uri>{address.replace('&', '&amp;')}</Uri>"
        return uri if is_second else f'<MediaUri><Uri xmlns="{SCHEMA}">{uri[5:]}</MediaUri>'


def _profiles(is_second: bool) -> str:
    """Write two profiles with video, the second's token full of what XML must escape, and one with sound alone."""
    text = ""
    for token, name, codec, size, rate in (
        ("main", "主码流", "H265" if is_second else "H264", (3840, 2160), "25"),
        ("sub&lt;&amp;&gt;", "sub", "H264", (640, 360), "12.5"),
    ):
        encoder = (
            f"<Encoding>{codec}</Encoding><Resolution><Width>{size[0]}</Width><Height>{size[1]}</Height></Resolution>"
            f"<RateControl><FrameRateLimit>{rate}</FrameRateLimit></RateControl>"
        )
        if is_second:
            inner = f"<Configurations><VideoEncoder>{encoder}</VideoEncoder></Configurations>"
        else:
            inner = f'<VideoEncoderConfiguration xmlns="{SCHEMA}">{encoder}</VideoEncoderConfiguration>'
        text += f'<Profiles token="{token}"><Name>{name}</Name>{inner}</Profiles>'
    return text + '<Profiles token="sound"><Name>sound</Name></Profiles>'


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    camera: OnvifCamera

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client goes away."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        camera = self.server.camera
        body = self.rfile.read(int(self.headers["Content-Length"]))
        camera.bodies.append(body)
        if camera.misbehave:
            self.close_connection = True
            camera.misbehave(self)
            return
        envelope = ElementTree.fromstring(body)
        question = envelope.find("{*}Body/*")
        assert question is not None
        operation = question.tag.rpartition("}")[2]
        is_in = self._has_http_digest() if camera.wants_http_digest else camera.lets_in(envelope)
        camera.asked.append((operation, is_in))
        if operation in NOT_SIGNED or is_in:
            answer = camera.answer(operation, question)
            namespace = question.tag[1:].partition("}")[0]
            if answer is None:
                self.reply(400, fault("ter:ActionNotSupported", "no such thing"))
            else:
                self.reply(200, f'<{operation}Response xmlns="{namespace}">{answer}</{operation}Response>')
        elif camera.wants_http_digest:
            self.reply(401, "", {"WWW-Authenticate": 'Digest realm="cam", nonce="n0", qop="auth", algorithm=MD5'})
        else:
            self.reply(400, fault("ter:NotAuthorized", "Sender not authorized"))

    def reply(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        self.send_raw(
            status, f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'.encode(), headers
        )

    def send_raw(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing."""

    def _has_http_digest(self) -> bool:
        """Check HTTP's digest (RFC 2617, with qop)."""
        said = dict(re.findall(r'(\w+)="?([^",]*)"?', self.headers.get("Authorization", "")))
        camera = self.server.camera
        first = _md5(f"{camera.user}:cam:{camera.password}")
        parts = [first, "n0", said.get("nc", ""), said.get("cnonce", ""), "auth", _md5(f"POST:{self.path}")]
        return hmac.compare_digest(said.get("response", ""), _md5(":".join(parts)))


def fault(subcode: str, reason: str) -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f"<s:Reason><s:Text>{reason}</s:Text></s:Reason></s:Fault>"
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def onvif_camera() -> Iterator[OnvifCamera]:
    """Run a camera until the end of the block."""
    server = Server(("127.0.0.1", 0), Handler)
    server.camera = OnvifCamera(server.server_port)
    with served(server, server.camera.stopping.set):
        yield server.camera


@contextmanager
def discoverable(answers: Callable[[str], list[bytes]], port: int = 0) -> Iterator[int]:
    """Answer probes on the loopback interface until the end of the block, and tell at which port.

    Args:
        answers: Makes of a probe's message id what is sent back, a datagram each.
        port: Port of the group; 0 takes a free one.
    """
    with (
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listening,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as answering,
    ):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((GROUP, port))
        group = struct.pack("@4s4si", socket.inet_aton(GROUP), b"", socket.if_nametoindex("lo"))
        listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        listening.settimeout(0.05)
        # Who answers from the group's own socket would answer from the machine's outer address.
        answering.bind(("127.0.0.1", 0))
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    question, sender = listening.recvfrom(65_536)
                except TimeoutError:
                    continue
                probe = ElementTree.fromstring(question)
                assert "NetworkVideoTransmitter" in (probe.findtext("{*}Body/{*}Probe/{*}Types") or "")
                for answer in answers((probe.findtext("{*}Header/{*}MessageID") or "").strip()):
                    answering.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join()


def probe_matches(message_id: str, addresses: str) -> bytes:
    """Write the answer to a probe."""
    return (
        f'<s:Envelope xmlns:s="{ENVELOPE}" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header>'
        f"<a:RelatesTo>{message_id}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<d:XAddrs>{addresses}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()

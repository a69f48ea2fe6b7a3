"""Asking the local network for cameras: WS-Discovery, as ONVIF prescribes it."""

import asyncio
import socket
import struct
import uuid
from asyncio import DatagramProtocol
from dataclasses import dataclass

import httpx

from vision.errors import ProbeFailed
from vision.soap import parse_xml, web_address

_GROUP = ("239.255.255.250", 3702)
_MOST_DEVICES = 512
_TWICE_AFTER_S = 0.2  # datagrams get lost: the question is asked again
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_PROBE = f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{_ADDRESSING}"><s:Header>
<a:Action s:mustUnderstand="1">{_DISCOVERY}/Probe</a:Action><a:MessageID>uuid:{{}}</a:MessageID>
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>
<s:Body><d:Probe xmlns:d="{_DISCOVERY}"><d:Types xmlns:n="http://www.onvif.org/ver10/network/wsdl">\
n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered the question for cameras.

    Attributes:
        host: Its address, as the network tells it.
        service: Where its device service is, always on `host`; None where it named none there.
    """

    host: str
    service: httpx.URL | None


async def probe(wait_s: float, interface: str | None = None, group: tuple[str, int] = _GROUP) -> list[Answer]:
    """Ask for cameras and collect the answers, one of each address, in order of address.

    What is no answer to this question is passed over, and a device that names a service on another host is taken to
    name none: what is asked there would be told to somebody else.

    Args:
        wait_s: How long to collect.
        interface: Name of the network interface to ask through, such as "eth0"; None leaves it to the routes.
        group: Address and port to ask at.

    Raises:
        ProbeFailed: There is no such interface, or the question cannot be sent.
    """
    message_id = str(uuid.uuid4())
    question = _PROBE.format(message_id).encode()
    answers: dict[str, Answer] = {}
    try:
        with _asking_through(interface) as asking:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Collector(message_id, answers), sock=asking
            )
            try:
                for pause_s in (min(_TWICE_AFTER_S, wait_s), max(0.0, wait_s - _TWICE_AFTER_S)):
                    # Sent on the socket itself, which says what is wrong where the transport would pass it over.
                    asking.sendto(question, group)
                    await asyncio.sleep(pause_s)
            finally:
                transport.close()
    except OSError as error:
        where = f"through {interface}" if interface else "from here"
        raise ProbeFailed(
            f"cameras cannot be asked for {where} ({error.strerror or error}); name the network's interface by "
            "--interface, or a camera by --host"
        ) from error
    return [answers[host] for host in sorted(answers)]


class _Collector(DatagramProtocol):
    def __init__(self, message_id: str, answers: dict[str, Answer]) -> None:
        self._message_id = message_id
        self._answers = answers

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        host = addr[0]
        known = self._answers.get(host)
        if (known and known.service) or len(self._answers) >= _MOST_DEVICES:
            return
        services = _services(data, self._message_id)
        if services is not None:
            self._answers[host] = Answer(host, next((url for url in services if url.host == host), None))


def _asking_through(interface: str | None) -> socket.socket:
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asking.setblocking(False)
        asking.bind(("", 0))
        if interface is not None:
            # struct ip_mreqn: group and address are left open, the interface is told by its number.
            number = socket.if_nametoindex(interface)
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", b"", b"", number))
    except OSError:
        asking.close()
        raise
    return asking


def _services(data: bytes, message_id: str) -> list[httpx.URL] | None:
    """Read the addresses in an answer; None where it is no answer to the question of that id."""
    root = parse_xml(data)
    if root is None:
        return None
    related = root.findtext("{*}Header/{*}RelatesTo") or ""
    matches = root.find("{*}Body/{*}ProbeMatches")
    if matches is None or not related.strip().endswith(message_id):
        return None
    told = " ".join(element.text or "" for element in matches.iterfind("{*}ProbeMatch/{*}XAddrs"))
    return [url for word in told.split() if (url := web_address(word)) is not None]

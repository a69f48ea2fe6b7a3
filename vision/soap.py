"""One question to a device in SOAP 1.2, and its answer, of which nothing is believed."""

import base64
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.sax.saxutils import escape

import httpx

from vision.errors import OnvifError, OnvifFault, OnvifRefused

_MOST_ANSWER_BYTES = 1 << 20
_MOST_TEXT = 64
_HIGHEST_PORT = 65_535
_STEP_LIMIT_S = 10.0
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_REFUSED_STATUS = frozenset({401, 403})
_REFUSED_WORDS = ("NotAuthorized", "FailedAuthentication", "InvalidSecurity")


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password of a camera; neither is ever shown."""

    user: str = field(repr=False)
    password: str = field(repr=False)


class SoapClient:
    """Asks one device, and no other: redirects are not followed, answers are short, a document type is refused.

    That no answer takes for ever is up to the caller: a device may send one byte at a time.
    """

    def __init__(self, client: httpx.AsyncClient, name: str, credentials: Credentials | None) -> None:
        """Take the client to send with.

        Args:
            client: As from `http_client`.
            name: What to call the device in messages.
            credentials: Of the device, or None to ask without.
        """
        self._client = client
        self._name = name
        self._credentials = credentials
        self._ahead_s = 0.0

    def follow_clock(self, device_utc: datetime) -> None:
        """Date what follows by the device's own clock: one that runs wrong takes right passwords for old ones."""
        self._ahead_s = device_utc.timestamp() - datetime.now(UTC).timestamp()

    async def ask(self, url: httpx.URL, body: str, *, signed: bool = True) -> tuple[Element, str | None]:
        """Send a question and give the element within the answer's body, and the address that answered.

        Args:
            url: Where the device's service is.
            body: One element, escaped.
            signed: Whether to say who asks.

        Raises:
            OnvifFault: The device understood, and says no.
            OnvifRefused: It wants other credentials.
            OnvifError: It does not answer, or not in SOAP.
        """
        header = self._header() if signed and self._credentials else ""
        envelope = f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">{header}<s:Body>{body}</s:Body></s:Envelope>'
        request = self._client.build_request(
            "POST",
            url,
            content=f'<?xml version="1.0" encoding="utf-8"?>{envelope}'.encode(),
            headers={"content-type": "application/soap+xml; charset=utf-8", "accept-encoding": "identity"},
        )
        try:
            response, content, peer = await self._exchange(request, signed=signed)
        except httpx.HTTPError as error:
            raise OnvifError(f"{self._name}: {_in_words(error)}") from error
        except (KeyError, NotImplementedError) as error:
            # What httpx says to a challenge by an algorithm that it does not know.
            raise OnvifError(f"{self._name}: asks for the password in a way that is not known; update it") from error
        return self._answer(response, content), peer

    async def _exchange(self, request: httpx.Request, *, signed: bool) -> tuple[httpx.Response, bytes, str | None]:
        """Send, and once more where the device asks for HTTP digest; httpx itself would read a refusal to its end."""
        answer = await self._send(request)
        if answer[0].status_code != 401 or not signed or self._credentials is None:
            return answer
        flow = httpx.DigestAuth(self._credentials.user, self._credentials.password).auth_flow(request)
        next(flow)
        try:
            again = flow.send(answer[0])
        except StopIteration:
            return answer
        return await self._send(again)

    async def _send(self, request: httpx.Request) -> tuple[httpx.Response, bytes, str | None]:
        response = await self._client.send(request, stream=True)
        try:
            content = bytearray()
            async for block in response.aiter_raw():
                content += block
                if len(content) > _MOST_ANSWER_BYTES:
                    raise OnvifError(f"{self._name}: its answer is over {_MOST_ANSWER_BYTES >> 20} MB; it is no camera")
            stream = response.extensions.get("network_stream")
            peer = stream.get_extra_info("server_addr") if stream else None
            return response, bytes(content), str(peer[0]) if peer else None
        finally:
            await response.aclose()

    def _answer(self, response: httpx.Response, content: bytes) -> Element:
        status = response.status_code
        if response.is_redirect:
            raise OnvifError(
                f"{self._name}: it sends to another address, which is not followed; ask that one by --host"
            )
        root = parse_xml(content)
        body = root.find("{*}Body") if root is not None else None
        if body is None or len(body) == 0:
            if status in _REFUSED_STATUS:
                raise self._refusal()
            told = f"HTTP status {status}" if status != 200 else "what it answers is not SOAP"
            raise OnvifError(f"{self._name}: {told}; check that it is a camera and that ONVIF is switched on in it")
        answer = body[0]
        if answer.tag.rpartition("}")[2] != "Fault":
            return answer
        words = [element.text or "" for element in answer.iter()]
        if status in _REFUSED_STATUS or any(sign in word for sign in _REFUSED_WORDS for word in words):
            raise self._refusal()
        why = printable(answer.find("{*}Reason/{*}Text")) or "without a reason"
        raise OnvifFault(f"{self._name}: it refuses ({why})")

    def _refusal(self) -> OnvifRefused:
        if self._credentials is None:
            return OnvifRefused(f"{self._name}: it asks for user and password; give those of its ONVIF user")
        return OnvifRefused(
            f"{self._name}: it refuses the credentials; check user and password, and that the user may use ONVIF"
        )

    def _header(self) -> str:
        """Write WS-UsernameToken with a password digest (OASIS WSS UsernameToken Profile 1.0, section 3.1)."""
        if self._credentials is None:
            return ""
        nonce = os.urandom(16)
        created = datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._ahead_s, UTC)
        dated = created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        # SHA-1 is what the profile prescribes; it keeps the password from being read, not from being tried.
        digest = hashlib.sha1(nonce + dated.encode() + self._credentials.password.encode(), usedforsecurity=False)
        told = _base64(digest.digest())
        return (
            f'<s:Header><w:Security xmlns:w="{_OASIS}-wssecurity-secext-1.0.xsd" s:mustUnderstand="1"><w:UsernameToken>'
            f"<w:Username>{escape(self._credentials.user)}</w:Username>"
            f'<w:Password Type="{_OASIS}-username-token-profile-1.0#PasswordDigest">{told}</w:Password>'
            f'<w:Nonce EncodingType="{_OASIS}-soap-message-security-1.0#Base64Binary">{_base64(nonce)}</w:Nonce>'
            f'<u:Created xmlns:u="{_OASIS}-wssecurity-utility-1.0.xsd">{dated}</u:Created>'
            "</w:UsernameToken></w:Security></s:Header>"
        )


class _NoDoctype(TreeBuilder):
    """Builds a tree, but none with a document type: SOAP forbids it, and entities, inner and outer, need one."""

    def doctype(self, name: str, _pubid: str | None, _system: str | None) -> None:
        """Refuse."""
        raise ParseError(f"document type {name}")


@asynccontextmanager
async def http_client() -> AsyncIterator[httpx.AsyncClient]:
    """Make a client that follows no redirects and takes nothing from the environment: no proxy sees a camera."""
    # A connection for each question: cameras hang up between two without saying so.
    once = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=_STEP_LIMIT_S, limits=once, follow_redirects=False, trust_env=False) as client:
        yield client


def parse_xml(content: bytes) -> Element | None:
    """Read XML that somebody on the network sent; None where it is not well-formed, or has a document type."""
    parser = XMLParser(target=_NoDoctype())
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        # ValueError, LookupError: an encoding that does not exist or does not fit.
        return None
    return root


def web_address(text: str) -> httpx.URL | None:
    """Read an address of HTTP that somebody on the network sent; None where it is none that can be connected to."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        return None
    is_one = url.scheme in ("http", "https") and bool(url.host) and (url.port or 1) <= _HIGHEST_PORT
    return url if is_one else None


def printable(element: Element | None) -> str:
    """Give an element's text for people: no control characters, which a terminal would obey, and not too long."""
    text = (element.text or "").strip() if element is not None else ""
    return "".join(letter for letter in text if letter.isprintable())[:_MOST_TEXT]


def _in_words(error: httpx.HTTPError) -> str:
    match error:
        case httpx.ConnectTimeout() | httpx.ReadTimeout():
            return f"no answer within {_STEP_LIMIT_S:.0f} s; check the network to it"
        case httpx.ConnectError():
            return "nothing answers there; check host and port, and whether it is on"
    return "the connection broke, or what it answers is not HTTP; check host and port"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

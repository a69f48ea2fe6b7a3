"""The receiver of work orders over HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import httpx

from evidence.backoff import LONGEST_WAIT_S
from evidence.errors import EndpointError
from evidence.outbox import MediaFile
from evidence.work_order import SigningSecret, authorization, content_digest, order_body, order_headers

Outcome = Literal["delivered", "refused", "failed", "blocked", "closed", "lost"]

_BLOCK_BYTES = 1 << 18
_MOST_ANSWER_BYTES = 1 << 16
_SLOWEST_BYTES_S = 16_384
_BLOCKED_STATUS = frozenset({401, 403, 407, 429, 502, 503, 504})
_FAILED_STATUS = frozenset({408, 425})


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Where work orders go.

    Attributes:
        url: Address that takes incidents; files go below it.
        token: For `Authorization: Bearer`; None sends none.
        secret: `whsec_...`, for signatures; None sends none.
        send_media: Whether files are sent, or facts alone.
        timeout_s: Longest time for an order in all; files get more by their size.
        ca_file: Certificates to trust, PEM; None trusts the usual ones.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    send_media: bool = True
    timeout_s: float = 20.0
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL as error:
            raise EndpointError(f"endpoint.url {self.url!r} is not an address: {error}") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise EndpointError(f"endpoint.url {self.url!r} is not an address; write it as https://host/path")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise EndpointError("endpoint.token has letters that a header may not have; copy it again")
        if not 0.0 < self.timeout_s <= 300.0:
            raise EndpointError(f"endpoint.timeout_s is {self.timeout_s}; it must be over 0 and 300 at most")


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of an attempt.

    Attributes:
        outcome: "delivered" on 2xx alone. "refused": this message, whatever comes next. "failed": the receiver failed
            at it. "blocked": nothing gets through at present. "closed": never send here again. "lost": the file is
            gone from the disk.
        detail: Why, in words.
        retry_after_s: How long the receiver asks to be left alone; None when it does not.
    """

    outcome: Outcome
    detail: str = ""
    retry_after_s: float | None = None


class HttpEndpoint:
    """Sends orders and files to one address; for one thread."""

    def __init__(self, settings: EndpointSettings) -> None:
        """Prepare to send; nothing is connected yet.

        Raises:
            EndpointError: If the secret or the certificates cannot be read.
        """
        self._settings = settings
        self._secret = None if settings.secret is None else SigningSecret.parse(settings.secret)
        self._verify = _trust(settings.ca_file)
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None

    @property
    def url(self) -> str:
        """Tell the address that takes incidents."""
        return self._settings.url

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        if self._client is not None:
            self._runner.run(self._client.aclose())
            self._client = None
        self._runner.close()

    def post_order(self, incident_id: str, facts: dict[str, object], sent_utc: datetime) -> SendResult:
        """Send the facts of an incident.

        Args:
            incident_id: Key of the message.
            facts: From `incident_facts`.
            sent_utc: Time of this attempt, for the signature.

        Returns:
            What came of it; never an error of the network.
        """
        return self.post_event(incident_id, order_body(facts), sent_utc)

    def post_event(self, key: str, body: bytes, sent_utc: datetime) -> SendResult:
        """Send any CloudEvents envelope in the manner of an order.

        Args:
            key: Of the message.
            body: The envelope, UTF-8 JSON.
            sent_utc: Time of this attempt, for the signature.

        Returns:
            What came of it; never an error of the network.
        """
        headers = order_headers(key, body, sent_utc, self._settings.token, self._secret)
        answer = self._runner.run(self._send("POST", self.url, headers, body, self._settings.timeout_s))
        if isinstance(answer, str):
            return SendResult("blocked", answer)
        return read_answer(answer, self.url, sent_utc, may_close=True)

    def put_media(self, incident_id: str, media: MediaFile, sent_utc: datetime) -> SendResult:
        """Send a file of a package, straight from the disk.

        Args:
            incident_id: The incident it belongs to.
            media: The file.
            sent_utc: Time of this attempt.

        Returns:
            What came of it; never an error of the network.
        """
        url = f"{self.url.rstrip('/')}/{quote(incident_id, safe='')}/media/{quote(media.name)}"
        try:
            size = media.path.stat().st_size
            with media.path.open("rb"):
                pass
        except FileNotFoundError:
            return SendResult("lost", f"{media.path} is gone from the disk")
        except OSError as error:
            return SendResult("refused", f"{media.path} cannot be read: {error.strerror}")
        headers = {
            "Content-Type": media.media_type,
            "Content-Length": str(size),
            "Content-Digest": content_digest(bytes.fromhex(media.sha256)),
            "droptrace-role": media.role,
        } | authorization(self._settings.token)
        limit_s = self._settings.timeout_s + size / _SLOWEST_BYTES_S
        answer = self._runner.run(self._send("PUT", url, headers, _blocks(media.path), limit_s))
        if isinstance(answer, str):
            return SendResult("blocked", answer)
        return read_answer(answer, url, sent_utc, may_close=False)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | AsyncIterator[bytes], limit_s: float
    ) -> httpx.Response | str:
        """Send one request within a time limit for all of it; tell the answer, or why there is none."""
        client = self._open_client()
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(limit_s):
                request = client.build_request(method, url, headers=headers, content=content)
                response = await client.send(request, stream=True)
                await _read_some(response)
        except TimeoutError:
            return response or f"{url} has not answered within {limit_s:.0f} s"
        except (httpx.TransportError, OSError) as error:
            return response or f"{url} cannot be reached: {error or type(error).__name__}"
        finally:
            if response is not None:
                await response.aclose()
        return response

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            timeout = httpx.Timeout(self._settings.timeout_s)
            self._client = httpx.AsyncClient(
                verify=self._verify, timeout=timeout, follow_redirects=False, trust_env=False
            )
        return self._client


def read_answer(answer: httpx.Response, url: str, now: datetime, *, may_close: bool) -> SendResult:
    """Judge an answer by its status: 2xx alone is success.

    Args:
        answer: Status and headers; the body is not needed.
        url: Where the request went.
        now: The time, for a `Retry-After` that names a date.
        may_close: Whether 410 means that the address takes no more.
    """
    status = answer.status_code
    told = f"{url} answered {status} {answer.reason_phrase}".rstrip()
    if answer.is_success:
        return SendResult("delivered", told)
    if answer.has_redirect_location or 300 <= status < 400:
        target = answer.headers.get("location", "nowhere")
        words = f"{told} to {target}, which is not followed: write the final address as endpoint.url"
        return SendResult("blocked", words)
    if status == 410 and may_close:
        return SendResult("closed", f"{told}: it takes no more orders; nothing is sent until the address is reopened")
    wait_s = _retry_after_s(answer.headers.get("retry-after"), now)
    if status in _BLOCKED_STATUS:
        return SendResult("blocked", told, wait_s)
    if status in _FAILED_STATUS or status >= 500:
        return SendResult("failed", told, wait_s)
    return SendResult("refused", told, wait_s)


def _retry_after_s(value: str | None, now: datetime) -> float | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3); a day at most, None where it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        wait_s = float(value)
    else:
        try:
            wait_s = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)


def _trust(ca_file: Path | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise EndpointError(f"endpoint.ca_file {ca_file} cannot be read as certificates: {error}") from error


async def _read_some(response: httpx.Response) -> None:
    """Read the answer's body as far as it is reasonable, so that the connection can be used again."""
    count = 0
    async for block in response.aiter_raw():
        count += len(block)
        if count > _MOST_ANSWER_BYTES:
            return


async def _blocks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block

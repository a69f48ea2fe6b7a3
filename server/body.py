"""The body of a request, checked before anything in it is believed."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from server.clock import Clock
from server.digest import parse_sha256
from server.facts import EVENT_MEDIA_TYPE, first_fault
from server.problem import Problem
from server.signature import signature_fault

Event = TypeVar("Event", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class EventBody:
    """The body of an event, as received.

    Attributes:
        key: The request's Idempotency-Key.
        content: The bytes.
        sha256: Their digest, in lower-case hexadecimal digits; the sender declared the same.
    """

    key: str
    content: bytes
    sha256: str

    def parse(self, form: type[Event]) -> Event:
        """Read it as an event of a form.

        Raises:
            Problem: 400 where it is no JSON, 422 where a fact is missing or wrong.
        """
        try:
            return form.model_validate_json(self.content)
        except ValidationError as error:
            is_json = error.errors()[0]["type"] != "json_invalid"
            status = HTTPStatus.UNPROCESSABLE_ENTITY if is_json else HTTPStatus.BAD_REQUEST
            raise Problem(status, first_fault(error)) from error


class EventReader:
    """Reads events of edge boxes: their form, size, digest and signature."""

    def __init__(self, secret: bytes | None, clock: Clock) -> None:
        """Begin; `secret` is the key of the signatures, None where they are not asked for."""
        self._secret = secret
        self._clock = clock

    async def read(self, request: Request, most_bytes: int, limit_name: str) -> EventBody:
        """Read the body of an event.

        Args:
            request: The request.
            most_bytes: Largest body taken in.
            limit_name: What that limit is called, for the answer.

        Raises:
            Problem: The request is not as the interface asks.
        """
        headers = request.headers
        if headers.get("content-type", "").partition(";")[0].strip().lower() != EVENT_MEDIA_TYPE:
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type must be {EVENT_MEDIA_TYPE}")
        key = headers.get("idempotency-key", "").strip('"')
        if not key:
            raise Problem(HTTPStatus.BAD_REQUEST, "Idempotency-Key is missing; send the event's id")
        declared = declared_digest(headers)
        content = b"".join([piece async for piece in limited(request, most_bytes, limit_name)])
        digest = hashlib.sha256(content).hexdigest()
        if digest != declared:
            raise digest_problem()
        if self._secret is not None:
            fault = signature_fault(headers, content, self._secret, self._clock.now_utc())
            if fault is not None:
                raise Problem(HTTPStatus.UNAUTHORIZED, fault)
        return EventBody(key, content, digest)


async def limited(request: Request, most_bytes: int, limit_name: str) -> AsyncIterator[bytes]:
    """Give a body piece by piece, as long as it is not too large.

    Raises:
        Problem: 413 where it is, or says that it will be.
    """
    too_large = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {most_bytes} bytes ({limit_name})")
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > most_bytes:
        raise too_large
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > most_bytes:
            raise too_large
        yield piece


def declared_digest(headers: Mapping[str, str]) -> str:
    """Return the SHA-256 that a request declares, in lower-case hexadecimal digits.

    Raises:
        Problem: 400 where it declares none.
    """
    digest = parse_sha256(headers.get("content-digest", ""))
    if digest is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "Content-Digest with sha-256=:<base64>: is missing")
    return digest


def digest_problem() -> Problem:
    """Make the answer to a body that is not the declared one."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Content-Digest does not match the body; send it again")

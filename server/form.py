"""Forms that a page sends."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request

from server.problem import Problem

_MOST_BYTES = 16_384


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form (`application/x-www-form-urlencoded`); of a field sent twice, the last one.

    Raises:
        Problem: It is too large or not such a form.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the form is too large")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the form cannot be read") from error

"""Errors as answers: `application/problem+json` (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from server.errors import (
    KeyReusedError,
    OtherContentError,
    ServerError,
    StorageError,
    StorageFullError,
    UnknownIncidentError,
)

_RETRY_AFTER_S = "5"
_RETRY_AFTER_FULL_S = "60"
_STATUS_OF: dict[type[ServerError], HTTPStatus] = {
    UnknownIncidentError: HTTPStatus.NOT_FOUND,
    KeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    OtherContentError: HTTPStatus.CONFLICT,
    StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    StorageError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Problem(Exception):  # noqa: N818  (the RFC's word)
    """A request that cannot be answered as asked.

    Attributes:
        status: The answer's status.
        detail: What is wrong and what to do.
        headers: More headers for the answer.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(problem: Problem) -> Response:
    """Put a problem into its JSON form."""
    content = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    return JSONResponse(content, problem.status, problem.headers, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI, render_page: Callable[[Request, Problem], Response]) -> None:
    """Make an application answer with problems instead of its framework's own forms.

    Args:
        app: The application.
        render_page: Makes a page of a problem, for people with a browser.
    """

    def on_problem(request: Request, error: Exception) -> Response:
        problem = _problem_of(error)
        is_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
        return render_page(request, problem) if is_page else problem_response(problem)

    handled = (Problem, RequestValidationError, HTTPException, SQLAlchemyError, *_STATUS_OF)
    for kind in handled:
        app.add_exception_handler(kind, on_problem)


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            problem = error
        case RequestValidationError():
            fault = error.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {fault['msg']}")
        case HTTPException():
            problem = Problem(HTTPStatus(error.status_code), str(error.detail), error.headers)
        case StorageFullError():
            problem = Problem(_STATUS_OF[StorageFullError], str(error), {"Retry-After": _RETRY_AFTER_FULL_S})
        case ServerError():
            problem = Problem(_STATUS_OF[type(error)], str(error))
        case OperationalError() | PoolTimeoutError():
            detail = "the database is busy or cannot be reached; try again"
            problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": _RETRY_AFTER_S})
        case _:
            structlog.get_logger("server").error("the database refused a statement", exc_info=error)
            detail = "the database refused it; see the log of the server"
            problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    return problem

"""The door: every request passes here first."""

from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problem import Problem, problem_response
from server.session import COOKIE_NAME, Identity, Sessions
from server.settings import is_loopback

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OPEN_PATHS = ("/login", "/healthz", "/favicon.ico")
_OPEN_FOLDER = "/static/"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware: lets in who may come in, keeps other sites' pages out, and adds the safety headers.

    Everything is closed unless it is named as open here, so that a new route cannot be forgotten.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        connection = HTTPConnection(scope)
        path, method = scope["path"], scope["method"]
        identity = self._sessions.identify(connection.headers.get("authorization"), connection.cookies.get(COOKIE_NAME))
        app: ASGIApp = self._app
        if self._sessions.is_open and not _names_this_machine(connection.headers):
            app = problem_response(_problem_of_host())
        elif identity is None and not _is_open(path):
            app = _ask_to_log_in(path, scope["query_string"].decode("latin-1"), connection.headers, method)
        elif method not in _SAFE_METHODS and not is_same_origin(connection.headers, identity):
            app = problem_response(Problem(HTTPStatus.FORBIDDEN, "this request came from a page of another site"))
        else:
            scope.setdefault("state", {})["identity"] = identity
        await app(scope, receive, send_with_headers)


def is_same_origin(headers: Headers, identity: Identity | None) -> bool:
    """Tell whether a request that changes something was not made by a page of another site.

    A browser names the page's origin in such requests. One that shows the bearer token was not made by a foreign page;
    one that rests on a cookie must name its origin.
    """
    if identity is not None and identity.shown_by == "bearer":
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    return identity is not None and identity.shown_by == "open"


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDER)


def _names_this_machine(headers: Headers) -> bool:
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    return host is not None and is_loopback(host)


def _problem_of_host() -> Problem:
    # Without a token a foreign page could reach this server under its own name (DNS rebinding).
    detail = "without a token only addresses of this machine are answered; set token in SERVER.toml to use another name"
    return Problem(HTTPStatus.MISDIRECTED_REQUEST, detail)


def _ask_to_log_in(path: str, query: str, headers: Headers, method: str) -> ASGIApp:
    wants_page = method == "GET" and "text/html" in headers.get("accept", "") and not path.startswith("/api/")
    if wants_page:
        target = f"{path}?{query}" if query else path
        return RedirectResponse(f"/login?next={quote(target, safe='')}", HTTPStatus.SEE_OTHER)
    detail = "a token is needed: send it as Authorization: Bearer ..., or log in"
    return problem_response(Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"}))

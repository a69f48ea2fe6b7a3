"""Turning templates into pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.language import LANGUAGE_COOKIE, Languages, Texts
from server.origin_view import percent_text
from server.problem import Problem
from server.session import Identity
from server.settings import ServerSettings
from server.version import version

_FOLDER = Path(__file__).parent / "pages"
_COOKIE_AGE_S = 365 * 24 * 3600
_KILO = 1000
_MOST_NAMES = 3


class Pages:
    """Renders the pages in the language of the request."""

    def __init__(self, settings: ServerSettings) -> None:
        self._zone = ZoneInfo(settings.time_zone)
        self._languages = Languages(settings.language)
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(time=self.format_time, percent=percent_text, size=format_size)
        self._templates.globals.update(media_url=media_url, some_names=some_names, version=version())

    def texts(self, request: Request) -> Texts:
        """Choose the language of a request."""
        return self._languages.choose(
            request.query_params.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language"),
        )

    def render(
        self,
        request: Request,
        template: str,
        values: Mapping[str, Any],
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        """Render a page.

        Args:
            request: For the language and who asks.
            template: File name under `pages/`.
            values: What the template uses.
            status: Of the answer.
        """
        texts = self.texts(request)
        other = "en" if texts.language == "zh" else "zh"
        identity = getattr(request.state, "identity", None)
        page = self._templates.get_template(template).render(
            t=texts,
            switch_url=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
            person=identity.name if isinstance(identity, Identity) and identity.shown_by == "session" else None,
            **values,
        )
        response = HTMLResponse(page, status)
        if request.query_params.get("lang") == texts.language:
            response.set_cookie(LANGUAGE_COOKIE, texts.language, max_age=_COOKIE_AGE_S, httponly=True, samesite="lax")
        return response

    def render_problem(self, request: Request, problem: Problem) -> Response:
        """Render a problem as a page; what the server says in English stays below the words of the page."""
        keys = {HTTPStatus.NOT_FOUND: "error.not_found", HTTPStatus.UNAUTHORIZED: "error.not_allowed"}
        values = {"key": keys.get(problem.status, "error.other"), "problem": problem}
        return self.render(request, "error.html", values, problem.status)

    def format_time(self, time: datetime | None, digits: str = "seconds") -> str:
        """Write a time in the zone of the settings, with its offset, so that it cannot be misread."""
        return "" if time is None else time.astimezone(self._zone).isoformat(sep=" ", timespec=digits)


def media_url(incident_id: str, name: str) -> str:
    """Return where a file of evidence is served."""
    return f"/api/v1/incidents/{quote(incident_id)}/media/{quote(name)}"


def format_size(size_bytes: int) -> str:
    """Write a size for people."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} GB"


def some_names(texts: Texts, names: Sequence[str]) -> str:
    """Write names on one line: the first three, and how many more there are."""
    text = texts("watch.comma").join(names[:_MOST_NAMES])
    left = len(names) - _MOST_NAMES
    return text if left <= 0 else " ".join((text, texts("watch.more", count=left)))

"""The login page: shows the token once, and keeps a cookie."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from server.form import read_form
from server.page import Pages
from server.session import COOKIE_NAME, LIFETIME, Sessions


def login_routes(pages: Pages, sessions: Sessions) -> APIRouter:
    """Make the routes for logging in and out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    def show(request: Request, next: str = "/") -> Response:  # noqa: A002  (the name in the address)
        if sessions.is_open:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return pages.render(request, "login.html", {"next": own_path(next), "wrong": False, "name": ""})

    @routes.post("/login")
    def log_in(request: Request, form: Annotated[dict[str, str], Depends(read_form)]) -> Response:
        target = own_path(form.get("next", "/"))
        if not sessions.is_token(form.get("token", "").strip()):
            values = {"next": target, "wrong": True, "name": form.get("name", "")}
            return pages.render(request, "login.html", values, HTTPStatus.UNAUTHORIZED)
        response = RedirectResponse(target, HTTPStatus.SEE_OTHER)
        response.set_cookie(
            COOKIE_NAME,
            sessions.make_cookie(form.get("name", "")),
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @routes.post("/logout")
    def log_out() -> Response:
        response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE_NAME)
        return response

    return routes


def own_path(target: str) -> str:
    """Return a path of this server to go to after the login; "/" for anything that could lead elsewhere."""
    return target if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", target) else "/"

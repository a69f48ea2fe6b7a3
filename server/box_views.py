"""The page of boxes and cameras, and the line on the list of incidents that tells where nobody watches."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from server.clock import Clock
from server.form import read_form
from server.page import Pages
from server.store import Store
from server.watch import Unwatched, find_unwatched, watch


def unwatched_now(store: Store, clock: Clock) -> Unwatched:
    """Look at all boxes and tell where nobody watches."""
    now_utc = clock.now_utc()
    return find_unwatched(watch(store.boxes.all(now_utc), now_utc))


def box_view_routes(store: Store, pages: Pages, clock: Clock) -> APIRouter:
    """Make the routes of the page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/boxes")
    def show_boxes(request: Request) -> Response:
        now_utc = clock.now_utc()
        return pages.render(request, "boxes.html", {"boxes": watch(store.boxes.all(now_utc), now_utc)})

    @routes.get("/boxes/line")
    def show_line(request: Request) -> Response:
        return pages.render(request, "watch_line.html", {"unwatched": unwatched_now(store, clock)})

    @routes.post("/boxes/forget")
    def forget(form: Annotated[dict[str, str], Depends(read_form)]) -> Response:
        store.boxes.forget(form.get("box_id", ""))
        return RedirectResponse("/boxes", HTTPStatus.SEE_OTHER)

    return routes

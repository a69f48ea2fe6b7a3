"""The JSON interface for reading and reviewing."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import AwareDatetime

from server.answers import (
    Health,
    IncidentDetail,
    IncidentList,
    IncidentSummary,
    ReviewRequest,
    WorkOrderAnswer,
    WorkOrderList,
)
from server.case import Cases
from server.cursor import Cursor
from server.files import MediaFiles
from server.incident import IncidentFilter, ReviewState, Verdict
from server.problem import Problem
from server.session import Identity
from server.store import Store
from server.version import version
from server.work_order import OrderState

_MOST_ITEMS = 200
_SHOWN_INLINE = ("video/", "image/jpeg", "image/png", "image/webp", "application/json", "text/plain")
Limit = Annotated[int, Query(ge=1, le=_MOST_ITEMS)]
CursorText = Annotated[str | None, Query(max_length=400)]


def api_routes(store: Store, files: MediaFiles, cases: Cases) -> APIRouter:
    """Make the routes under /api/v1 that people's programs use."""
    routes = APIRouter(prefix="/api/v1")
    _add_incident_routes(routes, store, cases)
    _add_media_route(routes, store, files)
    _add_work_order_routes(routes, store)
    return routes


def health_routes(store: Store) -> APIRouter:
    """Make the route that watchers ask; it is open to all and tells nothing about incidents."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", response_model=Health)
    def health() -> Response:
        """Tell whether the command centre works."""
        works = store.answers()
        content = Health(status="ok" if works else "database does not answer", version=version())
        return JSONResponse(content.model_dump(), HTTPStatus.OK if works else HTTPStatus.SERVICE_UNAVAILABLE)

    return routes


def identity_of(request: Request) -> Identity:
    """Return who asks, as the guard found out."""
    identity = request.state.identity
    if not isinstance(identity, Identity):
        raise Problem(HTTPStatus.UNAUTHORIZED, "log in first")
    return identity


def read_cursor(text: str | None) -> Cursor | None:
    """Read a cursor from an address.

    Raises:
        Problem: 422 where it is none.
    """
    if not text:
        return None
    try:
        return Cursor.decode(text)
    except ValueError as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "cursor: use next_cursor of the page before") from error


def _add_incident_routes(routes: APIRouter, store: Store, cases: Cases) -> None:
    @routes.get("/incidents", tags=["incidents"])
    def list_incidents(
        camera: str | None = None,
        building: str | None = None,
        verdict: Verdict | None = None,
        review: ReviewState | None = None,
        from_utc: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        to_utc: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        cursor: CursorText = None,
        limit: Limit = 50,
    ) -> IncidentList:
        """List incidents, the latest first."""
        wanted = IncidentFilter(camera, building, verdict, review, from_utc, to_utc)
        page = store.incidents.page(wanted, read_cursor(cursor), limit)
        items = [IncidentSummary.model_validate(incident) for incident in page.items]
        return IncidentList(items=items, next_cursor=page.next_cursor)

    @routes.get("/incidents/{incident_id}", tags=["incidents"])
    def get_incident(incident_id: str) -> IncidentDetail:
        """Return all that is known here of an incident."""
        case = cases.open(incident_id)
        return IncidentDetail.of(case.incident, case.media, case.evidence, case.reviews, case.work_order)

    @routes.post("/incidents/{incident_id}/review", tags=["incidents"], status_code=HTTPStatus.CREATED)
    def review_incident(incident_id: str, review: ReviewRequest, request: Request) -> IncidentDetail:
        """File a decision; a later one takes its place, both are kept."""
        cases.decide(incident_id, identity_of(request).name, review.decision, review.reason, review.note)
        return get_incident(incident_id)


def _add_media_route(routes: APIRouter, store: Store, files: MediaFiles) -> None:
    @routes.get("/incidents/{incident_id}/media/{name:path}", tags=["incidents"], response_class=FileResponse)
    def get_media(incident_id: str, name: str) -> FileResponse:
        """Return a file of evidence; ranges are answered, so that a clip can be sought in."""
        media = store.media.find(incident_id, name)
        path = None if media is None else files.resolve(media.path)
        if media is None or path is None or not path.is_file():
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such file")
        is_shown = media.content_type.lower().startswith(_SHOWN_INLINE)
        # A file comes from outside: the browser shall never run anything in it under this server's name.
        headers = {
            "ETag": f'"{media.sha256}"',
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return FileResponse(
            path,
            headers=headers,
            media_type=media.content_type if is_shown else "application/octet-stream",
            filename=path.name,
            content_disposition_type="inline" if is_shown else "attachment",
        )


def _add_work_order_routes(routes: APIRouter, store: Store) -> None:
    @routes.get("/work-orders", tags=["work orders"])
    def list_work_orders(
        state: OrderState | None = None, cursor: CursorText = None, limit: Limit = 50
    ) -> WorkOrderList:
        """List work orders, those opened last first."""
        page = store.work_orders.page(state, read_cursor(cursor), limit)
        items = [WorkOrderAnswer.model_validate(order) for order in page.items]
        return WorkOrderList(items=items, next_cursor=page.next_cursor)

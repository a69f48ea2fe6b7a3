"""The pages for people: the list of incidents, and one incident with its review."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from server.api import identity_of, read_cursor
from server.box_views import unwatched_now
from server.case import Cases
from server.clock import Clock
from server.cursor import Cursor
from server.facts import Facts
from server.form import read_form
from server.gallery import make_gallery
from server.incident import IncidentFilter, ReviewState, Verdict
from server.origin_view import candidate_bars
from server.overlay import make_overlay
from server.page import Pages
from server.problem import Problem
from server.review import REASONS, Decision, Reason
from server.store import Store
from server.watch import Unwatched

_ROWS = 20
_VERDICTS: tuple[Verdict, ...] = ("confirmed", "suspected", "rejected")
_REVIEW_STATES: tuple[ReviewState, ...] = ("new", "confirmed", "refused")


def view_routes(store: Store, cases: Cases, pages: Pages, zone: ZoneInfo, clock: Clock) -> APIRouter:
    """Make the routes of the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def show_list(request: Request) -> Response:
        return _list_page(request, store, pages, zone, unwatched_now(store, clock))

    @routes.get("/incidents/{incident_id}")
    def show_incident(incident_id: str, request: Request) -> Response:
        return _incident_page(request, cases, pages, incident_id)

    @routes.post("/incidents/{incident_id}/review")
    def review(incident_id: str, request: Request, form: Annotated[dict[str, str], Depends(read_form)]) -> Response:
        decision, reason = _choice(form.get("choice", ""))
        cases.decide(incident_id, identity_of(request).name, decision, reason, form.get("note", "")[:2000])
        return RedirectResponse(f"/incidents/{incident_id}", HTTPStatus.SEE_OTHER)

    @routes.get("/next")
    def show_next(after: str | None = None) -> Response:
        return RedirectResponse(_next_to_review(store, after), HTTPStatus.SEE_OTHER)

    return routes


def _list_page(request: Request, store: Store, pages: Pages, zone: ZoneInfo, unwatched: Unwatched) -> Response:
    asked = {key: value for key, value in request.query_params.items() if value and key not in ("lang", "cursor")}
    page = store.incidents.page(read_filter(asked, zone), read_cursor(request.query_params.get("cursor")), _ROWS)
    media = store.media.all_of_many([incident.incident_id for incident in page.items])
    rows = []
    for incident in page.items:
        gallery = make_gallery(media.get(incident.incident_id, ()))
        overlay = make_overlay(Facts.model_validate(incident.facts))
        rows.append({"incident": incident, "overlay": overlay, "picture": gallery.release})
    values = {
        "rows": rows,
        "asked": asked,
        "older": f"/?{urlencode({**asked, 'cursor': page.next_cursor})}" if page.next_cursor else None,
        "is_first": "cursor" not in request.query_params,
        "places": store.incidents.places(),
        "waiting": store.incidents.count_new(),
        "verdicts": _VERDICTS,
        "review_states": _REVIEW_STATES,
        "unwatched": unwatched,
    }
    return pages.render(request, "list.html", values)


def _incident_page(request: Request, cases: Cases, pages: Pages, incident_id: str) -> Response:
    case = cases.open(incident_id)
    facts = Facts.model_validate(case.incident.facts)
    values = {
        "case": case,
        "facts": facts,
        "overlay": make_overlay(facts, case.recording),
        "gallery": make_gallery(case.media),
        "bars": candidate_bars(facts),
        "reasons": REASONS,
    }
    return pages.render(request, "incident.html", values)


def read_filter(asked: dict[str, str], zone: ZoneInfo) -> IncidentFilter:
    """Read the fields of the list's filter; days are whole days of the zone, both included.

    Raises:
        Problem: 422 where a field has a value that it cannot have.
    """
    if asked.get("verdict", "confirmed") not in _VERDICTS or asked.get("review", "new") not in _REVIEW_STATES:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "verdict or review: no such value")
    return IncidentFilter(
        camera=asked.get("camera"),
        building=asked.get("building"),
        verdict=cast("Verdict | None", asked.get("verdict")),
        review=cast("ReviewState | None", asked.get("review")),
        from_utc=_start_of_day(asked.get("from"), zone, timedelta(0)),
        to_utc=_start_of_day(asked.get("to"), zone, timedelta(days=1)),
    )


def _start_of_day(text: str | None, zone: ZoneInfo, later: timedelta) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + later, time.min, zone)
    except (ValueError, OverflowError) as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "from, to: write days as 2026-11-23") from error


def _choice(text: str) -> tuple[Decision, Reason | None]:
    if text == "confirm":
        return "confirm", None
    reason = next((reason for reason in REASONS if text == f"refuse:{reason}"), None)
    if reason is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "choice: confirm, or refuse with a reason")
    return "refuse", reason


def _next_to_review(store: Store, after: str | None) -> str:
    shown = store.incidents.find(after) if after else None
    cursor = Cursor(shown.happened_utc, shown.incident_id) if shown else None
    new = IncidentFilter(review="new")
    items = store.incidents.page(new, cursor, 1).items or store.incidents.page(new, None, 1).items
    return f"/incidents/{items[0].incident_id}" if items else "/"

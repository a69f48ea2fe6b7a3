from typing import Any

import pytest

from tests.server.orders import INCIDENT_ID, facts, send
from tests.server.running import Centre

REVIEW = f"/api/v1/incidents/{INCIDENT_ID}/review"


def send_many(centre: Centre) -> None:
    """Five incidents, one a minute: ids i0..i4; two of them at the same time."""
    minutes = [0, 1, 2, 2, 4]
    for number, minute in enumerate(minutes):
        changes: dict[str, Any] = {
            "release_utc": f"2026-11-23T03:0{minute}:00Z",
            "camera_id": f"camera-{number % 2}",
            "building": {"id": f"b{number}", "name": f"{number}栋"} if number else None,
            "verdict": "suspected" if number == 4 else "confirmed",
        }
        assert send(centre.client, facts(f"i{number}", **changes)).status_code == 201


def ids(centre: Centre, **query: str | int) -> list[str]:
    answer = centre.client.get("/api/v1/incidents", params=query)
    assert answer.status_code == 200
    return [one["incident_id"] for one in answer.json()["items"]]


def test_incidents_are_listed_the_latest_first(centre: Centre) -> None:
    send_many(centre)
    assert ids(centre) == ["i4", "i3", "i2", "i1", "i0"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"camera": "camera-1"}, ["i3", "i1"]),
        ({"building": "b2"}, ["i2"]),
        ({"verdict": "suspected"}, ["i4"]),
        ({"review": "refused"}, ["i1"]),
        ({"review": "new", "camera": "camera-0"}, ["i4", "i2", "i0"]),
        ({"from": "2026-11-23T03:02:00Z"}, ["i4", "i3", "i2"]),
        ({"from": "2026-11-23T11:01:00+08:00", "to": "2026-11-23T03:02:00Z"}, ["i1"]),
        ({"camera": "nowhere"}, []),
    ],
)
def test_filters_narrow_the_list(centre: Centre, query: dict[str, str], expected: list[str]) -> None:
    send_many(centre)
    centre.client.post("/api/v1/incidents/i1/review", json={"decision": "refuse", "reason": "bird"})
    assert ids(centre, **query) == expected


@pytest.mark.parametrize(
    "query", [{"verdict": "x"}, {"from": "2026-11-23"}, {"limit": "0"}, {"cursor": "%%"}, {"cursor": "eA"}]
)
def test_wrong_query_is_told(centre: Centre, query: dict[str, str]) -> None:
    answer = centre.client.get("/api/v1/incidents", params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_pages_join_without_gap_or_overlap_although_new_ones_arrive(centre: Centre) -> None:
    send_many(centre)
    first = centre.client.get("/api/v1/incidents", params={"limit": 2}).json()
    send(centre.client, facts("i5", release_utc="2026-11-23T03:05:00Z"))
    second = centre.client.get("/api/v1/incidents", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    third = centre.client.get("/api/v1/incidents", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    seen = [one["incident_id"] for page in (first, second, third) for one in page["items"]]
    assert seen == ["i4", "i3", "i2", "i1", "i0"]
    assert third["next_cursor"] is None


def test_confirming_a_suspected_one_opens_its_work_order(centre: Centre) -> None:
    send(centre.client, facts(verdict="suspected"))
    answer = centre.client.post(REVIEW, json={"decision": "confirm", "note": "seen clearly"})
    assert answer.status_code == 201
    case = answer.json()
    assert (case["review_state"], case["work_order"]["state"]) == ("confirmed", "open")
    assert send(centre.client, facts(verdict="suspected")).json()["work_order_id"] == f"wo-{INCIDENT_ID}"


def test_later_review_takes_the_place_of_the_earlier_and_both_are_kept(centre: Centre) -> None:
    send(centre.client)
    case = centre.client.post(REVIEW, json={"decision": "refuse", "reason": "bird"}).json()
    assert (case["review_state"], case["work_order"]["state"]) == ("refused", "withdrawn")
    case = centre.client.post(REVIEW, json={"decision": "confirm"}).json()
    assert (case["review_state"], case["work_order"]["state"]) == ("confirmed", "open")
    assert [(one["decision"], one["reason"]) for one in case["reviews"]] == [("refuse", "bird"), ("confirm", None)]
    orders = centre.client.get("/api/v1/work-orders").json()["items"]
    assert len(orders) == 1


def test_refusing_what_has_no_work_order_opens_none(centre: Centre) -> None:
    send(centre.client, facts(verdict="suspected"))
    assert centre.client.post(REVIEW, json={"decision": "refuse", "reason": "leaf"}).json()["work_order"] is None


@pytest.mark.parametrize(
    "review",
    [
        {"decision": "refuse"},
        {"decision": "refuse", "reason": "ghost"},
        {"decision": "confirm", "reason": "bird"},
        {"decision": "perhaps"},
        {"decision": "confirm", "reviewer": "someone else"},
        {"decision": "confirm", "note": "x" * 2001},
    ],
)
def test_review_that_says_too_little_or_too_much_is_refused(centre: Centre, review: dict[str, str]) -> None:
    send(centre.client)
    assert centre.client.post(REVIEW, json=review).status_code == 422
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["reviews"] == []


def test_what_is_not_there_is_not_found(centre: Centre) -> None:
    assert centre.client.get("/api/v1/incidents/none").status_code == 404
    assert centre.client.post("/api/v1/incidents/none/review", json={"decision": "confirm"}).status_code == 404
    send(centre.client)
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}/media/none.jpg").status_code == 404
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}/media/..%2F..%2Fserver.lock").status_code == 404


def test_work_orders_are_listed_by_state_in_pages(centre: Centre) -> None:
    send_many(centre)
    centre.client.post("/api/v1/incidents/i1/review", json={"decision": "refuse", "reason": "bird"})
    first = centre.client.get("/api/v1/work-orders", params={"state": "open", "limit": 2}).json()
    rest = {"state": "open", "limit": 2, "cursor": first["next_cursor"]}
    second = centre.client.get("/api/v1/work-orders", params=rest).json()
    seen = [one["incident_id"] for page in (first, second) for one in page["items"]]
    assert sorted(seen) == ["i0", "i2", "i3"]
    assert second["next_cursor"] is None


def test_openapi_describes_the_answers_and_the_token(centre: Centre) -> None:
    document = centre.client.get("/openapi.json").json()
    assert {"IncidentList", "IncidentDetail", "WorkOrderList", "ReviewRequest"} <= set(
        document["components"]["schemas"]
    )
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    assert "/login" not in document["paths"]
    parameters = {one["name"] for one in document["paths"]["/api/v1/incidents"]["get"]["parameters"]}
    assert parameters == {"camera", "building", "verdict", "review", "from", "to", "cursor", "limit"}


def test_no_page_or_document_names_another_host(centre: Centre) -> None:
    assert centre.client.get("/docs").status_code == 404
    assert centre.client.get("/redoc").status_code == 404

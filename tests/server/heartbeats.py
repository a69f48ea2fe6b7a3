"""Heartbeats as an edge box sends them."""

import json
from datetime import datetime
from typing import Any

import httpx

from tests.server.orders import order_headers
from tests.server.running import NOW


def health(**changes: Any) -> dict[str, Any]:
    """How a camera does that sees well; keys can be changed."""
    plain: dict[str, Any] = {
        "camera": "3-north",
        "told_utc": "2026-11-23T03:04:58.200Z",
        "blind": None,
        "blind_for_s": 0.0,
        "day": "2026-11-23",
        "blind_s": {},
        "ailments": [],
        "light": "day",
        "standing": "in place",
        "moved_px": [0.1, -0.2],
        "fps": 25.0,
        "fps_arrived": 24.9,
        "fps_declared": 25.0,
        "frame_age_s": 0.04,
        "frames": 90_000,
        "dropped": {"overloaded": 3},
        "connections": 1,
    }
    return plain | changes


def camera(camera_id: str = "3-north", **changes: Any) -> dict[str, Any]:
    """A camera that is watched."""
    plain = {"camera_id": camera_id, "state": "watching", "restarts_today": 0, "memory_mb": 121.5, "health": health()}
    return plain | changes


def blind(camera_id: str, reason: str, for_s: float = 90.0, **changes: Any) -> dict[str, Any]:
    """A camera that is watched, but sees nothing."""
    told = {"blind": reason, "blind_for_s": for_s, "blind_s": {reason: for_s}, "fps_arrived": 0.0}
    return camera(camera_id, health=health(**(told | changes)))


def heartbeat(box_id: str = "box-1", sent: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """The heartbeat of a box with one camera; keys can be changed, those of `box` by a dictionary of them."""
    box: dict[str, Any] = {
        "cpu_share": 0.37,
        "memory_used_mb": 900.0,
        "memory_total_mb": 2000.0,
        "temperature_c": 61.0,
        "disk_free_mb": 40_000.0,
        "disk_left_days": 55.0,
        "outbox_depth": 0,
        "outbox_oldest_s": None,
        "clock_is_synchronised": True,
        "clock_error_s": 0.02,
    }
    plain: dict[str, Any] = {
        "schema": "droptrace.heartbeat/1",
        "box_id": box_id,
        "sent_utc": sent.isoformat(),
        "every_s": 60,
        "program": {"name": "droptrace", "version": "0.1.0"},
        "cameras": [camera()],
    }
    return plain | changes | {"box": box | changes.get("box", {})}


def beat(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The CloudEvents envelope around a heartbeat."""
    plain = {
        "specversion": "1.0",
        "id": f"{data['box_id']}@{data['sent_utc']}",
        "source": f"/edge/{data['box_id']}",
        "type": "org.droptrace.heartbeat",
        "time": data["sent_utc"],
        "datacontenttype": "application/json",
        "data": data,
    }
    return plain | changes


def post(client: httpx.Client, event: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    """Send an event as it is; headers can be added or changed."""
    body = json.dumps(event, ensure_ascii=False).encode()
    sent = order_headers(str(event["id"]), body) | (headers or {})
    return client.post("/api/v1/heartbeats", content=body, headers=sent)


def send_beat(client: httpx.Client, box_id: str = "box-1", sent: datetime = NOW, **changes: Any) -> httpx.Response:
    """Send a heartbeat."""
    return post(client, beat(heartbeat(box_id, sent, **changes)))


def boxes(client: httpx.Client) -> list[dict[str, Any]]:
    """What the server tells programs of boxes."""
    answer = client.get("/api/v1/boxes")
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items

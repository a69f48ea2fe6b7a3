"""Incidents as an edge box sends them."""

import base64
import hashlib
import json
from typing import Any

import httpx

INCIDENT_ID = "5f6a2a52-94a0-5f0e-a35c-000000000001"


def facts(incident_id: str = INCIDENT_ID, **changes: Any) -> dict[str, Any]:
    """The facts of a bottle that falls from the 17th floor; keys can be changed."""
    path = [[round(2.70 + 0.04 * step, 2), 1205.0 + 2.0 * step, 163.0 + 0.6 * step * step] for step in range(1, 40)]
    plain: dict[str, Any] = {
        "schema": "droptrace.incident/1",
        "incident_id": incident_id,
        "box_id": "box-1",
        "camera_id": "3-north",
        "building": {"id": "b3", "name": "3栋"},
        "verdict": "confirmed",
        "label": "falling_object",
        "score": 0.97,
        "release_s": 2.70,
        "first_s": 2.74,
        "last_s": 4.26,
        "release_px": [1205.0, 163.0],
        "path": path,
        "origin": {
            "floor": 17,
            "floor_low": 16,
            "floor_high": 18,
            "unit": "06",
            "probability": 0.83,
            "candidates": [
                {"floor": 17, "unit": "06", "probability": 0.83},
                {"floor": 18, "unit": "06", "probability": 0.09},
                {"floor": 16, "unit": "06", "probability": 0.06},
            ],
        },
        "reasons": ["residual 0.8 px: it flies as gravity asks", "travels 13 floors"],
        "below_min_floor": False,
        "release_utc": "2026-11-23T03:04:05.678Z",
        "detected_utc": "2026-11-23T03:04:08.100Z",
        "clock": {"source": "system", "error_s": 0.05},
        "frame": {"width": 1920, "height": 1080},
        "program": {"name": "droptrace", "version": "0.1.0"},
        "site_sha256": None,
        "recording": {"name": "clip.mp4", "start_s": 1.5, "end_s": 5.5},
    }
    return plain | changes


def event(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The CloudEvents envelope around facts."""
    plain = {
        "specversion": "1.0",
        "id": data["incident_id"],
        "source": f"/edge/{data['box_id']}/cameras/{data['camera_id']}",
        "type": "org.droptrace.incident",
        "time": data["release_utc"] or data["detected_utc"],
        "subject": data["camera_id"],
        "datacontenttype": "application/json",
        "data": data,
    }
    return plain | changes


def digest_header(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def order_headers(incident_id: str, body: bytes) -> dict[str, str]:
    """The headers of an order that is not signed."""
    return {
        "Content-Type": "application/cloudevents+json",
        "Idempotency-Key": incident_id,
        "Content-Digest": digest_header(body),
    }


def order(data: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of an order."""
    body = json.dumps(event(data), ensure_ascii=False).encode()
    return body, order_headers(data["incident_id"], body)


def send(
    client: httpx.Client, data: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    """Send an incident; headers can be added or changed."""
    body, plain = order(facts() if data is None else data)
    return client.post("/api/v1/incidents", content=body, headers=plain | (headers or {}))


def put(
    client: httpx.Client,
    name: str,
    body: bytes,
    content_type: str = "image/jpeg",
    role: str = "derived",
    incident_id: str = INCIDENT_ID,
) -> httpx.Response:
    """Send a file of evidence."""
    headers = {"Content-Type": content_type, "Content-Digest": digest_header(body), "droptrace-role": role}
    return client.put(f"/api/v1/incidents/{incident_id}/media/{name}", content=body, headers=headers)


def manifest(files: dict[str, bytes], incident_id: str = INCIDENT_ID) -> bytes:
    """The manifest of a package that holds these files."""
    entries = [
        {
            "name": name,
            "size": len(content),
            "media_type": "application/octet-stream",
            "role": "derived",
            "sha256": hashlib.sha256(content).hexdigest(),
            "sm3": "0" * 64,
        }
        for name, content in files.items()
    ]
    document = {
        "schema": "droptrace.manifest/1",
        "incident_id": incident_id,
        "created_utc": "2026-11-23T03:04:09Z",
        "complete": True,
        "notes": [],
        "files": entries,
    }
    return json.dumps(document).encode()

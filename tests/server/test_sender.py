"""The edge box's own sender against the command centre: both keep to docs/work-order-api.md."""

import base64
import hashlib
from pathlib import Path

from evidence.endpoint import EndpointSettings, HttpEndpoint
from evidence.outbox import MediaFile
from tests.server.orders import INCIDENT_ID, facts, manifest
from tests.server.running import NOW, TOKEN, Centre, Host, settings_in

SECRET = "whsec_" + base64.b64encode(b"a secret of enough bytes").decode()
CLIP = bytes(range(256)) * 500


def media_file(folder: Path, name: str, content: bytes, role: str, media_type: str) -> MediaFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return MediaFile(name=name, path=path, role=role, media_type=media_type, sha256=sha256)


def endpoint(centre: Centre, secret: str = SECRET) -> HttpEndpoint:
    return HttpEndpoint(EndpointSettings(f"{centre.url}/api/v1/incidents", TOKEN, secret))


def test_signed_order_and_media_of_the_edge_box_are_taken_in(tmp_path: Path, host: Host) -> None:
    listed = manifest({"original/clip.mp4": CLIP})
    files = (
        media_file(tmp_path, "original/clip.mp4", CLIP, "original", "video/mp4"),
        media_file(tmp_path, "manifest.json", listed, "record", "application/json"),
    )
    with host.running(settings_in(tmp_path, token=TOKEN, webhook_secret=SECRET)) as centre:
        sender = endpoint(centre)
        assert sender.post_order(INCIDENT_ID, facts(), NOW).outcome == "delivered"
        assert sender.post_order(INCIDENT_ID, facts(), NOW).outcome == "delivered"
        for file in files * 2:
            assert sender.put_media(INCIDENT_ID, file, NOW).outcome == "delivered"
        sender.close()
        case = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()
    assert case["facts"] == facts()
    assert case["evidence"]["state"] == "complete"
    assert [one["role"] for one in case["media"]] == ["record", "original"]


def test_order_that_is_signed_with_another_secret_is_held_back(tmp_path: Path, host: Host) -> None:
    other = "whsec_" + base64.b64encode(b"another secret of bytes!").decode()
    with host.running(settings_in(tmp_path, token=TOKEN, webhook_secret=SECRET)) as centre:
        sender = endpoint(centre, other)
        assert sender.post_order(INCIDENT_ID, facts(), NOW).outcome == "blocked"
        sender.close()
        assert centre.client.get("/api/v1/incidents").json()["items"] == []

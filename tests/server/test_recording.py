import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.facts import facts_bytes, incident_facts
from evidence.incident import RecordingSpan
from tests.evidence.scenes import make_incident
from tests.server.orders import INCIDENT_ID, facts, put, send
from tests.server.running import Centre

SPAN = {"name": "clip.mp4", "start_s": 2.25, "end_s": 6.25}


def start_on_the_page(centre: Centre, incident_id: str = INCIDENT_ID) -> float:
    found = re.search(r'data-start-s="([^"]*)"', centre.client.get(f"/incidents/{incident_id}").text)
    assert found is not None
    return float(found.group(1))


def put_facts(centre: Centre, content: bytes, incident_id: str = INCIDENT_ID) -> None:
    answer = put(centre.client, "incident.json", content, "application/json", "record", incident_id)
    assert answer.status_code == 201


def test_start_of_the_clip_is_told_by_the_package_since_the_order_left_before_it_was_cut(centre: Centre) -> None:
    ordered = replace(make_incident(), recording=None)
    packaged = replace(ordered, recording=RecordingSpan("rtsp://10.0.0.7/live", 86_398.125, 86_406.5))
    send(centre.client, incident_facts(ordered))
    assert start_on_the_page(centre, ordered.incident_id) == 0.0
    put_facts(centre, facts_bytes(incident_facts(packaged)), ordered.incident_id)
    assert start_on_the_page(centre, ordered.incident_id) == 86_398.125


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"incident_id": INCIDENT_ID, "recording": SPAN}).encode(),
        json.dumps(facts("another", recording=SPAN)).encode(),
        json.dumps(facts(recording=None)).encode(),
        json.dumps(facts(recording=SPAN | {"start_s": float("inf")})).encode(),
        json.dumps(facts(recording=SPAN)).replace("2.25", "1e999").encode(),
        json.dumps(facts(recording=SPAN)).encode() + b" " * (1 << 20),
    ],
    ids=["empty", "no text", "deep", "no facts", "another's", "no span", "infinite", "too great", "too long"],
)
def test_facts_that_cannot_be_used_leave_the_start_that_the_order_told(centre: Centre, content: bytes) -> None:
    send(centre.client)
    put_facts(centre, content)
    assert start_on_the_page(centre) == 1.5


def test_page_opens_although_the_file_of_the_facts_is_gone_or_leads_outside(centre: Centre, tmp_path: Path) -> None:
    send(centre.client)
    put_facts(centre, json.dumps(facts(recording=SPAN)).encode())
    assert start_on_the_page(centre) == 2.25
    stored = centre.settings.data_dir / "media" / INCIDENT_ID / "incident.json"
    outside = stored.rename(tmp_path / "outside.json")
    assert start_on_the_page(centre) == 1.5
    stored.symlink_to(outside)
    assert start_on_the_page(centre) == 1.5

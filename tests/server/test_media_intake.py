import hashlib
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.orders import INCIDENT_ID, digest_header, manifest, put, send
from tests.server.running import Centre, Host, settings_in

MEDIA = f"/api/v1/incidents/{INCIDENT_ID}/media"
PICTURE = bytes(range(256)) * 900


def stored_files(centre: Centre) -> list[str]:
    data_dir = centre.settings.data_dir
    files = (path.relative_to(data_dir).as_posix() for path in data_dir.rglob("*") if path.is_file())
    return sorted(name for name in files if name.startswith(("media/", "incoming/")))


def test_file_is_stored_with_its_digest(centre: Centre) -> None:
    send(centre.client)
    answer = put(centre.client, "original/clip.mp4", PICTURE, "video/mp4", "original")
    assert answer.status_code == 201
    kept = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["media"]
    assert [(one["name"], one["role"], one["content_type"], one["size_bytes"]) for one in kept] == [
        ("original/clip.mp4", "original", "video/mp4", len(PICTURE))
    ]
    assert kept[0]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert stored_files(centre) == [f"media/{INCIDENT_ID}/original/clip.mp4"]
    assert centre.client.get(f"{MEDIA}/original/clip.mp4").content == PICTURE


def test_same_bytes_again_are_had_already_and_others_are_a_conflict(centre: Centre) -> None:
    send(centre.client)
    assert put(centre.client, "release.jpg", PICTURE).status_code == 201
    assert put(centre.client, "release.jpg", PICTURE).status_code == 200
    assert put(centre.client, "release.jpg", PICTURE[1:]).status_code == 409
    assert centre.client.get(f"{MEDIA}/release.jpg").content == PICTURE
    assert stored_files(centre) == [f"media/{INCIDENT_ID}/release.jpg"]


def test_of_two_different_files_at_a_time_one_wins_whole(centre: Centre) -> None:
    send(centre.client)
    contents = [bytes([number]) * 300_000 for number in range(6)]
    answers: dict[int, httpx.Response] = {}

    def upload(number: int) -> None:
        answers[number] = put(centre.client, "release.jpg", contents[number])

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [number for number, answer in answers.items() if answer.status_code == 201]
    assert len(winners) == 1
    assert {answer.status_code for number, answer in answers.items() if number not in winners} == {409}
    assert centre.client.get(f"{MEDIA}/release.jpg").content == contents[winners[0]]


def test_media_before_the_facts_are_not_taken(centre: Centre) -> None:
    answer = put(centre.client, "release.jpg", PICTURE)
    assert answer.status_code == 404
    assert stored_files(centre) == []


def test_digest_that_does_not_match_leaves_nothing(centre: Centre) -> None:
    send(centre.client)
    headers = {"Content-Digest": digest_header(b"other"), "droptrace-role": "derived"}
    answer = centre.client.put(f"{MEDIA}/release.jpg", content=PICTURE, headers=headers)
    assert answer.status_code == 422
    assert stored_files(centre) == []
    assert put(centre.client, "release.jpg", PICTURE).status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        "..%2F..%2Fsecret",
        "%2e%2e/secret",
        "a/b/c.jpg",
        "%2Fetc%2Fpasswd",
        ".hidden",
        "a/.hidden",
        "a%00b",
        "a%0Ab",
        "a%5Cb",
        "release%20.jpg",
        "x" * 201,
        "%E5%9B%BE.jpg",
    ],
)
def test_name_that_could_leave_the_folder_is_refused(centre: Centre, name: str) -> None:
    send(centre.client)
    answer = put(centre.client, name, PICTURE)
    assert answer.status_code in (400, 404)
    assert stored_files(centre) == []
    assert not (centre.settings.data_dir.parent / "secret").exists()


def test_file_where_a_folder_is_needed_does_not_break_the_server(centre: Centre) -> None:
    send(centre.client)
    assert put(centre.client, "a", PICTURE).status_code == 201
    answer = put(centre.client, "a/b", PICTURE)
    assert answer.status_code == 500
    assert stored_files(centre) == [f"media/{INCIDENT_ID}/a"]


@pytest.mark.parametrize("header", ["Content-Digest", "droptrace-role"])
def test_missing_header_is_named(centre: Centre, header: str) -> None:
    send(centre.client)
    headers = {"Content-Digest": digest_header(PICTURE), "droptrace-role": "derived"}
    del headers[header]
    answer = centre.client.put(f"{MEDIA}/release.jpg", content=PICTURE, headers=headers)
    assert answer.status_code == 400
    assert header in answer.json()["detail"]


@pytest.mark.parametrize("says_its_length", [True, False])
def test_too_large_a_file_is_refused_and_leaves_nothing(tmp_path: Path, host: Host, says_its_length: bool) -> None:
    with host.running(settings_in(tmp_path, max_media_bytes=len(PICTURE) - 1)) as centre:
        send(centre.client)
        headers = {"Content-Digest": digest_header(PICTURE), "droptrace-role": "derived"}
        content = PICTURE if says_its_length else iter([PICTURE[:1000], PICTURE[1000:]])
        answer = centre.client.put(f"{MEDIA}/release.jpg", content=content, headers=headers)
        assert answer.status_code == 413
        assert stored_files(centre) == []


def test_upload_that_breaks_off_leaves_nothing_and_the_retry_stores_it(centre: Centre) -> None:
    send(centre.client)
    address = urlsplit(centre.url)
    with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
        head = (
            f"PUT {MEDIA}/release.jpg HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(PICTURE)}\r\n"
            f"Content-Digest: {digest_header(PICTURE)}\r\ndroptrace-role: derived\r\nExpect: 100-continue\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(PICTURE[: len(PICTURE) // 2])
        assert len(stored_files(centre)) == 1
    assert centre.client.get(f"{MEDIA}/release.jpg").status_code == 404
    assert put(centre.client, "release.jpg", PICTURE).status_code == 201
    assert stored_files(centre) == [f"media/{INCIDENT_ID}/release.jpg"]


def test_clip_is_served_in_ranges(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "original/clip.mp4", PICTURE, "video/mp4", "original")
    answer = centre.client.get(f"{MEDIA}/original/clip.mp4", headers={"Range": "bytes=1000-1999"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes 1000-1999/{len(PICTURE)}"
    assert answer.content == PICTURE[1000:2000]


def test_file_that_could_run_in_a_browser_is_only_downloaded(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "page.html", b"<script>alert(1)</script>", "text/html")
    answer = centre.client.get(f"{MEDIA}/page.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_evidence_is_complete_when_every_listed_file_is_there(centre: Centre) -> None:
    def state() -> dict[str, object]:
        evidence: dict[str, object] = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["evidence"]
        return evidence

    send(centre.client)
    assert state()["state"] == "waiting"
    put(centre.client, "manifest.json", manifest({"release.jpg": PICTURE}), "application/json", "record")
    assert state() == {"state": "incomplete", "missing": ["release.jpg"], "different": [], "listed": 1}
    put(centre.client, "release.jpg", PICTURE)
    assert state()["state"] == "complete"


def test_file_that_differs_from_the_manifest_is_told(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "release.jpg", PICTURE[1:])
    put(centre.client, "manifest.json", manifest({"release.jpg": PICTURE}), "application/json", "record")
    evidence = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["evidence"]
    assert (evidence["state"], evidence["different"]) == ("different", ["release.jpg"])


def test_manifest_of_another_incident_is_told(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "manifest.json", manifest({}, "another"), "application/json", "record")
    evidence = centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["evidence"]
    assert (evidence["state"], evidence["different"]) == ("different", ["manifest.json"])


def test_manifest_that_is_none_is_told(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "manifest.json", b"{}", "application/json", "record")
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["evidence"]["state"] == "unreadable"


def test_file_without_a_record_left_by_a_killed_server_is_replaced(centre: Centre) -> None:
    send(centre.client)
    left = centre.settings.data_dir / "media" / INCIDENT_ID / "release.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of an upload whose record was never committed")
    assert centre.client.get(f"{MEDIA}/release.jpg").status_code == 404
    assert put(centre.client, "release.jpg", PICTURE).status_code == 201
    assert left.read_bytes() == PICTURE
